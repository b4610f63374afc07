from __future__ import annotations

import pytest

from engine.generator.instruments import INSTRUMENTS, easy_guitar, ukulele
from engine.music.key import KEYS, Key


@pytest.mark.parametrize(("key", "capo"), [("C", 0), ("G", 0), ("D", 0), ("Eb", 1), ("Em", 0)])
def test_a_capo_brings_open_shapes_to_flat_keys(key: str, capo: int) -> None:
    chords, fret = easy_guitar(Key.parse(key))
    assert fret == capo
    shapes = {chord.transpose(-fret).symbol for chord in chords}
    assert {"G", "Em", "D"} <= shapes
    assert "F" not in shapes


def test_a_ukulele_has_its_common_chords_and_not_the_hard_ones() -> None:
    names = {chord.symbol for chord in ukulele(Key("C", "major"))[0]}
    assert {"C", "F", "G7", "Am", "Dm", "A7", "D7", "G", "D"} <= names
    assert "B" not in names


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_every_key_can_be_played(name: str) -> None:
    for key in KEYS:
        chords, capo = INSTRUMENTS[name](key)
        assert len(chords) >= 20
        assert 0 <= capo <= 7
