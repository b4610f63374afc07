from __future__ import annotations

import pytest

from engine.generator.cadences import CADENCES, CadenceCustoms, asked_of, cadence_of
from engine.music.chord import Chord


@pytest.mark.parametrize(
    ("before", "last", "mode", "cadence"),
    [
        ("G7", "C", "major", "authentic"),
        ("F", "C", "major", "plagal"),
        ("Am", "C", "major", "home"),
        (None, "C", "major", "home"),
        ("F", "G", "major", "half"),
        ("G", "Am", "major", "deceptive"),
        ("C", "Am", "major", "open"),
        ("E7", "Am", "minor", "authentic"),
        ("E7", "F", "minor", "deceptive"),
        ("Am", "E", "minor", "half"),
        ("Am", "Em", "minor", "open"),
    ],
)
def test_cadences_have_their_names(before: str | None, last: str, mode: str, cadence: str) -> None:
    first = Chord.parse(before) if before else None
    assert cadence_of(first, Chord.parse(last), mode) == cadence


@pytest.mark.parametrize("mode", ["major", "minor"])
@pytest.mark.parametrize("cadence", [name for name in CADENCES if name != "open"])
def test_what_a_cadence_asks_is_what_it_is_called(cadence: str, mode: str) -> None:
    before, last = asked_of(cadence, mode)
    tonic = 0 if mode == "major" else 9
    names = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
    one, other = (Chord(names[(tonic + min(roots or {9})) % 12], "maj") for roots in (before, last))
    assert cadence_of(one, other, mode) == cadence


def test_a_genre_of_few_songs_ends_as_all_do() -> None:
    customs = CadenceCustoms(
        {"song": {"pop": [90, 10, 0, 0, 0, 0], "jazz": [0, 1, 0, 0, 0, 0]}, "section": {}}
    )
    jazz = customs.shares("song", "jazz")
    assert sum(jazz.values()) == pytest.approx(1.0)
    assert jazz["authentic"] > 0.7
    assert customs.shares("song", "no such genre")["authentic"] > jazz["authentic"]
