from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InputError
from engine.music.chord import Chord
from engine.music.chord_numbers import chord_of_number
from engine.music.key import KEYS, Key

QUALITIES = ["", "m", "7", "m7", "maj7", "sus4", "dim", "m7b5", "6", "aug", "6/9", "7(b9)"]


@given(
    st.sampled_from(KEYS),
    st.sampled_from(range(12)),
    st.sampled_from(QUALITIES),
    st.sampled_from(["", "3", "5"]),
)
def test_numbers_that_were_written_are_read_back(
    key: Key, steps: int, quality: str, bass: str
) -> None:
    chord = Chord.parse(f"C{quality}").transpose(steps, key)
    if bass:
        chord = Chord(chord.root, chord.quality, chord.degrees, bass)
    for number in (chord.nashville(key), chord.roman(key)):
        found = chord_of_number(number, key)
        assert found.pitch_classes == chord.pitch_classes
        assert (found.quality, found.bass_pitch_class) == (chord.quality, chord.bass_pitch_class)


@pytest.mark.parametrize(
    ("text", "key", "symbol"),
    [
        ("1", "G", "G"),
        ("6-7", "G", "Em7"),
        ("5/7", "G", "D/F#"),
        ("b7", "D", "C"),
        ("6-", "Am", "Am"),
        ("57", "C", "G7"),
        ("IV", "Bb", "Eb"),
        ("V7/V", "C", "D7"),
        ("V7/ii", "C", "A7"),
        ("VI", "Em", "C"),
        ("viio7", "C", "Bdim7"),
    ],
)
def test_numbers_as_musicians_write_them(text: str, key: str, symbol: str) -> None:
    assert chord_of_number(text, Key.parse(key)).symbol == symbol


@pytest.mark.parametrize("text", ["", "8", "x2", "1.", "G", "VIV"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        chord_of_number(text, Key.parse("C"))
