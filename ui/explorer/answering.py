"""One genre model over all songs of the table: asked in the background, shown, taken away."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from engine.classifiers import CLASSIFIERS
from engine.errors import CancelledError, EngineError
from ui import presence, resources, turns
from ui.numbers import percent
from ui.plain_text import plain, show_error

if TYPE_CHECKING:
    from engine.batch import SongAnswers
    from engine.corpora.store import Filters
    from ui.explorer.opened import Source
    from ui.queues import Job

_LOG = logging.getLogger(__name__)
MAX_SONGS = 20_000
_COLUMNS = ("title", "artist", "year", "genre", "lyrics", "words", "lines")
_POLL_SECONDS = 1.0
_UNDER_WAY, _DONE, _PROBLEM = "_explorer_asking", "_explorer_answers", "_explorer_problem"


@dataclass(frozen=True)
class _Asked:
    """Which model was asked of which songs."""

    source: str
    model: str
    songs: int
    job: Job[SongAnswers]


@dataclass(frozen=True)
class _Done:
    """What it said."""

    source: str
    model: str
    answers: SongAnswers


def genre_models() -> list[str]:
    """The models that can be asked, the combined one where it is fitted."""
    from engine.classifiers.combined import is_fitted
    from engine.models.presets import slot

    pool = [resources.POOL] if is_fitted(slot(resources.POOL)) else []
    return [name for name in CLASSIFIERS if name in (*resources.GENRE_MODELS, *pool)]


def answering(chosen: Source, passing: Filters, songs: int) -> None:
    """Choose a model, follow it through the songs that pass the filters, read what it says."""
    st.markdown(
        "One model tells the genre of every song that passes the filters above, in the background. "
        "The answers can be taken away with the table."
    )
    _take_finished()
    asked: _Asked | None = st.session_state.get(_UNDER_WAY)
    with st.container(horizontal=True, vertical_alignment="bottom", key="explorer_ask"):
        model = st.selectbox(
            "Model",
            genre_models(),
            format_func=resources.model_title,
            key="explorer_model",
            persist_state="session",
            width=220,
        )
        st.button(
            f"Tell the genre of {_counted(min(songs, MAX_SONGS))}",
            key="explorer_answer",
            type="primary",
            icon=":material/graphic_eq:",
            disabled=asked is not None or not songs,
            on_click=partial(_begin, chosen, passing, min(songs, MAX_SONGS), str(model)),
        )
    if songs > MAX_SONGS:
        st.caption(
            f"At most {MAX_SONGS:,} songs are answered here, the first ones; for more, download "
            "them and run `python -m engine batch`."
        )
    if problem := st.session_state.pop(_PROBLEM, None):
        show_error(problem)
    if asked is not None:
        st.fragment(_progress, run_every=_POLL_SECONDS)()
    done: _Done | None = st.session_state.get(_DONE)
    if done is not None and done.source == chosen.identity:
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

    title = resources.model_title(model)
    try:
        job = resources.tables_queue().submit(title, task, presence.of_this_tab())
    except EngineError as error:
        st.session_state[_PROBLEM] = str(error)
        return
    st.session_state[_UNDER_WAY] = _Asked(chosen.identity, model, songs, job)


def _take_finished() -> None:
    """When it has ended, keep what it said, or say what went wrong."""
    asked: _Asked | None = st.session_state.get(_UNDER_WAY)
    if asked is None or not asked.job.finished:
        return
    del st.session_state[_UNDER_WAY]
    try:
        st.session_state[_DONE] = _Done(asked.source, asked.model, asked.job.result())
    except CancelledError:
        st.info("The table was cancelled; nothing of it is kept.", icon=":material/cancel:")
    except EngineError as error:
        show_error(error)
    except Exception as error:  # noqa: BLE001 - a file of a stranger's must not break the page
        _LOG.warning("A table broke off", exc_info=error)
        show_error(f"The table broke off ({type(error).__name__}: {error}); try another model.")


def _progress() -> None:
    asked: _Asked | None = st.session_state.get(_UNDER_WAY)
    if asked is None:  # a poll that was already under way when it ended
        return
    job = asked.job
    if job.finished:
        st.rerun(scope="app")
    title = resources.model_title(asked.model)
    if not job.started:
        share, told = 0.0, f"{title}: waiting for another table to end"
    elif not job.step:
        share, told = 0.0, f"{title} is reading the first of {_counted(asked.songs)}"
    else:
        share = min(job.step / (job.steps + 1), 1.0)
        told = f"{title}: {job.step:,} of {_counted(job.steps)}{_left(job)}"
    st.progress(share, text=told)
    st.button("Cancel", key="explorer_cancel", icon=":material/cancel:", on_click=job.cancel)


def _left(job: Job[Any]) -> str:
    seconds = job.seconds / job.step * (job.steps - job.step)
    if seconds < 1:
        return ""
    return f", {seconds:.0f} s left" if seconds < 90 else f", {seconds / 60:.0f} min left"


def _show(done: _Done) -> None:
    answers = done.answers
    title = resources.model_title(done.model)
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
            f"genres-{done.model}.csv",
            "text/csv",
            key="explorer_csv",
            icon=":material/table:",
            on_click="ignore",
        )
        st.download_button(
            "Download Parquet",
            answers.parquet,
            f"genres-{done.model}.parquet",
            "application/vnd.apache.parquet",
            key="explorer_parquet",
            icon=":material/deployed_code:",
            on_click="ignore",
        )


def _counted(songs: int) -> str:
    return "one song" if songs == 1 else f"{songs:,} songs"
