"""Songs to be seen beside the open ones: with chords that the model writes, or one's own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import streamlit as st

from engine.corpora.store import Filters, SongStore, store_of_sheets
from engine.corpora.store.schema import LEAD_SHEET
from engine.corpora.store.word_measuring import make_index
from engine.errors import EngineError, InputError
from ui import local_files, resources, turns
from ui.explorer.background import UnderWay, Work, time_left
from ui.explorer.opened import Source, source_of, source_of_folder
from ui.plain_text import show_error

if TYPE_CHECKING:
    from engine.music.lead_sheet import LeadSheet
    from engine.serving.queues import Job

MOST_WRITTEN = 200
NOTHING, MODEL, OWN = "Nothing", "Chords by the model", "My own ChordPro files"
_WORK = Work("_explorer_writing", "The writing", "explorer_writing_cancel")
_WRITTEN, _OWN = "_explorer_written", "_explorer_beside_own"


@dataclass(frozen=True)
class Beside:
    """A set to be compared.

    Attributes
    ----------
    title : str
    source : Source
    rows : tuple of int
        Which song of the open ones each is written on the words of; empty for other songs.
    left_out : int
        How many could not be written.
    """

    title: str
    source: Source
    rows: tuple[int, ...] = ()
    left_out: int = 0


def beside(chosen: Source, passing: Filters) -> Beside | None:
    """Let the user choose what is seen beside the open songs; None while there is nothing."""
    choice = st.segmented_control(
        "Beside these songs",
        [NOTHING, MODEL, OWN],
        default=NOTHING,
        required=True,
        key="explorer_beside",
        persist_state="session",
    )
    if choice == MODEL:
        return _written(chosen, passing)
    return _own() if choice == OWN else None


def _written(chosen: Source, passing: Filters) -> Beside | None:
    if (ended := _WORK.taken()) is not None:
        identity, result = ended
        st.session_state[_WRITTEN] = (identity, result)
    if _WORK.under_way() is not None:
        _WORK.follow(_told)
        return None
    identity, kept = st.session_state.get(_WRITTEN, ("", None))
    known = kept if identity == chosen.identity and isinstance(kept, Beside) else None
    title = resources.model_title(resources.GENERATOR)
    label = f"Write {'them anew' if known else 'chords on the same words'}"
    st.button(
        label,
        key="explorer_write",
        type="secondary" if known else "primary",
        icon=":material/piano:",
        on_click=partial(_begin, chosen, passing),
        help=f"{title} writes chords on the words of the songs that pass the filters and have a "
        f"lead sheet (the first {MOST_WRITTEN}), with the key, genre, metre and tempo of each.",
    )
    if known and known.left_out:
        st.caption(f"{known.left_out:,} songs could not be written.")
    return known


def _begin(chosen: Source, passing: Filters) -> None:
    """Put the writing in the line (a callback: it draws nothing)."""

    def task(job: Job[Beside]) -> Beside:
        return _write(chosen, passing, job)

    title = resources.model_title(resources.GENERATOR)
    _WORK.begin(resources.tables_queue(), title, task, chosen.identity)


def _write(chosen: Source, passing: Filters, job: Job[Any]) -> Beside:
    from engine.formats import json_format
    from engine.generator.companions import companion_songs

    with_sheets = replace(passing, notation=(LEAD_SHEET,))
    songs = chosen.store.table(with_sheets, ("row", "sheet"), MOST_WRITTEN)
    if not len(songs):
        raise InputError("None of the songs that pass has a lead sheet to write chords for.")
    sheets = [json_format.read(str(sheet).encode()) for sheet in songs["sheet"]]
    model = turns.loaded(resources.GENERATOR, job.cancelled)
    found = companion_songs(sheets, model, 0, job.report, job.cancelled)
    pairs = zip(songs["row"].tolist(), found, strict=True)
    written: list[tuple[int, LeadSheet]] = [(row, sheet) for row, sheet in pairs if sheet]
    if not written:
        raise InputError("The model could write none of these songs.")
    title = resources.model_title(resources.GENERATOR)
    folder: TemporaryDirectory[str] = TemporaryDirectory(prefix="lyric-lab-written-")
    place = Path(folder.name) / "songs.duckdb"
    store_of_sheets([sheet for _, sheet in written], place, title, uuid4().hex)
    store = SongStore(place)
    make_index(store)
    source = Source(title, uuid4().hex, store, None, folder)
    rows = tuple(int(row) for row, _ in written)
    return Beside(f"{title}, same words", source, rows, len(sheets) - len(written))


def _told(work: UnderWay[Any]) -> tuple[float, str]:
    job = work.job
    if not job.started:
        return 0.0, "Waiting for another table to end"
    if not job.step:
        return 0.0, "Writing the first song"
    return job.step / job.steps, f"{job.step:,} of {job.steps:,} songs written{time_left(job)}"


def _own() -> Beside | None:
    """Files that are uploaded, or of a folder on this machine where those may be named."""
    uploaded = st.file_uploader(
        "A zip of ChordPro files",
        type=["zip"],
        key="explorer_beside_file",
        help="It stays on this machine and is forgotten after your visit. The filters above do "
        "not concern it.",
    )
    named = ""
    if local_files.allowed():
        named = st.text_input(
            "Or a folder of them on this machine",
            key="explorer_beside_folder",
            persist_state="session",
        )
    kept: Beside | None = st.session_state.get(_OWN)
    file = str(uploaded.file_id or "") if uploaded else (named or "").strip()
    if not file or (kept is not None and kept.source.file == file):
        return kept
    try:
        with st.spinner("Reading the files"):
            if uploaded:
                source = source_of(str(uploaded.name), uploaded.getvalue(), file)
            else:
                source = source_of_folder(local_files.path_named(file), file)
            make_index(source.store)
    except EngineError as error:
        show_error(error)
        return None
    kept = Beside(source.name, source)
    st.session_state[_OWN] = kept
    return kept
