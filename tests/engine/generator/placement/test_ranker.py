from __future__ import annotations

import numpy as np
import pytest

from engine.generator.placement.ranker import PlacementRanker
from engine.generator.placement.song import END, PlacementFacts, SongPlaces
from engine.lyrics import Lyrics
from engine.music.form.templates import form_of

TEXT = """[Verse]
The river took the morning slow
The ferryman forgot to row

[Verse]
The lantern on the harbour wall
Was lit for no one there at all
"""


def facts(text: str = TEXT) -> PlacementFacts:
    lines = Lyrics.parse(text).lines
    words = tuple(line.words for line in lines)
    return PlacementFacts(words, form_of(lines), "major", "triads", "4/4", 0)


def random_ranker(seed: int = 0) -> PlacementRanker:
    random = np.random.default_rng(seed)
    song = SongPlaces(facts(), 3)
    song.begin(0)
    size = song.features().shape[1]
    weights = {
        "weight.0": random.normal(0, 0.3, (8, size)).astype(np.float32),
        "bias.0": np.zeros(8, np.float32),
        "weight.1": random.normal(0, 1, (1, 8)).astype(np.float32),
        "bias.1": np.zeros(1, np.float32),
    }
    return PlacementRanker(weights, ("unknown", "folk", "jazz"))


def test_candidates_never_run_backwards() -> None:
    song = SongPlaces(facts(), 3)
    song.begin(0)
    song.put(4)

    assert song.candidates() == [4, 5, 6, END]
    assert song.features().shape[0] == 4


def test_a_line_remembers_where_its_model_has_chords() -> None:
    song = SongPlaces(facts(), 3)
    song.keep(0, [1, 3])
    song.keep(1, [1])
    song.begin(2)

    told = song.features()

    # "lantern" stands one syllable in, as "river" does: its row differs from all others by that.
    song_without = SongPlaces(facts(), 3)
    song_without.keep(0, [0, 5])
    song_without.keep(1, [1])
    song_without.begin(2)
    changed = np.abs(told - song_without.features()).sum(1) > 0
    assert changed[0]
    assert changed[1]


def test_probabilities_sum_to_one() -> None:
    ranker = random_ranker()
    song = ranker.song(facts())
    song.begin(0)

    assert np.exp(ranker.log_probabilities(song)).sum() == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("count", [1, 2, 5, 9, 14])
def test_as_many_places_as_are_asked_for(count: int) -> None:
    for seed in range(20):
        ranker = random_ranker(seed)
        song = ranker.song(facts())
        song.begin(0)
        found = ranker.places(song, np.random.default_rng(seed), count=count)

        assert len(found) == count
        assert found == sorted(found)
        assert all(found.count(place) <= 2 for place in found)


def test_more_than_fit_are_as_many_as_fit() -> None:
    ranker = random_ranker()
    song = ranker.song(facts("Hey you"))
    song.begin(0)

    assert len(ranker.places(song, np.random.default_rng(0), count=16)) == 6


@pytest.mark.parametrize("count", [None, 2, 3, 6])
def test_fixed_places_are_always_among_them(count: int | None) -> None:
    for seed in range(30):
        ranker = random_ranker(seed)
        song = ranker.song(facts())
        song.begin(1)
        found = ranker.places(song, np.random.default_rng(seed), count=count, fixed=(2, 4))

        assert {2, 4} <= set(found)
        assert found == sorted(found)
        assert count is None or len(found) == count


def test_a_line_that_must_sound_has_a_chord() -> None:
    for seed in range(20):
        ranker = random_ranker(seed)
        song = ranker.song(facts())
        song.begin(0)

        assert ranker.places(song, np.random.default_rng(seed), first=True, temperature=2)


def test_no_temperature_gives_one_answer() -> None:
    ranker = random_ranker()
    answers: set[tuple[int, ...]] = set()
    for seed in range(5):
        song = ranker.song(facts())
        song.begin(0)
        answers.add(tuple(ranker.places(song, np.random.default_rng(seed), temperature=0)))

    assert len(answers) == 1


def test_function_words_carry_chords_less_often_than_the_words_say() -> None:
    even = {
        "weight.0": np.zeros((1, random_ranker()._layers[0][0].shape[0]), np.float32),
        "bias.0": np.zeros(1, np.float32),
    }
    ranker = PlacementRanker(even, ("unknown", "folk", "jazz"))
    song = ranker.song(facts("Sun of the moon"))
    song.begin(0)
    found = [
        ranker.places(song.copy(), np.random.default_rng(seed), count=1)[0] for seed in range(400)
    ]

    assert found.count(0) + found.count(3) > 1.3 * (found.count(1) + found.count(2))


def test_a_copied_song_goes_its_own_way() -> None:
    song = random_ranker().song(facts())
    song.keep(0, [1, 3])
    song.begin(1)
    before = song.features()
    other = song.copy()
    other.begin(1)
    for place in (0, 2, END):
        other.put(place)

    np.testing.assert_array_equal(song.features(), before)
