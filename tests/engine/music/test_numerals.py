from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InputError
from engine.music.chord import Chord
from engine.music.key import KEYS, Key
from engine.music.numerals import chord_of_numeral, is_numeral

_QUALITIES = ("maj", "min", "7", "min7", "maj7", "dim7", "hdim7", "sus4", "maj6", "aug", "9")


@given(st.sampled_from(KEYS), st.integers(0, 11), st.sampled_from(_QUALITIES))
def test_what_is_written_is_read_back(key: Key, root: int, quality: str) -> None:
    chord = Chord(key.spell(root), quality)
    read = chord_of_numeral(chord.roman(key), key)
    assert read.pitch_classes == chord.pitch_classes
    assert read.root_pitch_class == chord.root_pitch_class


@pytest.mark.parametrize(
    ("numeral", "key", "symbol"),
    [
        ("V7/ii", "C", "A7"),
        ("V7/V", "Eb", "F7"),
        ("V7/3", "C", "G7/B"),
        ("♭VII", "D", "C"),
        ("i", "Am", "Am"),
        ("VI", "Em", "C"),
        ("#vii°7", "Am", "G#dim7"),
        ("viiø7", "Bb", "Am7b5"),
        ("IVmaj7", "F", "Bbmaj7"),
        ("I+", "C", "Caug"),
    ],
)
def test_numerals_of_musicians(numeral: str, key: str, symbol: str) -> None:
    assert chord_of_numeral(numeral, Key.parse(key)).symbol == symbol


@pytest.mark.parametrize("text", ["C", "G7", "Bb", "Am", "VIII", "hello", "", "F#m7b5"])
def test_names_of_chords_are_no_numerals(text: str) -> None:
    assert not is_numeral(text)
    with pytest.raises(InputError, match="Roman numeral"):
        chord_of_numeral(text, Key("C", "major"))


def test_a_figure_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="Roman numeral"):
        chord_of_numeral("V$", Key("C", "major"))


def test_a_key_within_a_key_ends_somewhere() -> None:
    assert chord_of_numeral("V7/V/V", Key.parse("C")).symbol == "A7"
    with pytest.raises(InputError, match="numeral"):
        chord_of_numeral("V/" * 3000 + "V", Key.parse("C"))
