from __future__ import annotations

import pytest
from hypothesis import given

from engine.music.chord import NO_CHORD, Chord
from engine.notation.harmony import KINDS, Degree, Harmony, harmony, intervals
from tests.engine.strategies import chords


@given(chords())
def test_a_harmony_sounds_what_its_chord_sounds(chord: Chord) -> None:
    if chord.is_no_chord:
        assert harmony(chord) == Harmony("none", "N.C.")
        return
    root = Chord(chord.root, chord.quality, chord.degrees)
    sounding = {(pitch - (root.root_pitch_class or 0)) % 12 for pitch in root.pitch_classes}
    assert intervals(harmony(chord)) | {0} == sounding | {0}


@pytest.mark.parametrize(
    ("symbol", "kind", "degrees"),
    [
        ("C", "major", ()),
        ("Am7", "minor-seventh", ()),
        ("G7", "dominant", ()),
        ("F#m7b5", "half-diminished", ()),
        ("Bdim7", "diminished-seventh", ()),
        ("C7#5", "augmented-seventh", ()),
        ("E5", "power", ()),
        ("Cadd9", "major", (Degree("add", 9),)),
        ("C6/9", "major-sixth", (Degree("add", 9),)),
        ("G7b9", "dominant", (Degree("add", 9, -1),)),
        ("G7b5", "dominant", (Degree("alter", 5, -1),)),
        ("G7sus4", "dominant", (Degree("subtract", 3), Degree("add", 4))),
        ("C9#11", "dominant-ninth", (Degree("add", 11, 1),)),
    ],
)
def test_kinds_and_degrees_of_common_symbols(
    symbol: str, kind: str, degrees: tuple[Degree, ...]
) -> None:
    written = harmony(Chord.parse(symbol))
    assert (written.kind, written.degrees) == (kind, degrees)
    assert written.kind in KINDS


def test_the_text_is_the_suffix_of_the_symbol() -> None:
    assert harmony(Chord.parse("Bbm7/Db")).text == "m7"
    assert harmony(Chord.parse("C")).text == ""
    assert harmony(NO_CHORD).text == "N.C."
