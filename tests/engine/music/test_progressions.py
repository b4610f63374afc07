"""Chords as steps of their key."""

from __future__ import annotations

import pytest

from engine.music.chord import Chord
from engine.music.key import Key
from engine.music.progressions import full_steps, steps, triad


def chords(text: str) -> list[Chord]:
    return [Chord.parse(symbol) for symbol in text.split()]


@pytest.mark.parametrize(
    ("symbol", "root_position"),
    [
        ("C7", "C"),
        ("Cm7b5", "Cdim"),
        ("Cmaj7/E", "C"),
        ("C5", "C"),
        ("Csus4", "C"),
        ("Cm9", "Cm"),
        ("Cdim7", "Cdim"),
        ("C+", "C+"),
        ("Cm6", "Cm"),
    ],
)
def test_a_triad_is_what_third_and_fifth_make_of_a_chord(symbol: str, root_position: str) -> None:
    assert triad(Chord.parse(symbol)) == Chord.parse(root_position)


def test_steps_leave_out_restatements_sevenths_basses_and_silence() -> None:
    song = chords("G G7 G/B N.C. C Am7 D7 D F Edim")
    assert steps(song, Key.parse("G")) == ("I", "IV", "ii", "V", "bVII", "vi°")
    assert full_steps(song, Key.parse("G")) == (
        *("I", "I7", "I", "IV", "ii7", "V7", "V", "bVII", "vi°"),
    )


def test_steps_of_a_minor_key_count_on_its_own_scale() -> None:
    assert steps(chords("Am F G E7"), Key.parse("Am")) == ("i", "VI", "VII", "V")
