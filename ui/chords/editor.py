"""The lead sheet one can edit: our component in the browser, and what it asks for."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from engine.errors import EngineError, InputError
from engine.music.editing import with_lines_rewritten
from ui import presence, resources, state
from ui.chords import ranking
from ui.chords.acts import View, edited
from ui.chords.sheet_data import sheet_data
from ui.lyric_input import lyric_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from engine.music.lead_sheet import LeadSheet
    from ui.queues import Job

_FOLDER = Path(__file__).parent.parent / "components"
_KEY = "sheet_editor"
_ANSWER = "_sheet_answer"  # (number of the last act, what to say of it, whether it went wrong)


def show(shown: LeadSheet, style: str, semitones: int) -> None:
    """Draw the song as it is shown, so many semitones above the song that is kept."""
    number, message, bad = st.session_state.get(_ANSWER, (0, "", False))
    history = state.history()
    data = sheet_data(shown, style) | {
        "answered": number,
        "message": message,
        "bad": bad,
        "undo": bool(history and history.past),
        "redo": bool(history and history.future),
        "busy": state.job() is not None,
        "ranked": ranking.found(shown, style, semitones),
    }
    _component()(key=_KEY, data=data, on_asked_change=partial(_asked, View(shown.key, semitones)))


def _asked(view: View) -> None:
    """Carry out what was asked (a callback, so widgets can still be filled)."""
    asked: dict[str, Any] | None = st.session_state[_KEY].get("asked")
    if not asked:
        return
    message, bad = "", False
    try:
        message = _answer(asked, view)
    except EngineError as error:
        message, bad = str(error), True
    st.session_state[_ANSWER] = (int(asked.get("number", 0)), message, bad)


def _answer(asked: dict[str, Any], view: View) -> str:
    song = state.song()
    if song is None:
        raise InputError("There is no song to edit.")
    if state.job() is not None:
        raise InputError("Chords are being written; wait for them or cancel.")
    match asked.get("act"):
        case "undo":
            return "" if state.undo() else "There is nothing to undo."
        case "redo":
            return "" if state.redo() else "There is nothing to redo."
        case "look":
            ranking.ask(song, int(asked.get("line", 0)), int(asked.get("word", 0)))
            return ""
        case "rewrite":
            _rewrite(song, [int(line) for line in asked.get("lines", [])])
            return ""
        case _:
            sheet = edited(song.sheet, asked, view)
            # A note of the words goes along only if the words changed: typed headings may say more.
            words = [line.words for line in sheet.lines] != [
                line.words for line in song.sheet.lines
            ]
            lyric = lyric_of(sheet) if words else song.lyric
            state.edit(replace(song, sheet=sheet, lyric=lyric, edited=True))
            return ""


def _rewrite(song: state.Song, lines: Collection[int]) -> None:
    """Send some lines to the generator's queue; what comes is the song with them rewritten."""
    sung = [line for line in lines if song.sheet.lines[line].words]
    if not sung:
        raise InputError("There are no words to write chords for; a line with words is accepted.")
    wishes = replace(ranking.wishes_of(song), seed=random.randrange(1_000_000))  # noqa: S311 - a draw of chords

    def task(job: Job[state.Song]) -> state.Song:
        model = resources.generator()
        written = model.rewritten(song.sheet, wishes, sung, cancelled=job.cancelled)
        sheet = with_lines_rewritten(song.sheet, written, sung)
        return replace(song, sheet=sheet, seconds=job.seconds, edited=True)

    queue = resources.queue(resources.GENERATOR)
    state.keep_job(queue.submit("Rewriting chords", task, presence.of_this_tab()))


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    from streamlit.components import v2

    html, css, js = (
        (_FOLDER / f"sheet_editor.{ending}").read_text("utf-8") for ending in ("html", "css", "js")
    )
    return v2.component("lyric_lab_sheet_editor", html=html, css=css, js=js)
