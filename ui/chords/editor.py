"""The lead sheet one can edit: our component in the browser, and what it asks for."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from engine.errors import EngineError, InputError
from engine.music.editing import free_chord, with_chord_rewritten, with_lines_rewritten
from ui import desk, presence, resources, state
from ui.chords import ranking
from ui.chords.acts import View, edited, place_of
from ui.chords.sheet_data import sheet_data
from ui.components import component
from ui.lyric_input import lyric_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from engine.generator.controls import Controls
    from engine.music.editing import Place
    from engine.music.lead_sheet import LeadSheet
    from engine.serving.queues import Job

_KEY = "sheet_editor"
_SCRIPTS = (
    "elements",
    "sheet_foreseen",
    "sheet_places",
    "sheet_pending",
    "sheet_sound",
    "sheet_keys",
    "sheet_pointer",
    "sheet_menus",
    "sheet_editor",
)
_ANSWER = "_sheet_answer"
_DRAWN = "_sheet_drawn"  # the song that the whole page shows
_WHOLE_PAGE = "_sheet_whole_page"


@dataclass(frozen=True)
class _Answer:
    """What came of the last act: what to say of it, whether it went wrong, or came too late."""

    number: int = 0
    message: str = ""
    bad: bool = False
    stale: bool = False


def show(style: str, steps: int, fret: int) -> None:
    """Draw the song so many semitones above the one that is kept, as fingered behind a capo.

    An edit draws the sheet alone; the rest of the page follows when the browser finds that the
    hand rests, and at once where it cannot wait.
    """
    st.session_state.pop(_WHOLE_PAGE, None)
    st.session_state[_DRAWN] = state.song()
    _sheet(style, steps, fret)


@st.fragment
def _sheet(style: str, steps: int, fret: int) -> None:
    song = state.song()
    if st.session_state.pop(_WHOLE_PAGE, False) or song is None:
        st.rerun(scope="app")
    shown = replace(song.sheet.transpose(steps), capo=fret).shapes
    semitones = steps - fret
    answer = st.session_state.get(_ANSWER, _Answer())
    history = state.history()
    data = sheet_data(shown, style) | {
        "answered": answer.number,
        "message": answer.message,
        "bad": answer.bad,
        "stale": answer.stale,
        "revision": _revision(song),
        "undo": bool(history and history.past),
        "redo": bool(history and history.future),
        "busy": state.job() is not None,
        "behind": song is not st.session_state.get(_DRAWN),
        "ranked": ranking.found(shown, style, semitones),
    }
    component("sheet_editor", *_SCRIPTS)(
        key=_KEY,
        data=data,
        on_asked_change=partial(_asked, View(shown.key, semitones)),
        on_rests_change=_draw_whole_page,
    )
    desk.keep("sheet")


def _draw_whole_page() -> None:
    st.session_state[_WHOLE_PAGE] = True


def _asked(view: View) -> None:
    """Carry out what was asked (a callback, so widgets can still be filled)."""
    asked: dict[str, Any] | None = st.session_state[_KEY].get("asked")
    # An act comes twice where runs overtake each other, and where its answer was long in coming.
    number = int(asked.get("number", 0)) if asked else 0
    if not asked or number <= st.session_state.get(_ANSWER, _Answer()).number:
        return
    try:
        answer = _Answer(number, _answer(asked, view))
    except _OtherSongError:
        answer = _Answer(number, stale=True)
    except EngineError as error:
        answer = _Answer(number, str(error), bad=True)
    st.session_state[_ANSWER] = answer


class _OtherSongError(EngineError):
    """The act speaks of places in a song that is another one by now."""


def _revision(song: state.Song) -> int:
    """Which lines an act speaks of: they differ where the lines do."""
    return hash(song.sheet.lines) & 0xFFFFFFFF


def _answer(asked: dict[str, Any], view: View) -> str:
    song = state.song()
    if song is None:
        raise InputError("There is no song to edit.")
    if state.job() is not None:
        raise InputError("Chords are being written; wait for them or cancel.")
    act = asked.get("act")
    if act not in ("undo", "redo", "look") and asked.get("revision") != _revision(song):
        raise _OtherSongError
    match act:
        case "undo":
            return _gone(song, moved=state.undo(), what="undo")
        case "redo":
            return _gone(song, moved=state.redo(), what="redo")
        case "look":
            ranking.ask(song, int(asked.get("line", 0)), int(asked.get("word", 0)))
            return ""
        case "rewrite":
            if "place" in asked:
                _rewrite_chord(song, place_of(asked["place"]))
            else:
                _rewrite_lines(song, [int(line) for line in asked.get("lines", [])])
            _draw_whole_page()
            return ""
        case _:
            sheet = edited(song.sheet, asked, view)
            # A note of the words goes along only if the words changed: typed headings may say more.
            words = [line.words for line in sheet.lines] != [
                line.words for line in song.sheet.lines
            ]
            lyric = lyric_of(sheet) if words else song.lyric
            if words:
                _draw_whole_page()
            state.edit(replace(song, sheet=sheet, lyric=lyric, edited=True))
            return ""


def _gone(before: state.Song, *, moved: bool, what: str) -> str:
    """What to say of a step through the history."""
    after = state.song()
    if after is not None and after.lyric != before.lyric:
        _draw_whole_page()
    return "" if moved else f"There is nothing to {what}."


def _rewrite_lines(song: state.Song, lines: Collection[int]) -> None:
    """Send some lines to the generator's queue; what comes is the song with them rewritten."""
    sung = [line for line in lines if song.sheet.lines[line].words]
    if not sung:
        raise InputError("There are no words to write chords for; a line with words is accepted.")

    def rewritten(wishes: Controls, cancelled: Callable[[], bool]) -> LeadSheet:
        written = resources.generator().rewritten(song.sheet, wishes, sung, cancelled=cancelled)
        return with_lines_rewritten(song.sheet, written, sung)

    _begin(song, "Rewriting chords", rewritten)


def _rewrite_chord(song: state.Song, place: Place) -> None:
    """Send one chord to the generator's queue; what comes is the song with another in its place."""
    line, _ = place
    placed = free_chord(song.sheet, place)

    def rewritten(wishes: Controls, cancelled: Callable[[], bool]) -> LeadSheet:
        written = resources.generator().rewritten(
            song.sheet, wishes, places=[(line, placed.word)], cancelled=cancelled
        )
        return with_chord_rewritten(song.sheet, written, place)

    _begin(song, "Finding another chord", rewritten)


def _begin(
    song: state.Song, name: str, rewritten: Callable[[Controls, Callable[[], bool]], LeadSheet]
) -> None:
    wishes = replace(ranking.wishes_of(song), seed=random.randrange(1_000_000))  # noqa: S311 - a draw of chords

    def task(job: Job[state.Song]) -> state.Song:
        sheet = rewritten(wishes, job.cancelled)
        return replace(song, sheet=sheet, seconds=job.seconds, edited=True)

    queue = resources.queue(resources.GENERATOR)
    state.keep_job(queue.submit(name, task, presence.of_this_tab()))
