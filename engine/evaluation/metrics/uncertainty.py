"""How sure a number is: intervals, paired tests, corrections, detectable differences.

Songs of one artist resemble each other, so resampling draws artists, not songs (cluster bootstrap;
Field and Welsh 2007, doi:10.1111/j.1467-9868.2007.00593.x). All metrics are functions of sums (see
`engine.evaluation.metrics`), so one draw of cluster weights serves every metric as one matrix
product, and two models compared on the same draw are compared in pairs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.evaluation.metrics.metric import FloatArray, Metric

if TYPE_CHECKING:
    import pandas as pd

RESAMPLES = 2000
MOST_RESAMPLES = 20_000
LEVEL = 0.95


@lru_cache(maxsize=4)
def cluster_weights(clusters: int, resamples: int = RESAMPLES, seed: int = 0) -> FloatArray:
    """How often each cluster is drawn in each resample: shape (resamples, clusters), read-only."""
    generator = np.random.default_rng(seed)
    shares = np.full(clusters, 1 / clusters)
    weights = generator.multinomial(clusters, shares, size=resamples).astype(np.float64)
    weights.setflags(write=False)
    return weights


def cluster_sums(table: pd.DataFrame, statistics: FloatArray) -> FloatArray:
    """Statistics summed within each cluster, clusters in sorted order: shape (clusters, k)."""
    names, index = np.unique(np.asarray(table["cluster"]).astype(str), return_inverse=True)
    sums = np.zeros((len(names), statistics.shape[1]))
    np.add.at(sums, index, statistics)
    return sums


def bootstrap_values(
    table: pd.DataFrame, metrics: Sequence[Metric], seed: int = 0, resamples: int = RESAMPLES
) -> dict[str, FloatArray]:
    """Each metric on each resample: arrays of shape (resamples,), by the metric's name.

    Two tables with the same clusters get the same draws for the same seed.
    """
    weights = cluster_weights(len(set(table["cluster"])), resamples, seed)
    drawn: dict[Any, FloatArray] = {}
    values: dict[str, FloatArray] = {}
    for metric in metrics:
        if metric.statistics is None or metric.value is None:
            continue
        if metric.statistics not in drawn:
            drawn[metric.statistics] = weights @ cluster_sums(table, metric.statistics(table))
        values[metric.name] = metric.value(drawn[metric.statistics])
    return values


def percentile_interval(values: FloatArray, level: float = LEVEL) -> tuple[float, float]:
    """The central interval holding `level` of the resampled values (Efron 1979)."""
    tail = 50 * (1 - level)
    low, high = np.percentile(values, [tail, 100 - tail])
    return float(low), float(high)


def mcnemar(right: np.ndarray, also_right: np.ndarray) -> float:
    """Two-sided mid-p value of McNemar's test that two models are right equally often.

    Exact binomial on the songs that one gets right and the other does not; mid-p keeps the level
    without the exact test's caution (Fagerland, Lydersen and Laake 2013,
    doi:10.1186/1471-2288-13-91).

    Parameters
    ----------
    right, also_right : array of bool, shape (songs,)
        Whether each model is right, on the same songs in the same order.
    """
    from scipy.stats import binom

    first = int(np.sum(right & ~also_right))
    second = int(np.sum(~right & also_right))
    discordant = first + second
    if discordant == 0:
        return 1.0
    fewer = min(first, second)
    if first == second:
        return 1.0 - 0.5 * float(binom.pmf(fewer, discordant, 0.5))
    tail = 2 * float(binom.cdf(fewer, discordant, 0.5)) - float(binom.pmf(fewer, discordant, 0.5))
    return min(1.0, tail)


def paired_bootstrap(values: FloatArray, other_values: FloatArray) -> float:
    """Two-sided p value that two models score alike, from values on the same resamples.

    Twice the smaller share of resamples in which the difference has one sign, with one added
    so that it is never 0 (Davison and Hinkley 1997, section 4.2).
    """
    differences = values - other_values
    smaller = min(int(np.sum(differences <= 0)), int(np.sum(differences >= 0)))
    return min(1.0, 2 * (smaller + 1) / (len(differences) + 1))


def resamples_for(pairs: int) -> int:
    """How many resamples let so many pairs be told apart after Holm's correction.

    The least p value of `paired_bootstrap` is 2 / (resamples + 1), and the correction multiplies
    it by the number of pairs: with too few resamples no pair could ever differ. These keep the
    least corrected value at .025, up to `MOST_RESAMPLES` (500 pairs then still reach .05).
    """
    return max(RESAMPLES, min(80 * pairs, MOST_RESAMPLES))


def holm(p_values: Sequence[float]) -> list[float]:
    """P values corrected for how many tests were made (Holm 1979), in the order given."""
    order = sorted(range(len(p_values)), key=lambda index: p_values[index])
    corrected = [0.0] * len(p_values)
    running = 0.0
    for rank, index in enumerate(order):
        running = max(running, min(1.0, (len(p_values) - rank) * p_values[index]))
        corrected[index] = running
    return corrected


def detectable_difference(standard_error: float, level: float = LEVEL, power: float = 0.8) -> float:
    """Smallest true difference that a two-sided test finds with the given power.

    (z of the level + z of the power) times the standard error of the paired difference
    (Cohen 1988, chapter 2).
    """
    from scipy.stats import norm

    return float(norm.ppf(0.5 + level / 2) + norm.ppf(power)) * standard_error


def intervals(
    table: pd.DataFrame, metrics: Sequence[Metric], seed: int = 0, resamples: int = RESAMPLES
) -> Mapping[str, tuple[float, float]]:
    """The interval of each metric over the songs of a table, by the metric's name."""
    values = bootstrap_values(table, metrics, seed, resamples)
    return {name: percentile_interval(sample) for name, sample in values.items()}
