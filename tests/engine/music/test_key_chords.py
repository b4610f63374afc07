from __future__ import annotations

import pytest

from engine.music.key import KEYS, Key
from engine.music.key_chords import chords_beside_key, chords_of_key


def test_the_chords_of_a_key_are_spelled_in_it() -> None:
    assert [chord.symbol for chord in chords_of_key(Key("E", "major"))][:7] == [
        *("E", "F#m", "G#m", "A", "B", "C#m", "D#dim")
    ]
    assert "E7" in [chord.symbol for chord in chords_of_key(Key("A", "minor"))]


@pytest.mark.parametrize("key", KEYS, ids=str)
def test_every_key_offers_chords_and_none_twice(key: Key) -> None:
    offered = [chord.symbol for chord in (*chords_of_key(key), *chords_beside_key(key))]
    assert len(offered) == len(set(offered)) >= 20
