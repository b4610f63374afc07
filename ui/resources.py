"""What is loaded or drawn once and kept for every session: models, songbook, staff, sound.

Pages and the other modules of `ui` call these through the module (``resources.classifier(name)``),
which is also where tests put their small models.
"""

from __future__ import annotations

import atexit
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import streamlit as st

from engine.classifiers import CLASSIFIERS, EARLY_EXIT, NAMES, model_of, part_of
from engine.serving.model_pool import Freed, ModelPool
from engine.serving.models import GENERATOR, ServedModels
from engine.serving.queues import Queue

if TYPE_CHECKING:
    import pandas as pd

    from engine.classifiers.prediction import GenreClassifier
    from engine.corpora import SongTable
    from engine.corpora.store import Filters, Overview, SongStore
    from engine.formats.export import Export
    from engine.generator import ChordGenerator
    from engine.music.lead_sheet import LeadSheet
    from engine.notation.abc import EngravedTune

TITLES = {
    "llama": "LLaMA",
    "roberta": "RoBERTa",
    "bilstm-gru": "BiLSTM-GRU",
    "tinyllama": "TinyLlama",
    "chord-memory": "Chord memory",
    "chord-placement": "Chord placement",
    "combined": "Combined",
}
_WITHOUT_CARD = {"song-encoder": "Song encoder"}  # a base as it is, with nothing learnt here
PART_TITLES = {"network": "network", "linear": "linear path"}
POOL = "combined"  # made of the answers of the others
GENRE_MODELS = tuple(name for name in CLASSIFIERS if name != POOL)
LOADED = (*GENRE_MODELS, GENERATOR)
"""The models that are loaded on their own; the others come with one that reads them."""


def model_title(name: str) -> str:
    """The name of a model slot on screen."""
    if name in NAMES and (part := part_of(name)):
        told = "early exit" if part == EARLY_EXIT else f"{PART_TITLES[part]} alone"
        return f"{TITLES[model_of(name)]}, {told}"
    return (TITLES | _WITHOUT_CARD).get(name, name)


@lru_cache
def base_label(name: str) -> str:
    """The base that really runs in a slot, known without loading it."""
    from engine.models.presets import slot

    return slot(model_of(name)).base_label


def revision(name: str) -> str:
    """What a model, or a part of one, answers with, as its card on disk says."""
    from engine.models.card import ModelCard, model_revision
    from engine.models.presets import slot

    own = slot(model_of(name))
    return model_revision(ModelCard.read(own.folder), own, part_of(name))


def loading_message(name: str) -> str:
    """What a spinner says while a model loads."""
    return (
        f"Loading {model_title(name)} ({base_label(name)}); "
        "the first time on this machine its base is unpacked, a few seconds"
    )


@st.cache_resource(show_spinner=False)
def served() -> ServedModels:
    """The models that answer every session, and the lines in which sessions wait for them."""
    return ServedModels(title=model_title)


def pool() -> ModelPool:
    """The models that are loaded."""
    return served().pool


def classifier(name: str) -> GenreClassifier:
    """One genre model or a part of one, loaded once per process."""
    return served().classifier(name)


def generator(name: str = GENERATOR) -> ChordGenerator:
    """The chord generator, loaded once per process."""
    return served().generator(name)


def load(name: str) -> None:
    """Load a model, whichever task it is for."""
    if name == GENERATOR:
        generator(name)
    else:
        classifier(name)


def unload(name: str) -> Freed:
    """Give a model's memory back; `EngineError` if it is not loaded or in use."""
    return served().unload(name)


def queue(name: str) -> Queue:
    """The one line in which all sessions wait for a model."""
    return served().queue(name)


@st.cache_resource(show_spinner=False)
def tables_queue() -> Queue:
    """The line in which tables of songs wait to be answered, one at a time."""
    return Queue("The line of tables", limit=3)


@st.cache_resource(show_spinner=False)
def listening_queue() -> Queue:
    """The line in which recordings wait to be listened to."""
    return Queue("Listening", limit=4)


def songbook() -> tuple[LeadSheet, ...]:
    """The embedded songs (the engine keeps them once read)."""
    from engine.corpora.songbook import songbook as read

    return read()


def examples() -> tuple[LeadSheet, ...]:
    """A few songs of the songbook, of different genres."""
    from engine.corpora.songbook import example_songs

    return example_songs()


@st.cache_data(show_spinner=False)
def songbook_table() -> pd.DataFrame:
    """The songbook as a table of songs."""
    from engine.corpora import songs_table

    return songs_table(songbook())


