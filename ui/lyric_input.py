"""The lyric box that every page shares: type, paste, open a file, or take an example."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from engine.errors import EngineError, InputError
from engine.lyrics import MAX_CHARACTERS, MAX_LINES, Lyrics
from ui import known_songs, resources, state
from ui.plain_text import plain, show_error

if TYPE_CHECKING:
    from engine.music.lead_sheet import LeadSheet

_FILE_TYPES = ["txt", "text", "md", "lrc", "cho", "chordpro", "pro", "crd"]


def lyric_of(sheet: LeadSheet) -> str:
    """The words of a lead sheet as a user would type them, headings in brackets."""
    parts: list[str] = []
    before: tuple[int, str] | None = None
    for line in sheet.lines:
        if not line.words:
            continue
        here = (line.stanza, line.heading)
        if here != before:
            parts.extend([""] if parts else [])
            if line.section:
                parts.append(f"[{line.heading}]")
        parts.append(" ".join(line.words))
        before = here
    return "\n".join(parts)


def lyric_box(height: int = 260, *, examples: bool = True) -> str:
    """Draw the box with its file and example buttons; give what is in it."""
    text = st.text_area(
        "Lyric",
        key=state.LYRIC,
        height=height,
        persist_state="session",
        placeholder="Paste or type the words of a song.\nA blank line starts a new stanza; "
        "headings such as [Chorus] are understood.",
        help=f"English works best. At most {MAX_CHARACTERS:,} characters and {MAX_LINES} lines.",
    )
    with st.container(horizontal=True, vertical_alignment="center", key="lyric_tools"):
        with st.popover("Open a text file", icon=":material/upload_file:"):
            st.file_uploader(
                "Text file (plain, UTF-8; ChordPro markup is removed)",
                type=_FILE_TYPES,
                key="lyric_file",
                on_change=_take_file,
                max_upload_size=1,
            )
        if examples:
            example_buttons()
    if message := state.taken_message():
        show_error(message)
    return str(text or "")


def example_buttons() -> None:
    """One button for each example song; it fills the lyric box."""
    st.markdown("or try", width="content")
    for index, sheet in enumerate(_examples()):
        st.button(
            example_label(sheet),
            key=f"example_{index}",
            help=f"A song of {known_songs.SONGBOOK}, written as {plain(sheet.genre)}",
            on_click=_take_example,
            args=(sheet,),
        )


def example_label(sheet: LeadSheet) -> str:
    """What stands on a song's button: its title, and the genre that it was written as."""
    return f"{plain(sheet.title)} · {plain(sheet.genre)}"


def parsed(text: str) -> Lyrics | None:
    """The lyric, or None after saying on screen what is wrong with it."""
    try:
        return Lyrics.parse(text)
    except InputError as error:
        show_error(error)
        return None


def _examples() -> tuple[LeadSheet, ...]:
    try:
        return resources.examples()
    except EngineError as error:
        show_error(error)
        return ()


def _take_example(sheet: LeadSheet) -> None:
    text = lyric_of(sheet)
    state.set_song(text, sheet.title)
    known_songs.expect(text, sheet.genre or "", known_songs.SONGBOOK)


def _take_file() -> None:
    uploaded = st.session_state.get("lyric_file")
    if uploaded is None:
        return
    data: bytes = uploaded.getvalue()
    try:
        Lyrics.parse(data)
    except InputError as error:
        state.keep_message(f"{uploaded.name}: {error}")
        return
    name = str(uploaded.name).rsplit(".", 1)[0].replace("_", " ").strip()
    state.set_song(data.decode("utf-8-sig"), name)
