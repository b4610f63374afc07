"""A song from a file, or from a pasted text that has chords, as the song of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from engine import formats
from engine.errors import InputError
from engine.lyrics.chords import SURE, chord_line
from engine.project import file
from ui import state, work
from ui.lyric_input import lyric_of
from ui.plain_text import plain

if TYPE_CHECKING:
    from engine.music.lead_sheet import LeadSheet

_FILE = "chart_file"
_NOTE = "_chart_note"
_OF_NOTES = ("musicxml", "mxl", "midi")  # formats that may hold a melody


def open_button() -> None:
    """Draw "Open a song with chords": the file's chords become the song shown."""
    with st.popover("Open a song with chords", icon=":material/library_music:"):
        st.file_uploader(
            "ChordPro, chords over words, OnSong, MusicXML, MIDI with lyrics, iReal Pro, JSON or a "
            "project file",
            type=[ending.removeprefix(".") for ending in (*formats.ENDINGS, file.EXTENSION)],
            key=_FILE,
            on_change=_take_file,
            max_upload_size=4,
        )


def say() -> None:
    """Draw what of the file just opened a song here does not hold."""
    if note := st.session_state.pop(_NOTE, None):
        st.info(plain(note), icon=":material/music_off:")


def keep_button(text: str) -> None:
    """Where the lyric box holds chords, offer to keep them instead of writing new ones."""
    sheet = pasted_song(text)
    if sheet is not None:
        st.button(
            "Keep the chords of this text",
            key="chords_keep",
            icon=":material/content_paste:",
            on_click=_show,
            args=(sheet, text, "the chords of the pasted text"),
        )


def pasted_song(text: str) -> LeadSheet | None:
    """The song that a text with chords holds; None for a text of words alone."""
    if "[" not in text and not any(chord_line(line) == SURE for line in text.splitlines()):
        return None
    data = text.encode("utf-8", "replace")
    try:
        sheet = formats.read(data, formats.format_of("pasted.txt", data))
    except InputError:
        return None
    return sheet if sheet.chords else None


def _take_file() -> None:
    uploaded = st.session_state.get(_FILE)
    if uploaded is None:
        return
    data: bytes = uploaded.getvalue()
    try:
        if file.is_project(data):
            work.show(file.read(data))
            return
        format_name = formats.format_of(uploaded.name, data)
        sheet = formats.read(data, format_name)
    except InputError as error:
        state.keep_message(f"{uploaded.name}: {error}")
        return
    if format_name in _OF_NOTES:
        st.session_state[_NOTE] = (
            f"The words, chords and sections of {uploaded.name} are here, in the order in which "
            "they are played. Its notes are not: a song here holds no melody."
        )
    lyric = lyric_of(sheet)
    state.set_song(lyric, sheet.title)
    _show(sheet, lyric, f"the chords of {uploaded.name}")


def _show(sheet: LeadSheet, lyric: str, source: str) -> None:
    state.keep_song(state.Song(sheet, lyric, source))
    st.session_state["capo"] = sheet.capo