def read_table(name: str, data: bytes, columns: Mapping[str, str] | None = None) -> SongTable:
    """A user's file as a table of songs; kept by the session that brought it, not here."""
    from engine.corpora import read_table as read

    return read(name, data, columns)


@st.cache_resource(show_spinner="Opening the songbook")
def songbook_store() -> SongStore:
    """The songbook as a store, made once per process."""
    from engine.corpora.songbook import folder_sha256, songbook_folder
    from engine.corpora.store import SongStore, store_of_sheets

    folder = TemporaryDirectory(prefix="lyric-lab-songbook-")
    atexit.register(folder.cleanup)
    place = Path(folder.name) / "songs.duckdb"
    store_of_sheets(songbook(), place, "Songbook", folder_sha256(songbook_folder()))
    return SongStore(place)


@st.cache_resource(show_spinner="Opening the store", max_entries=4)
def opened_store(_path: Path, identity: str) -> SongStore:
    """A store on this machine; `identity` tells it from another at the same place."""
    from engine.corpora.store import SongStore
    from engine.models import memory

    memory.gather()  # every run of the page is a thread, and tables of many songs come and go
    return SongStore(_path)


@st.cache_resource(show_spinner=False)
def imports_queue() -> Queue:
    """The line in which data sets wait to be imported, one at a time."""
    return Queue("The line of imports", limit=3)


@dataclass(frozen=True)
class StoreFacts:
    """What the filters over a store need to know of it."""

    songs: int
    genres: tuple[str, ...]
    some_without_genre: bool
    years: tuple[int, int] | None
    words: tuple[int, int] | None
    sources: tuple[str, ...]
    notations: tuple[str, ...]
    some_without_notation: bool


@st.cache_data(show_spinner="Looking through the songs", max_entries=64)
def store_facts(_store: SongStore, identity: str) -> StoreFacts:
    """Facts of a whole store; `identity` stands for it in the cache."""
    whole = _store.overview()
    notations = tuple(_store.names("notation"))
    return StoreFacts(
        whole.songs,
        tuple(sorted(_store.names("genre"))),
        whole.missing["genre"] > 0,
        _store.span("year"),
        _store.span("words"),
        tuple(_store.names("source")),
        notations,
        bool(_store.rows("SELECT 1 FROM songs WHERE notation = '' LIMIT 1")),
    )


@st.cache_data(show_spinner=False, max_entries=256)
def overview(_store: SongStore, identity: str, filters: Filters) -> Overview:
    """What passes some filters, in numbers."""
    return _store.overview(filters)


@st.cache_data(show_spinner="Engraving the staff", max_entries=64)
def staff(
    sheet: LeadSheet,
    width: int,
    parts: str,
    page_height: int | None,
    size: int = 100,
    *,
    repeats: bool = False,
) -> list[str]:
    """Pages of staff notation, SVG in dark ink, this many pixels wide; None is one tall page.

    `size` is that of notes and letters, in per cent.
    """
    from engine.notation.engraving import staff_svg

    return staff_svg(
        sheet,
        width,
        parts=parts,
        scale=round(0.4 * size),
        colour="#1b1613",
        page_height=page_height,
        footer=page_height is not None,
        repeats=repeats,
    )


@st.cache_data(show_spinner="Engraving the tune", max_entries=64)
def engraved_tune(abc: str, width: int) -> EngravedTune:
    """A tune in ABC notation as pictures in dark ink and notes."""
    from engine.notation.abc import engraved_tune as engraved

    return engraved(abc, width, "#1b1613")


@st.cache_data(show_spinner="Rendering the sound", max_entries=8)
def tune_sound(midi: bytes) -> bytes:
    """The notes of a tune as a WAV file."""
    from engine.notation.abc import tune_wav

    return tune_wav(midi)


@st.cache_data(show_spinner="Rendering the sound", max_entries=8)
def sound(sheet: LeadSheet) -> bytes:
    """The song as a WAV file."""
    from engine.arrangement.sound import wav

    return wav(sheet)


@st.cache_data(show_spinner=False, max_entries=2000)
def diagram(label: str, instrument: str) -> str | None:
    """How to finger one chord (Harte label), SVG; None where no shape is known."""
    from engine.music.chord import Chord
    from engine.notation.diagrams import chord_diagram_svg

    return chord_diagram_svg(Chord.harte(label), instrument)


@lru_cache(maxsize=12)  # sound and pictures take megabytes
def exported(sheet: LeadSheet, format_name: str, export: Export) -> bytes:
    """The song as a file; called when a download begins, outside the script's thread."""
    from engine.formats import write

    return write(sheet, format_name, export)
