from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from engine.errors import InputError
from engine.formats import json_format
from engine.music.chord import Chord
from engine.music.key import Key
from engine.music.lead_sheet import LeadSheet, Line, PlacedChord
from tests.engine.strategies import lead_sheets

SONG: dict[str, Any] = {
    "title": "Rust and Rain",
    "key": "E:minor",
    "time_signature": "3/4",
    "tempo": 96,
    "genre": "folk",
    "lines": [
        {"section": "verse", "words": ["Rain", "tonight"], "chords": [[0, "E:min"], [2, "G:maj/3"]]}
    ],
}


@given(lead_sheets())
def test_every_song_comes_back_exactly(sheet: LeadSheet) -> None:
    assert json_format.read(json_format.write(sheet)) == sheet


def test_the_file_has_the_schema_of_the_corpora() -> None:
    chords = (PlacedChord(0, Chord.parse("Em")), PlacedChord(2, Chord.parse("G/B")))
    line = Line(("Rain", "tonight"), chords, "verse")
    sheet = LeadSheet("Rust and Rain", Key("E", "minor"), (line,), "3/4", 96, "folk")
    written = json.loads(json_format.write(sheet))
    assert written.pop("lines") == [SONG["lines"][0] | {"stanza": 0}]
    assert written == {name: value for name, value in SONG.items() if name != "lines"}


def test_songs_of_a_corpus_can_be_read() -> None:
    corpus_song = SONG | {"id": "abc", "tempo": 96.4, "genre": None, "year": None}
    sheet = json_format.read(json.dumps(corpus_song).encode())
    assert (sheet.tempo, sheet.genre, sheet.key) == (96, None, Key("E", "minor"))


def test_what_is_not_said_is_filled_in() -> None:
    lines = [{"words": [], "chords": [[0, "D"], [0, "G"], [0, "A:7"], [0, "D"]]}]
    sheet = json_format.read(json.dumps({"lines": lines, "tempo": None}).encode())
    assert (str(sheet.key), sheet.time_signature, sheet.tempo) == ("D:major", "4/4", 100)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"lines": None}, "'lines' is missing"),
        ({"lines": []}, "no lines"),
        ({"lines": ["la"]}, "Line 1 is not a JSON object"),
        ({"lines": [{"words": "la"}]}, "'words' of line 1"),
        ({"lines": [{"words": [1]}]}, "Line 1 has words that are not text"),
        ({"lines": [{"words": ["la"], "chords": [[0, "H"]]}]}, "Line 1: 'H' is not a chord label"),
        ({"lines": [{"words": ["la"], "chords": [["0", "C"]]}]}, "does not place a chord"),
        ({"lines": [{"words": ["la"], "chords": [[True, "C"]]}]}, "does not place a chord"),
        ({"lines": [{"words": ["la"], "chords": [[5, "C"]]}]}, "0 to 1 are accepted"),
        ({"lines": [{"words": ["la"], "section": "hook"}]}, "is not a section"),
        ({"lines": [{"words": ["la"], "stanza": "a"}]}, "whole number"),
        ({"key": "J"}, "is not a key"),
        ({"key": 3}, "'key' is not text"),
        ({"tempo": "fast"}, "'tempo' is not a number"),
        ({"tempo": 5000}, "20 to 400"),
        ({"time_signature": "x"}, "time signature"),
    ],
)
def test_a_wrong_field_is_named(change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        json_format.read(json.dumps(SONG | change).encode())


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe\x00", b"[" * 100_000, b"[]", b"3"])
def test_what_is_no_song_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match=r"is not JSON text|is not a JSON object"):
        json_format.read(data)
