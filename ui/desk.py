"""The desk: songs kept in the browser's own storage, as a project file, and in a link.

The server keeps none of it and nothing leaves the machine: our component (`components/desk.js`)
writes what it is told into the browser, and gives it back when somebody opens it.
"""

from __future__ import annotations

import re
import time
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import streamlit as st

from engine.errors import EngineError
from engine.project import file, link
from ui import state, work
from ui.chords.files import file_name
from ui.components import component
from ui.plain_text import plain, show_error

_LIST = "desk_list"
_POPOVER = "desk"
_LINK = "song"  # the parameter of an address that carries a song
_ID = re.compile(r"[0-9a-f]{24}\Z")


def keep(where: str = "page") -> None:
    """Have the browser keep what stands on the page (at the end of a run, or of a part's run)."""
    history = state.history()
    data = {
        "role": "keeper",
        "text": work.written(),
        "title": _title(),
        "desk": state.desk(),
        "past": len(history.past) if history else 0,
        "future": len(history.future) if history else 0,
        "at": time.time(),  # a part of the page may know more than the rest of it
    }
    with st.container(key=f"desk_keeper_{where}"):
        component("keeper", "elements", "desk")(key=f"keeper_{where}", data=data)


def button() -> None:
    """Draw "My songs": save, open, rename and delete; the project file; a link."""
    with st.popover(
        "My songs", icon=":material/folder_open:", key=_POPOVER, on_change="rerun"
    ) as opened:
        if not opened.open:
            return
        st.caption(
            "Songs are kept by this browser on this machine, with their words, wishes, locks and "
            "versions. What you work on is kept as you go, also over a crash, with the last 50 "
            "steps to undo."
        )
        text = work.written()
        data = {"role": "list", "text": text, "title": _title(), "desk": state.desk()}
        component("desk", "elements", "desk")(
            key=_LIST,
            data=data,
            on_saved_change=_saved,
            on_opened_change=_opened,
            on_named_change=_named,
        )
        if text:
            _take_away(text)


def say() -> None:
    """Draw what a file, a link or a version that was asked for had wrong with it."""
    if message := state.taken_message():
        show_error(message)


def open_link() -> None:
    """Show the song that the address carries, once (before any widget is drawn)."""
    text = st.query_params.get(_LINK)
    if text is None:
        return
    try:
        project = link.read(text)
    except EngineError as error:
        show_error(error)
        return
    work.show(project)
    del st.query_params[_LINK]


def _take_away(text: str) -> None:
    st.markdown("**Take it along**")
    st.download_button(
        "Download the project file",
        text.encode(),
        file_name(_title()) + file.EXTENSION,
        file.MIME,
        key="download_project",
        on_click="ignore",
        icon=":material/download:",
        help="Opened again by “Open a song with chords”, also by dropping it there",
    )
    try:
        packed = link.write(work.now())
    except EngineError as error:
        st.caption(plain(error))
        return
    st.caption("A link that carries this song; whoever opens it needs a Lyric Lab at its address:")
    page = urlsplit(str(st.context.url or ""))
    st.code(urlunsplit((page.scheme, page.netloc, page.path, f"{_LINK}={packed}", "")), None)


def _title() -> str:
    song = state.song()
    return state.title() or (song.sheet.title if song else "")


def _saved() -> None:
    told = st.session_state[_LIST].get("saved")
    if isinstance(told, str) and _ID.match(told):
        state.keep_desk(told)


def _named() -> None:
    told = st.session_state[_LIST].get("named")
    song = state.song()
    if not isinstance(told, str):
        return
    st.session_state[state.TITLE] = told
    if song is not None:
        state.retitle(told)


def _opened() -> None:
    told = st.session_state[_LIST].get("opened")
    if not isinstance(told, dict):
        return
    wanted: dict[str, Any] = told
    try:
        project = file.read(str(wanted.get("text", "")).encode("utf-8", "replace"))
    except EngineError as error:
        state.keep_message(f"The song cannot be opened: {error}")
        return
    desk = str(wanted.get("desk", ""))
    work.show(project, desk if _ID.match(desk) else "")
