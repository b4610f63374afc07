"""One genre model over all songs of the table: asked in the background, shown, taken away."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from engine.classifiers import EARLY_EXIT, EXITING, NAMES, part_name
from engine.errors import EngineError
from ui import resources, turns
from ui.explorer.answers.kept import Shelf, shelf_of
from ui.explorer.background import UnderWay, Work, time_left
from ui.numbers import percent
from ui.plain_text import plain, show_error

if TYPE_CHECKING:
    from engine.batch import SongAnswers
    from engine.corpora.store import Filters
    from engine.serving.queues import Job
    from ui.explorer.opened import Source

MAX_SONGS = 20_000
_COLUMNS = ("id", "title", "artist", "year", "genre", "lyrics", "words", "lines")
_DONE = "_explorer_answers"
_ASKING = Work(
    "_explorer_asking",
    "The table",
    "explorer_cancel",
    "The table was cancelled; nothing of it is kept.",
    "; try another model",
)


@dataclass(frozen=True)
class _Asked:
    """Which model was asked of which songs."""

    shelf: Shelf
    model: str
    songs: int


@dataclass(frozen=True)
class _Done:
    """What it said."""

    asked: _Asked
    answers: SongAnswers


def genre_models() -> list[str]:
    """The models that can be asked, some with early exit; the combined one where it is fitted."""
    from engine.classifiers.combined import is_fitted
    from engine.models.presets import slot

    pool = [resources.POOL] if is_fitted(slot(resources.POOL)) else []
    quicker = [part_name(name, EARLY_EXIT) for name in EXITING]
    return [name for name in NAMES if name in (*resources.GENRE_MODELS, *quicker, *pool)]


def answering(chosen: Source, passing: Filters, songs: int) -> None:
    """Choose a model, follow it through the songs that pass the filters, read what it says."""
    st.markdown(
        "One model tells the genre of every song that passes the filters above, in the background. "
        "Its answers stay beside the songs for the other views, and can be taken away."
    )
    if ended := _ASKING.taken():
        _keep(*ended)
    with st.container(horizontal=True, vertical_alignment="bottom", key="explorer_ask"):
        model = st.selectbox(
            "Model",
            genre_models(),
            format_func=resources.model_title,
            key="explorer_model",
            persist_state="session",
            width=220,
            help="With early exit the network is left out where the linear path beside it is sure "
            "alone: in a third of songs, the long ones. Some 99 of 100 answers stay as they are.",
        )
        st.button(
            f"Tell the genre of {_counted(min(songs, MAX_SONGS))}",
            key="explorer_answer",
            type="primary",
            icon=":material/graphic_eq:",
            disabled=_ASKING.under_way() is not None or not songs,
            on_click=partial(_begin, chosen, passing, min(songs, MAX_SONGS), str(model)),
        )
    if songs > MAX_SONGS:
        st.caption(
            f"At most {MAX_SONGS:,} songs are answered here, the first ones; for more, download "
            "them and run `python -m engine batch`."
        )
    _ASKING.follow(_told)
    done: _Done | None = st.session_state.get(_DONE)
    if done is not None and done.asked.shelf.identity == chosen.identity:
        _show(done)


def _begin(chosen: Source, passing: Filters, songs: int, model: str) -> None:
    """Put the table in the line (a callback: it draws nothing)."""
    from engine.batch import answer_songs

    def task(job: Job[SongAnswers]) -> SongAnswers:
        return answer_songs(
            chosen.store.table(passing, _COLUMNS, MAX_SONGS),
            model,
            progress=job.report,
            cancelled=job.cancelled,
            load=lambda name, _preset: turns.loaded(name, job.cancelled),
        )

    asked = _Asked(shelf_of(chosen), model, songs)
    _ASKING.begin(resources.tables_queue(), resources.model_title(model), task, asked)


def _keep(asked: _Asked, answers: SongAnswers) -> None:
    """Show what was said, and keep it beside the songs."""
    from engine.audit.answers import answers_of_table

    title = resources.model_title(asked.model)
    try:
        told = answers_of_table(title, asked.model, answers.table, resources.revision(asked.model))
        asked.shelf.keep(told)
    except EngineError as error:  # the disk is full, say: they are shown all the same
        show_error(error)
    st.session_state[_DONE] = _Done(asked, answers)


def _told(work: UnderWay[SongAnswers]) -> tuple[float, str]:
    asked, job = work.about, work.job
    title = resources.model_title(asked.model)
    if not job.started:
        return 0.0, f"{title}: waiting for another table to end"
    if not job.step:
        return 0.0, f"{title} is reading the first of {_counted(asked.songs)}"
    told = f"{title}: {job.step:,} of {_counted(job.steps)}{time_left(job)}"
    return job.step / (job.steps + 1), told


def _show(done: _Done) -> None:
    answers = done.answers
    title = resources.model_title(done.asked.model)
    alike, compared = answers.told_alike
    told = f"**{title}** answered {_counted(answers.run.rows - answers.run.errors)}"
    if answers.run.errors:
        told += f"; {_counted(answers.run.errors)} could not be read, and the table says why"
    if compared:
        told += (
            f". Of {_counted(compared)} with a genre that it knows, it tells {alike:,} "
            f"({percent(alike / compared)}) as the table does"
        )
    st.markdown(f"{told}.")
    for note in answers.run.notes:
        st.caption(plain(note))
    st.dataframe(
        answers.shown,
        key="explorer_answers",
        hide_index=True,
        height=380,
        column_config={"confidence": st.column_config.NumberColumn(format="percent")},
        alt="Songs with the model's answer and how sure it is",
    )
    with st.container(horizontal=True, key="explorer_downloads"):
        st.download_button(
            "Download CSV",
            lambda: answers.csv,
            f"genres-{done.asked.model}.csv",
            "text/csv",
            key="explorer_csv",
            icon=":material/table:",
            on_click="ignore",
        )
        st.download_button(
            "Download Parquet",
            answers.parquet,
            f"genres-{done.asked.model}.parquet",
            "application/vnd.apache.parquet",
            key="explorer_parquet",
            icon=":material/deployed_code:",
            on_click="ignore",
        )


def _counted(songs: int) -> str:
    return "one song" if songs == 1 else f"{songs:,} songs"
