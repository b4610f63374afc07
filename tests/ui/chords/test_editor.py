"""An act on the sheet is carried out once, and on the song it speaks of."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from engine.music.chord import Chord
from engine.music.key import Key
from engine.music.lead_sheet import LeadSheet, Line, PlacedChord
from ui import state
from ui.chords import editor
from ui.chords.acts import View

SHEET = LeadSheet(
    "Rain",
    Key("G", "major"),
    (
        Line(
            ("down", "the", "road"),
            (PlacedChord(0, Chord.parse("G")), PlacedChord(2, Chord.parse("C"))),
        ),
    ),
)


class Tab:
    """A tab with a song, and what the page answers to what its browser sends."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.song = state.Song(SHEET, "down the road", "a test")
        self.session: dict[str, Any] = {}
        monkeypatch.setattr(editor, "st", SimpleNamespace(session_state=self.session))
        monkeypatch.setattr(state, "song", lambda: self.song)
        monkeypatch.setattr(state, "job", lambda: None)
        monkeypatch.setattr(state, "edit", lambda song: setattr(self, "song", song))

    @property
    def revision(self) -> int:
        return editor._revision(self.song)

    def sends(self, number: int, revision: int, **act: Any) -> editor._Answer:
        self.session["sheet_editor"] = {"asked": {**act, "number": number, "revision": revision}}
        editor._asked(View(SHEET.key))
        return self.session["_sheet_answer"]

    @property
    def chords(self) -> list[str]:
        return [chord.symbol for chord in self.song.sheet.chords]


@pytest.fixture
def tab(monkeypatch: pytest.MonkeyPatch) -> Tab:
    return Tab(monkeypatch)


def test_an_act_sent_again_is_carried_out_once(tab: Tab) -> None:
    before = tab.revision
    for _ in range(2):  # the browser asks again where an answer is long in coming
        assert tab.sends(1, before, act="delete", places=[[0, 0]]).number == 1
    assert tab.chords == ["C"]
    tab.sends(2, tab.revision, act="add", line=0, word=0, chord="D")
    tab.sends(1, before, act="delete", places=[[0, 0]])  # and one that comes after the next
    assert tab.chords == ["D", "C"]


def test_an_act_on_another_song_is_left_and_the_browser_told_so(tab: Tab) -> None:
    before = tab.revision
    tab.sends(1, before, act="delete", places=[[0, 0]])
    late = tab.sends(2, before, act="lock", places=[[0, 1]])
    assert (late.number, late.stale, late.bad) == (2, True, False)
    assert tab.chords == ["C"]
    assert not tab.sends(3, tab.revision, act="lock", places=[[0, 0]]).stale
    assert [one.locked for one in tab.song.sheet.lines[0].chords] == [True]
