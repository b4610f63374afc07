from __future__ import annotations

import mir_eval.chord
import pytest

from engine.errors import InputError
from engine.music.pitch import (
    ascii_accidentals,
    degree_of_step,
    degree_semitones,
    degree_step,
    note_name,
    pitch_class,
    position,
    simple_degree,
)
from tests.engine.strategies import NOTES

DEGREES = [sign + str(number) for number in range(1, 14) for sign in ("", "b", "#", "bb", "##")]


def test_note_names_live_on_the_line_of_fifths() -> None:
    assert [note_name(place) for place in range(-9, 14, 11)] == ["Bbb", "D", "F##"]
    for place in range(-20, 21):
        assert position(note_name(place)) == place
    with pytest.raises(InputError, match="letter A to G"):
        position("H")


def test_pitch_classes_and_degrees_are_those_of_mir_eval() -> None:
    for note in NOTES:
        assert pitch_class(note) == mir_eval.chord.pitch_class_to_semitone(note)
    for degree in DEGREES:
        assert degree_semitones(degree) == mir_eval.chord.scale_degree_to_semitone(degree)
        assert (degree_step(degree) * 7 - degree_semitones(degree)) % 12 == 0


def test_degrees_come_back_from_the_line_of_fifths() -> None:
    for degree in DEGREES:
        assert degree_step(simple_degree(degree)) == degree_step(degree)
    assert [degree_of_step(step) for step in (-3, 0, 4, 6)] == ["b3", "1", "3", "#4"]
    assert simple_degree("b9") == "b2"
    with pytest.raises(InputError, match="1 to 13"):
        degree_step("14")


def test_musical_signs_become_plain_text() -> None:
    assert ascii_accidentals("B♭ F♯ E𝄫 G𝄪 C♮") == "Bb F# Ebb G## C"
