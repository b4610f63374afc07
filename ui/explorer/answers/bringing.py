"""Answers beside the songs: those of a file, those out of fold, and taking them away."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from engine.errors import EngineError, InputError
from ui import local_files, resources
from ui.explorer.answers.kept import Shelf, shelf_of
from ui.explorer.background import UnderWay, Work, time_left
from ui.plain_text import plain, show_error

if TYPE_CHECKING:
    from engine.audit.answers import Answers
    from engine.serving.queues import Job
    from ui.explorer.opened import Source

MAX_SONGS = 20_000
_OUT_OF_FOLD = Work(
    "_explorer_out_of_fold",
    "The answers out of fold",
    "explorer_out_of_fold_cancel",
    "The answers out of fold were cancelled.",
)
_TAKEN = "_explorer_taken_files"
_ORIGINS = {"asked": "asked here", "file": "from a file", "out of fold": "out of fold"}


def answers_kept(chosen: Source) -> None:
    """The answers that are there, and two more ways to have some."""
    shelf = shelf_of(chosen)
    if ended := _OUT_OF_FOLD.taken():
        at, answers = ended
        _keep(at, answers)
    with st.expander("Answers from a file, or of a plain model out of fold"):
        _file(chosen, shelf)
        _out_of_fold(chosen, shelf)
    _OUT_OF_FOLD.follow(_told)
    there = shelf.answers()
    if not there:
        return
    st.markdown("**Answers beside these songs**")
    for number, (name, answers) in enumerate(there.items()):
        with st.container(
            horizontal=True, vertical_alignment="center", key=f"explorer_kept_{number}"
        ):
            st.markdown(_line(name, answers), width="stretch")
            st.button(
                "Forget",
                key=f"explorer_forget_{number}",
                icon=":material/delete:",
                on_click=partial(shelf.forget, name),
                help=f"Take the answers of {plain(name)} away",
            )


def _line(name: str, answers: Answers) -> str:
    told = f"{plain(name)}: {len(answers.songs):,} songs, {len(answers.labels)} genres, "
    told += _ORIGINS[answers.origin]
    return told + (f"; {answers.not_answered:,} without an answer" if answers.not_answered else "")


def _file(chosen: Source, shelf: Shelf) -> None:
    from engine.audit.answers import read_answers
    from engine.batch.writing import OUTPUT_EXTENSIONS
    from engine.corpora import Source as File

    uploaded = st.file_uploader(
        "A table that `python -m engine batch` wrote, of these songs",
        type=[ending.removeprefix(".") for ending in OUTPUT_EXTENSIONS],
        key=f"explorer_answers_file_{chosen.identity}",
        help="Its rows are joined to the songs by their words, and by an id where there is one; "
        "their order does not matter.",
    )
    taken: set[str] = st.session_state.setdefault(_TAKEN, set())
    try:
        if uploaded is not None and str(uploaded.file_id) not in taken:
            taken.add(str(uploaded.file_id))
            with st.spinner("Reading the answers"):
                _keep(shelf, read_answers(File.of_upload(str(uploaded.name), uploaded.getvalue())))
        if local_files.allowed():
            named = st.text_input("Or such a table on this machine", key="explorer_answers_path")
            if st.button(
                "Read it", key="explorer_answers_read", disabled=not (named or "").strip()
            ):
                with st.spinner("Reading the answers"):
                    _keep(shelf, read_answers(File.of_file(local_files.path_named(str(named)))))
    except EngineError as error:
        show_error(error)


def _keep(shelf: Shelf, answers: Answers) -> None:
    try:
        shelf.keep(answers)
    except EngineError as error:
        show_error(error)


def _out_of_fold(chosen: Source, shelf: Shelf) -> None:
    facts = resources.store_facts(chosen.store, chosen.identity)
    st.markdown(
        "A plain model (TF-IDF with logistic regression) can learn the genres of this very table, "
        "four fifths at a time, and answer the fifth it has not seen. It knows whatever genres "
        "the table has, and its answers are fit to look for wrong labels."
    )
    st.button(
        "Answer out of fold",
        key="explorer_out_of_fold",
        icon=":material/stacks:",
        disabled=len(facts.genres) < 2 or _OUT_OF_FOLD.under_way() is not None,
        on_click=partial(_begin, chosen, shelf),
    )
    if facts.songs > MAX_SONGS:
        st.caption(f"It takes {MAX_SONGS:,} songs, drawn from the {facts.songs:,}.")


def _begin(chosen: Source, shelf: Shelf) -> None:
    """Put it in the line (a callback: it draws nothing)."""
    from engine.audit.out_of_fold import out_of_fold

    def task(job: Job[Answers]) -> Answers:
        songs: Any = chosen.store.frame(
            "SELECT id, artist, genre, lyrics FROM songs WHERE genre <> '' AND words > 0 "  # noqa: S608 - a number of ours
            f"USING SAMPLE reservoir({MAX_SONGS} ROWS) REPEATABLE (0)"
        )
        if songs.empty:
            raise InputError("No song here has both words and a genre.")
        return out_of_fold(songs, job.report, job.cancelled)

    _OUT_OF_FOLD.begin(resources.tables_queue(), "TF-IDF", task, shelf)


def _told(work: UnderWay[Answers]) -> tuple[float, str]:
    job = work.job
    if not job.started:
        return 0.0, "TF-IDF, out of fold: waiting for a table to end"
    told = f"TF-IDF, out of fold: {job.step} of {job.steps or 5} parts{time_left(job)}"
    return job.step / (job.steps or 5), told
