from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InputError
from engine.music.chord import Chord
from engine.music.key import KEYS, Key
from engine.music.lead_sheet import LeadSheet, Line, PlacedChord
from tests.engine.strategies import lead_sheets


def song(chords: str, key: str, words: str = "so the river turns for home") -> LeadSheet:
    placed = tuple(PlacedChord(i, Chord.parse(c)) for i, c in enumerate(chords.split()))
    return LeadSheet("River", Key.parse(key), (Line(tuple(words.split()), placed),))


def symbols(sheet: LeadSheet) -> str:
    return " ".join(chord.symbol for chord in sheet.chords)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ({"words": ()}, "neither words nor chords"),
        ({"words": ("two words",)}, "not one word"),
        ({"words": ("",)}, "not one word"),
        ({"words": ("bell\x07",)}, "not one word"),
        ({"words": ("la",), "chords": (PlacedChord(2, Chord.parse("C")),)}, "0 to 1 are accepted"),
        ({"words": ("la",), "chords": (PlacedChord(-1, Chord.parse("C")),)}, "0 to 1 are accepted"),
        (
            {
                "words": ("la", "la"),
                "chords": (PlacedChord(1, Chord.parse("C")), PlacedChord(0, Chord.parse("G"))),
            },
            "never decrease",
        ),
        ({"words": ("la",), "section": "hook"}, "verse, pre-chorus, chorus, bridge"),
    ],
)
def test_lines_no_renderer_could_draw_cannot_be_built(line: dict[str, Any], complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        Line(**line)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"lines": ()}, "no lines"),
        ({"tempo": 19}, "20 to 400"),
        ({"tempo": 401}, "20 to 400"),
        ({"time_signature": "4/5"}, "such as 4/4"),
        ({"time_signature": "0/4"}, "such as 4/4"),
        ({"time_signature": "waltz"}, "such as 4/4"),
    ],
)
def test_songs_no_player_could_play_cannot_be_built(change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        replace(song("C", "C"), **change)


@pytest.mark.parametrize("metre", ["4/4", "3/4", "2/4", "6/8", "12/8", "2/2", "5/8", "7/4"])
def test_usual_metres_are_accepted(metre: str) -> None:
    assert replace(song("C", "C"), time_signature=metre).time_signature == metre


def test_a_chord_may_follow_the_last_word_and_lines_may_be_played_only() -> None:
    chord = Chord.parse("G")
    assert Line(("la",), (PlacedChord(1, chord),)).text == "la"
    assert Line((), (PlacedChord(0, chord), PlacedChord(0, chord))).text == ""


def test_stanzas_are_numbered_without_gaps_and_never_span_sections() -> None:
    lines = [
        Line(("one",), section="verse", stanza=3),
        Line(("two",), section="verse", stanza=3),
        Line(("three",), section="chorus", stanza=3),
        Line(("four",), section="chorus", stanza=9),
    ]
    sheet = LeadSheet("", Key("C", "major"), tuple(lines))
    assert [line.stanza for line in sheet.lines] == [0, 0, 1, 2]


def test_blank_fields_mean_none_and_line_breaks_are_removed() -> None:
    sheet = replace(song("C", "C"), title=" A\nsong ", genre="  ", artist="")
    assert (sheet.title, sheet.genre, sheet.artist) == ("A song", None, None)


def test_a_song_moves_to_another_key_with_right_spelling() -> None:
    sheet = song("C F Bb Am E7 G/B", "C")
    assert symbols(sheet.transposed_to(Key("E", "major"))) == "E A D C#m G#7 B/D#"
    assert symbols(sheet.transposed_to(Key("F#", "major"))) == "F# B E D#m A#7 C#/E#"
    assert symbols(sheet.transposed_to(Key("Gb", "major"))) == "Gb Cb Fb Ebm Bb7 Db/F"


def test_a_badly_spelled_source_is_mended_on_the_way() -> None:
    sheet = song("E Gbm Abm B", "E")
    assert symbols(sheet.transposed_to(Key("D", "major"))) == "D Em F#m A"


def test_a_major_song_is_not_moved_to_a_minor_key() -> None:
    with pytest.raises(InputError, match="a major key is accepted"):
        song("C G", "C").transposed_to(Key("A", "minor"))


def test_capo_gives_the_shapes_to_finger() -> None:
    sheet = song("Bb Eb F Gm", "Bb")
    shapes = replace(sheet, capo=3).shapes
    assert symbols(shapes) == "G C D Em"
    assert shapes.key == Key("G", "major")
    assert sheet.shapes == sheet


@pytest.mark.parametrize("fret", [-1, 12])
def test_a_capo_no_guitar_has_is_refused(fret: int) -> None:
    with pytest.raises(InputError, match="0 to 11"):
        replace(song("C", "C"), capo=fret)


@given(lead_sheets(), st.integers(-24, 24))
def test_transposing_there_and_back_sounds_the_same(sheet: LeadSheet, semitones: int) -> None:
    back = sheet.transpose(semitones).transpose(-semitones)
    assert [c.pitch_classes for c in back.chords] == [c.pitch_classes for c in sheet.chords]
    assert back.key.tonic_pitch_class == sheet.key.tonic_pitch_class
    assert [line.words for line in back.lines] == [line.words for line in sheet.lines]


@given(lead_sheets(), st.sampled_from(KEYS))
def test_moving_to_a_key_arrives_there(sheet: LeadSheet, key: Key) -> None:
    if key.mode == sheet.key.mode:
        moved = sheet.transposed_to(key)
        assert moved.key == key
        assert [c.roman(key) for c in moved.chords] == [c.roman(sheet.key) for c in sheet.chords]


def test_a_form_nobody_knows_is_refused() -> None:
    with pytest.raises(InputError, match="no form 'rondo'; blues, 8-bar-blues"):
        LeadSheet("", Key("C", "major"), (Line(("la",)),), form="rondo")
