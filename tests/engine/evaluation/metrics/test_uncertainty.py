"""Intervals cover what they claim to, tests agree with hand-worked values."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from engine.evaluation.metrics.genre import ACCURACY, GENRE_METRICS, MACRO_F1
from engine.evaluation.metrics.uncertainty import (
    bootstrap_values,
    cluster_weights,
    detectable_difference,
    holm,
    intervals,
    mcnemar,
    paired_bootstrap,
    percentile_interval,
)
from tests.effort import effort

Tables = Callable[..., pd.DataFrame]


def answers(right: np.ndarray, cluster: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(
        {"reference": "a", "prediction": np.where(right, "a", "b"), "cluster": cluster.astype(str)}
    )


def test_intervals_cover_the_truth_about_as_often_as_they_say() -> None:
    draw = np.random.default_rng(0)
    covered = 0
    for trial in range(120):
        right = draw.random(200) < 0.6
        low, high = intervals(answers(right, np.arange(200)), [ACCURACY], trial, 400)["accuracy"]
        covered += low <= 0.6 <= high
    assert 105 <= covered <= 120


def test_songs_of_one_artist_widen_the_interval() -> None:
    right = np.repeat(np.random.default_rng(1).random(40) < 0.5, 10)
    alone = intervals(answers(right, np.arange(400)), [ACCURACY])["accuracy"]
    together = intervals(answers(right, np.repeat(np.arange(40), 10)), [ACCURACY])["accuracy"]
    assert together[1] - together[0] > 2 * (alone[1] - alone[0])


def test_bootstrap_equals_resampling_songs_one_by_one(predicted: Tables) -> None:
    table = predicted(songs=60)
    values = bootstrap_values(table, GENRE_METRICS, seed=3, resamples=5)
    names = sorted(set(table["cluster"]))
    for drawn, counts in enumerate(cluster_weights(len(names), 5, seed=3)):
        parts = [
            table[table["cluster"] == name]
            for name, count in zip(names, counts, strict=True)
            for _ in range(int(count))
        ]
        again = pd.concat(parts, ignore_index=True)
        for metric in GENRE_METRICS:
            assert values[metric.name][drawn] == pytest.approx(metric.of(again), abs=1e-9)


def test_same_seed_gives_the_same_interval(predicted: Tables) -> None:
    table = predicted()
    assert intervals(table, [MACRO_F1], 5) == intervals(table, [MACRO_F1], 5)
    assert intervals(table, [MACRO_F1], 5) != intervals(table, [MACRO_F1], 6)


def test_two_thousand_resamples_of_a_whole_test_set_are_quick(predicted: Tables) -> None:
    table = predicted(songs=2400)
    assert effort(lambda: bootstrap_values(table, GENRE_METRICS), 1000) <= 1000


@pytest.mark.parametrize(("first", "second"), [(1, 9), (30, 20), (0, 5), (400, 300)])
def test_mcnemar_is_the_mid_p_of_the_exact_test(first: int, second: int) -> None:
    right = np.array([True] * first + [False] * second + [True] * 50)
    other = np.array([False] * first + [True] * second + [True] * 50)
    exact = binomtest(min(first, second), first + second).pvalue
    from scipy.stats import binom

    expected = exact - binom.pmf(min(first, second), first + second, 0.5)
    assert mcnemar(right, other) == pytest.approx(expected, abs=1e-12)
    assert mcnemar(other, right) == pytest.approx(expected, abs=1e-12)


def test_mcnemar_of_equal_answers_is_no_evidence() -> None:
    right = np.array([True, False, True])
    assert mcnemar(right, right) == 1.0
    # One song each way: 1 - 0.5 x P(1 of 2) = 0.75.
    assert mcnemar(np.array([True, False]), np.array([False, True])) == pytest.approx(0.75)


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.5, 0.9]) == pytest.approx([1.0, 1.0])
    assert holm([]) == []


def test_paired_bootstrap_tells_better_from_alike(predicted: Tables) -> None:
    good, alike, bad = (predicted(skill=s, seed=k) for s, k in ((2.0, 1), (2.0, 2), (0.0, 3)))
    sample = {
        name: bootstrap_values(table, [MACRO_F1])["macro-f1"]
        for name, table in (("good", good), ("alike", alike), ("bad", bad))
    }
    assert paired_bootstrap(sample["good"], sample["bad"]) < 0.01
    assert paired_bootstrap(sample["good"], sample["alike"]) > 0.05
    assert paired_bootstrap(sample["good"], sample["good"]) == 1.0


def test_detectable_difference_is_2_8_standard_errors() -> None:
    assert detectable_difference(0.01) == pytest.approx(0.0280158, abs=1e-6)


def test_percentiles_of_known_values() -> None:
    assert percentile_interval(np.arange(1001) / 1000) == pytest.approx((0.025, 0.975))
