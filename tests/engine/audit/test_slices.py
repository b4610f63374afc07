"""The slice that was made bad is found first, and chance is not called a find."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest, false_discovery_control, fisher_exact

from engine.audit.comparison import Compared, dimensions
from engine.audit.slices import inside, slices
from engine.errors import InputError
from tests.engine.audit.conftest import SONGS, is_hard


def test_the_pair_where_a_model_errs_is_found_first(whole: Compared) -> None:
    sliced = dimensions(whole.songs)
    found = slices(sliced, whole.wrong("First"))
    worst = found.found[0]
    assert worst.where == (("genre", "rock"), ("decade", "1990s"))
    assert (worst.songs, worst.hits, worst.share, worst.elsewhere) == (20, 20, 1.0, 0.0)
    assert worst.told
    there = inside(worst.where, sliced)
    assert np.flatnonzero(there).tolist() == [n for n in range(SONGS) if is_hard(n)]
    singles = [one.where for one in found.found if len(one.where) == 1]
    assert set(singles) == {(("genre", "rock"),), (("decade", "1990s"),)}
    assert (found.songs, found.hits) == (120, 20)


def test_figures_are_those_of_scipy(whole: Compared) -> None:
    worst = slices(dimensions(whole.songs), whole.wrong("First")).found[1]
    interval = binomtest(worst.hits, worst.songs).proportion_ci(method="wilson")
    assert (worst.low, worst.high) == pytest.approx((interval.low, interval.high))
    inside_, outside = (
        (worst.hits, worst.songs - worst.hits),
        (20 - worst.hits, 100 - worst.songs + worst.hits),
    )
    assert worst.p == pytest.approx(fisher_exact([inside_, outside], alternative="greater")[1])


def test_among_many_slices_of_chance_hardly_any_is_told() -> None:
    told = looked = 0
    for seed in range(20):
        numbers = np.random.default_rng(seed)
        sliced = {
            name: [f"{name}{n}" for n in numbers.integers(0, 12, 2000)] for name in ("a", "b", "c")
        }
        found = slices(sliced, numbers.random(2000) < 0.3)
        looked += found.looked_at
        told += any(one.told for one in found.found)
        uncorrected = sum(one.p < 0.05 for one in found.found)
        assert uncorrected > 3, "chance alone makes many look bad"
    assert looked > 5000
    assert told <= 3, "in at most one of twenty sets, give or take"


def test_every_group_looked_at_counts_in_the_correction() -> None:
    numbers = np.random.default_rng(1)
    genre = [f"g{n}" for n in numbers.integers(0, 40, 4000)]
    hit = numbers.random(4000) < 0.2
    hit |= (np.array(genre) == "g3") & (numbers.random(4000) < 0.6)
    found = slices({"genre": genre}, hit)
    assert found.looked_at == 40
    assert [one.where for one in found.found if one.told] == [(("genre", "g3"),)]
    alone = false_discovery_control([found.found[0].p, *[1.0] * 39])[0]
    assert found.found[0].q == pytest.approx(alone)


def test_small_groups_and_unknown_values_are_left_out() -> None:
    genre = [*["rare"] * 4, *[""] * 30, *["usual"] * 30]
    hit = np.array([True] * 34 + [False] * 30)
    assert slices({"genre": genre}, hit, least=5).looked_at == 1
    assert slices({"genre": genre}, hit, least=4).found[0].where == (("genre", "rare"),)
    assert slices({"genre": [""] * 64}, hit).found == ()
    with pytest.raises(InputError, match="2 or more"):
        slices({"genre": genre}, hit, least=1)


def test_a_pair_that_adds_nothing_to_its_parts_is_not_listed() -> None:
    genre = ["rock"] * 50 + ["pop"] * 50
    decade = ["1980s", "1990s"] * 50
    hit = np.array(genre) == "rock"
    assert [one.where for one in slices({"genre": genre, "decade": decade}, hit).found] == [
        (("genre", "rock"),)
    ]
