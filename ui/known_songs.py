"""Songs whose words this visit has seen, found by the id that records keep of them.

Records and predictions hold no words. Where the user has loaded the table a song is from (on the
Explorer page or for an evaluation), or it is in the songbook, its words are found again here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from engine.errors import EngineError
from ui import resources, state
from ui.plain_text import plain

if TYPE_CHECKING:
    import pandas as pd

    from engine.evaluation.board.sets import EvaluationSet

SONGBOOK = "our songbook"
_Songs = dict[str, tuple[str, str]]  # id to title and words
_FILES = "_known_files"
_READ = "_known_tables"
_EXPECTED = "_expected_genre"
_EXPLORED = "_own_songs"  # what the Explorer page keeps of the user's file


@dataclass(frozen=True)
class KnownSong:
    """A song found again: its title (may be empty), its words, and where they are from."""

    title: str
    lyrics: str
    source: str


@dataclass(frozen=True)
class _Expectation:
    lyrics: str
    genre: str
    source: str


def remember(name: str, data: bytes) -> None:
    """Keep a user's file of songs for this visit; it is read when a song is looked for."""
    files: dict[str, bytes] = st.session_state.setdefault(_FILES, {})
    files[name] = data


def find(identity: str) -> KnownSong | None:
    """The song of an id, if this visit knows its words."""
    for source, songs in (*_visit(), ("from the songbook", _songbook())):
        if identity in songs:
            title, lyrics = songs[identity]
            return KnownSong(title, lyrics, source)
    return None


def words_of_set(songs: EvaluationSet) -> dict[str, tuple[str, str]]:
    """Title and lyrics of every song of a test set by id, if they are ours to give; else none."""
    from engine.corpora.songbook import folder_sha256, songbook_folder

    return _songbook() if songs.sha256 == folder_sha256(songbook_folder()) else {}


def expect(lyrics: str, genre: str, source: str) -> None:
    """Note which genre a lyric is said to have; the Genre page shows it beside the answers."""
    st.session_state[_EXPECTED] = _Expectation(lyrics, genre, source)


def show_expected() -> None:
    """Say which genre the lyric in the box was said to have, while it is that lyric."""
    expected: _Expectation | None = st.session_state.get(_EXPECTED)
    if expected is None or expected.lyrics.strip() != state.lyric().strip():
        return
    genre, source = plain(expected.genre), plain(expected.source)
    told = (
        f"This song was written as **{genre}**, for {source}."
        if expected.source == SONGBOOK
        else f"This song is labelled **{genre}** in {source}."
    )
    st.info(told, icon=":material/label:")


def _visit() -> list[tuple[str, _Songs]]:
    """The songs of every table this visit has brought, each read once."""
    kept: dict[str, tuple[Any, _Songs]] = st.session_state.setdefault(_READ, {})
    brought: dict[str, Any] = dict(st.session_state.get(_FILES, {}))
    explored = getattr(st.session_state.get(_EXPLORED), "songs", None)
    if explored is not None:
        brought[_EXPLORED] = explored
    for name, value in brought.items():
        if name not in kept or kept[name][0] is not value:
            kept[name] = (value, _songs_of(name, value))
    return [
        ("from the table you explored" if name == _EXPLORED else f"from {name}", songs)
        for name, (_, songs) in kept.items()
        if name in brought
    ]


def _songs_of(name: str, value: Any) -> _Songs:
    if not isinstance(value, bytes):
        return _by_id(value)
    try:
        return _by_id(resources.read_table(name, value).songs)
    except EngineError:  # a file of chords, or one that was refused: no words to be had
        return {}


@st.cache_resource(show_spinner=False)
def _songbook() -> _Songs:
    return _by_id(resources.songbook_table())


def _by_id(songs: pd.DataFrame) -> _Songs:
    from engine.evaluation.tasks.data import song_id

    columns = [name for name in ("id", "artist", "title", "lyrics") if name in songs]
    table: Any = songs[columns]
    found: _Songs = {}
    for row in table.to_dict("records"):
        song: dict[str, Any] = {str(name): value for name, value in row.items()}
        found.setdefault(song_id(song), (str(song["title"] or ""), str(song["lyrics"])))
    return found
