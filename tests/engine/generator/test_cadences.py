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
        {"song": {"pop": [90, 10, 0, 0, 0, 0], "metal": [0, 1, 0, 0, 0, 0]}, "section": {}}
    )
    metal = customs.shares("song", "metal")
    assert sum(metal.values()) == pytest.approx(1.0)
    assert metal["authentic"] > 0.7
    assert customs.shares("song", "no such genre")["authentic"] > metal["authentic"]


def test_jazz_songs_leave_out_most_turnarounds_that_end_charts() -> None:
    counts = [5000, 3000, 1000, 0, 0, 1000]
    customs = CadenceCustoms({ending: {"jazz": counts} for ending in ("song", "section")})
    song, section = customs.shares("song", "jazz"), customs.shares("section", "jazz")
    assert section["half"] == pytest.approx(0.3, abs=0.01)
    assert song["half"] == pytest.approx(0.075 / 0.7, abs=0.01)
    assert song["authentic"] / song["plagal"] == pytest.approx(5, abs=0.01)
    assert sum(song.values()) == pytest.approx(1.0)
