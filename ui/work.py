"""What stands on the page as one project, and a project as what stands on the page."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, cast

import streamlit as st

from engine.errors import EngineError, InputError
from engine.project import MAX_TEXT, Project, Take, file
from ui import state
from ui.chords import controls

_MOST_STEPS = 50  # what the browser keeps of a history, on each side of the present


def take_of(song: state.Song) -> Take:
    """The song as a file or a version holds it."""
    return Take(song.sheet, song.lyric, song.source, song.wishes, song.edited)


def song_of(take: Take) -> state.Song:
    """The song of a file or a version as the page shows it."""
    return state.Song(take.sheet, take.lyric, take.source, take.controls, edited=take.edited)


def now() -> Project:
    """The project as it stands.

    Raises
    ------
    InputError
        If it is larger than a project may be.
    """
    song = state.song()
    return Project(
        state.title() or (song.sheet.title if song else ""),
        state.lyric(),
        state.wishes(),
        song and take_of(song),
        state.versions(),
        int(st.session_state.get("transpose") or 0),
        int(st.session_state.get("capo") or 0),
    )


def written() -> str:
    """The project as the text of its file; empty where there is nothing to keep, or too much."""
    if not (state.song() or 0 < len(state.lyric().strip()) <= MAX_TEXT):
        return ""
    try:
        return _text(now())
    except InputError:  # the page says so where it is saved
        return ""


def show(project: Project, desk: str = "") -> None:
    """Put a project on the page (before its widgets are drawn, or in a callback).

    `desk` is which song of the browser's own storage it is.
    """
    state.keep_job(None)
    state.set_song(project.lyric, project.title)
    state.keep_song(song_of(project.take) if project.take else None)
    if project.controls is not None:
        controls.take_over(project.controls)
    st.session_state["transpose"], st.session_state["capo"] = project.transpose, project.capo
    state.keep_versions(project.versions)
    state.keep_desk(desk)


def restore(kept: dict[str, Any]) -> bool:
    """Take what the browser kept of this tab (in a callback); whether there was something.

    Words that were typed since, into a page that outlived its server, stay.
    """
    text, desk = kept.get("text"), kept.get("of")
    if not isinstance(text, str) or not text:
        return False
    try:
        project = file.read(text.encode("utf-8", "replace"))
    except EngineError as error:
        state.keep_message(f"What this browser kept of your song cannot be read: {error}")
        return True
    typed = state.lyric()
    show(project, desk if isinstance(desk, str) else "")
    state.keep_steps(_songs(kept.get("past"))[::-1], _songs(kept.get("future")))
    if typed.strip() and typed.strip() != project.lyric.strip():
        st.session_state[state.LYRIC] = typed
    return True


def _songs(texts: Any) -> tuple[state.Song, ...]:
    """The songs of projects that the browser kept, up to the first that cannot be read."""
    found: list[state.Song] = []
    for text in cast("list[Any]", texts)[:_MOST_STEPS] if isinstance(texts, list) else ():
        try:
            take = file.read(str(text).encode("utf-8", "replace")).take
        except EngineError:
            break
        if take is None:
            break
        found.append(song_of(take))
    return tuple(found)


@lru_cache(maxsize=16)
def _text(project: Project) -> str:
    return file.write(project).decode()
