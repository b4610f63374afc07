from __future__ import annotations

from typing import Any

import pytest

from engine.errors import InputError
from engine.music.chord import Chord
from engine.music.key import Key
from engine.music.lead_sheet import LeadSheet, Line, PlacedChord
from ui.chords.acts import View, edited
from ui.chords.sheet_data import chord_of_text, sheet_data

SHEET = LeadSheet(
    "Rain",
    Key("G", "major"),
    (
        Line(("down", "the", "road"), (PlacedChord(0, Chord.parse("G")),), "verse"),
        Line(("home",), (PlacedChord(0, Chord.parse("C")),), "chorus", 1),
    ),
)
AS_IT_IS = View(SHEET.key)


def chords(sheet: LeadSheet) -> list[list[str]]:
    return [[f"{p.word}{p.chord.symbol}" for p in line.chords] for line in sheet.lines]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"act": "set", "place": [0, 0], "chord": "em7"}, [["0Em7"], ["0C"]]),
        ({"act": "set", "place": [0, 0], "chord": "Fis"}, [["0F#"], ["0C"]]),
        ({"act": "add", "line": 0, "word": 2, "chord": "V7"}, [["0G", "2D7"], ["0C"]]),
        ({"act": "add", "line": 0, "word": 3, "chord": "6-"}, [["0G", "3Em"], ["0C"]]),
        ({"act": "move", "place": [0, 0], "line": 1, "word": 1}, [[], ["0C", "1G"]]),
        ({"act": "delete", "places": [[0, 0], [1, 0]]}, [[], []]),
        ({"act": "transpose", "places": [[1, 0]], "semitones": -1}, [["0G"], ["0B"]]),
        ({"act": "words", "line": 0, "text": "all down the road"}, [["1G"], ["0C"]]),
        ({"act": "insert", "line": 1, "text": "new", "new_section": True}, [["0G"], [], ["0C"]]),
        ({"act": "remove", "line": 0}, [["0C"]]),
        ({"act": "shift", "line": 0, "to": 1}, [["0C"], ["0G"]]),
        ({"act": "heading", "section": 1, "kind": None}, [["0G"], ["0C"]]),
        ({"act": "like", "section": 1, "model": 0}, [["0G"], ["0G"]]),
        ({"act": "lock", "places": [[0, 0]]}, [["0G"], ["0C"]]),
    ],
    ids=lambda value: value.get("act") if isinstance(value, dict) else "",
)
def test_what_the_browser_asks_for_is_done(
    asked: dict[str, Any], expected: list[list[str]]
) -> None:
    after = edited(SHEET, asked, AS_IT_IS)
    assert chords(after) == expected
    assert after != SHEET


def test_a_chord_typed_over_a_transposed_song_sounds_as_it_is_shown() -> None:
    after = edited(
        SHEET, {"act": "set", "place": [0, 0], "chord": "Em"}, View(Key("A", "major"), 2)
    )
    assert chords(after)[0] == ["0Dm"]
    assert after.transpose(2).lines[0].chords[0].chord.symbol == "Em"


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"act": "fly"},
        {"act": "set", "place": 3, "chord": "C"},
        {"act": "set", "place": [9, 0], "chord": "C"},
        {"act": "set", "place": [0, 0], "chord": "hello"},
        {"act": "words", "line": 0, "text": "a" * 3000},
        {"act": "words", "line": None, "text": "a"},
        {"act": "shift", "line": 0, "to": float("inf")},
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(asked: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        edited(SHEET, asked, AS_IT_IS)


def test_the_editor_is_told_chords_numerals_and_notes() -> None:
    told = sheet_data(SHEET, "Chords")
    chord = told["lines"][0]["chords"][0]
    assert (chord["w"], chord["s"], chord["r"], chord["k"]) == (0, "G", "I", False)
    assert {note % 12 for note in chord["n"]} == {7, 11, 2}
    offered = [one["s"] for choice in told["choices"] for one in choice["chords"]]
    assert {"G", "Am", "D7", "F", "Cm"} <= set(offered)
    assert told["sections"] == ("Verse", "Chorus")


def test_symbols_come_before_numbers() -> None:
    key = Key("C", "major")
    assert chord_of_text("b7", key) == Chord.parse("B7")
    assert chord_of_text("bVII", key) == Chord.parse("Bb")
    assert chord_of_text("N.C.", key).is_no_chord
