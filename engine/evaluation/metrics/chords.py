"""Metrics of chords on words: where chords change, which they are, how varied, how likely.

Conventions
-----------
- The songs compared have the same lyric lines; lines without words are left out. A *position* is
  (line, word index), the index after the last word included.
- A *change* is a placed chord other than the one sounding before it: restating a held chord,
  as many songbooks do on each line, is no change.
- For agreement, each word is one slot in which the chord placed last on or before it sounds (``N``
  before the first); slots are compared by `mir_eval.chord` and weigh alike.
- Entropy, coverage and tonal distance describe one song's sequence of changes; the *gap* is the
  absolute difference from the reference song's value.

====================  =======  ======  ========================================================
metric                unit     better  source
====================  =======  ======  ========================================================
next-chord-accuracy   share    higher  most probable chord given words and past is the reference
next-chord-perplexity  chords  lower   exp of the mean negative log probability of the reference
placement-f1          share    higher  F1 of change positions, same word
placement-f1-near     share    higher  the same, at most one word apart, one to one
majmin, sevenths      share    higher  Raffel et al. 2014, mir_eval; MIREX chord vocabularies
chord-entropy         nats     -       Yeh et al. 2020 (arXiv:2001.02360)
chord-coverage        chords   -       the same
tonal-distance        0..      -       the same; Harte, Sandler and Gasser 2006
valid                 share    higher  same words, chords readable, positions in order
control-compliance    share    higher  songs in which every control asked for was obeyed
====================  =======  ======  ========================================================
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from engine.evaluation.metrics.metric import FloatArray, Metric, column_mean, column_ratio, f1, mean

if TYPE_CHECKING:
    import pandas as pd

    from engine.music.lead_sheet import Line

Position = tuple[int, int]


def changes(lines: Sequence[Line]) -> list[tuple[Position, str]]:
    """(line number, word index) and Harte label of each chord change, in playing order."""
    found: list[tuple[Position, str]] = []
    for number, line in enumerate(lines):
        for placed in line.chords:
            label = placed.chord.label
            if not found or found[-1][1] != label:
                found.append(((number, placed.word), label))
    return found


def sounding(lines: Sequence[Line]) -> list[str]:
    """The Harte label sounding on each word of the song, in order; ``N`` before the first."""
    labels: list[str] = []
    label = "N"
    for line in lines:
        waiting = list(line.chords)
        for index in range(len(line.words)):
            while waiting and waiting[0].word <= index:
                label = waiting.pop(0).chord.label
            labels.append(label)
        if waiting:
            label = waiting[-1].chord.label
    return labels


def placement_counts(
    reference: Sequence[Position], predicted: Sequence[Position], apart: int = 0
) -> tuple[int, int, int]:
    """Matched, reference and predicted change positions.

    A position matches at most one of the other side, in the same line and at most `apart` words
    away; the matching is the largest there is (on a line, taking the leftmost partner is optimal).
    """
    wanted, given = sorted(set(reference)), sorted(set(predicted))
    matched = first = second = 0
    while first < len(wanted) and second < len(given):
        (line, word), (other_line, other_word) = wanted[first], given[second]
        if line == other_line and abs(word - other_word) <= apart:
            matched += 1
            first += 1
            second += 1
        elif wanted[first] < given[second]:
            first += 1
        else:
            second += 1
    return matched, len(wanted), len(given)


def agreement_counts(
    reference: Sequence[str], predicted: Sequence[str], vocabulary: str
) -> tuple[int, int]:
    """Slots that agree and slots that count, by `mir_eval.chord`.

    Parameters
    ----------
    reference, predicted : sequence of str
        Harte labels of the same slots.
    vocabulary : str
        "majmin" or "sevenths"; slots whose reference is outside it do not count.
    """
    pairs = Counter(zip(reference, predicted, strict=True))
    agreeing = counted = 0
    for (wanted, given), slots in pairs.items():
        comparison = _comparison(wanted, given, vocabulary)
        if comparison >= 0:
            counted += slots
            agreeing += slots * int(comparison)
    return agreeing, counted


@cache
def _comparison(reference: str, predicted: str, vocabulary: str) -> int:
    import mir_eval

    compare = {"majmin": mir_eval.chord.majmin, "sevenths": mir_eval.chord.sevenths}[vocabulary]
    return int(compare([reference], [predicted])[0])


def histogram_entropy(labels: Sequence[str]) -> float:
    """Entropy of the histogram of chord labels, natural logarithm (Yeh et al. 2020: CHE)."""
    counts = Counter(labels)
    total = counts.total()
    return sum(-n / total * math.log(n / total) for n in counts.values()) if total else 0.0


def coverage(labels: Sequence[str]) -> int:
    """How many different chord labels there are (Yeh et al. 2020: CC)."""
    return len(set(labels))


def tonal_centroid(pitch_classes: frozenset[int]) -> FloatArray:
    """The 6-D tonal centroid of a chord: circles of fifths, minor thirds and major thirds.

    Harte, Sandler and Gasser 2006, "Detecting Harmonic Change in Musical Audio";
    radii 1, 1 and 0.5; the chroma vector has 1 for each pitch class, divided by its sum.
    """
    classes = np.array(sorted(pitch_classes), dtype=float)
    if not len(classes):
        return np.zeros(6)
    rows: list[FloatArray] = []
    for radius, angle in ((1.0, 7 * math.pi / 6), (1.0, 3 * math.pi / 2), (0.5, 2 * math.pi / 3)):
        rows += [radius * np.sin(classes * angle), radius * np.cos(classes * angle)]
    return np.stack(rows).mean(axis=1)


def tonal_distance(labels: Sequence[str]) -> float:
    """Mean Euclidean distance of the tonal centroids of adjacent chords (Yeh et al. 2020: CTD)."""
    centroids = [_label_centroid(label) for label in labels]
    distances = [float(np.linalg.norm(b - a)) for a, b in pairwise(centroids)]
    return sum(distances) / len(distances) if distances else 0.0


@cache
def _label_centroid(label: str) -> FloatArray:
    from engine.music.chord import Chord

    return tonal_centroid(Chord.harte(label).pitch_classes)


def song_columns(reference: Sequence[Line], predicted: Sequence[Line]) -> dict[str, float]:
    """Everything the metrics need of one song, from its lyric lines and those predicted.

    No predicted lines at all count as lines without chords.
    """
    predicted = predicted or [replace(line, chords=()) for line in reference]
    wanted, given = changes(reference), changes(predicted)
    places, placed = [at for at, _ in wanted], [at for at, _ in given]
    columns: dict[str, float] = {}
    for name, apart in (("place", 0), ("near", 1)):
        counts = placement_counts(places, placed, apart)
        columns |= dict(
            zip((f"{name}_hits", f"{name}_referred", f"{name}_given"), counts, strict=True)
        )
    slots, answered = sounding(reference), sounding(predicted)
    for name in ("majmin", "sevenths"):
        hits, counted = agreement_counts(slots, answered, name)
        columns |= {f"{name}_hits": hits, f"{name}_counted": counted}
    wanted_labels, given_labels = [label for _, label in wanted], [label for _, label in given]
    described: tuple[tuple[str, Callable[[Sequence[str]], float]], ...] = (
        ("entropy", histogram_entropy),
        ("coverage", coverage),
        ("distance", tonal_distance),
    )
    for name, describe in described:
        value = describe(given_labels)
        columns[name] = value
        columns[f"{name}_gap"] = abs(value - describe(wanted_labels))
    return columns


def _three(name: str) -> Callable[[pd.DataFrame], FloatArray]:
    columns = [f"{name}_hits", f"{name}_referred", f"{name}_given"]

    def statistics(table: pd.DataFrame) -> FloatArray:
        return np.asarray(table[columns], dtype=np.float64)

    return statistics


def _perplexity(sums: FloatArray) -> FloatArray:
    return np.exp(mean(sums))


_YEH = "Yeh et al. 2020, arXiv:2001.02360"
_HARTE = "; Harte, Sandler and Gasser 2006"
_MIR_EVAL = "Raffel et al. 2014, mir_eval"
_PLACEMENT = "van Rijsbergen 1979, chapter 7, on positions of chord changes"


def _ratio_metric(name: str, title: str, source: str, over: tuple[str, str]) -> Metric:
    return Metric(name, title, "share", True, source, "v1", column_ratio(*over), mean, over)


def _mean_metric(name: str, title: str, unit: str, source: str, column: str) -> Metric:
    ranked = name.endswith("-gap")  # the plain values describe; their gaps are good or bad
    return Metric(
        name, title, unit, False, source, "v1", column_mean(column), mean, (column,), ranked
    )


CHORD_METRICS: tuple[Metric, ...] = (
    _ratio_metric(
        "next-chord-accuracy",
        "next-chord accuracy",
        "share of chords that are the most probable, given the words and past chords",
        ("next_hits", "next_count"),
    ),
    Metric(
        "next-chord-perplexity",
        "next-chord perplexity",
        "chords",
        False,
        "Jelinek et al. 1977; exp of the mean negative log probability",
        "v1",
        column_ratio("next_loss", "next_count"),
        _perplexity,
        ("next_loss", "next_count"),
    ),
    Metric(
        "placement-f1",
        "chord placement F1 (same word)",
        "share",
        True,
        _PLACEMENT,
        "v1|apart=0",
        _three("place"),
        f1,
        ("place_hits",),
    ),
    Metric(
        "placement-f1-near",
        "chord placement F1 (within one word)",
        "share",
        True,
        _PLACEMENT,
        "v1|apart=1",
        _three("near"),
        f1,
        ("near_hits",),
    ),
    _ratio_metric("majmin", "majmin agreement", _MIR_EVAL, ("majmin_hits", "majmin_counted")),
    _ratio_metric(
        "sevenths", "sevenths agreement", _MIR_EVAL, ("sevenths_hits", "sevenths_counted")
    ),
    _mean_metric("chord-entropy-gap", "chord entropy gap", "nats", _YEH, "entropy_gap"),
    _mean_metric("chord-coverage-gap", "chord coverage gap", "chords", _YEH, "coverage_gap"),
    _mean_metric(
        "tonal-distance-gap", "chord tonal distance gap", "distance", _YEH + _HARTE, "distance_gap"
    ),
    _mean_metric("chord-entropy", "chord histogram entropy", "nats", _YEH, "entropy"),
    _mean_metric("chord-coverage", "chord coverage", "chords", _YEH, "coverage"),
    _mean_metric("tonal-distance", "chord tonal distance", "distance", _YEH + _HARTE, "distance"),
    Metric(
        "valid",
        "valid outputs",
        "share",
        True,
        "share of lead sheets with the given words, readable chords and ordered positions",
        "v1",
        column_mean("valid"),
        mean,
        ("valid",),
    ),
    Metric(
        "control-compliance",
        "control compliance",
        "share",
        True,
        "share of lead sheets that obey every control asked for",
        "v1",
        column_mean("compliant"),
        mean,
        ("compliant",),
    ),
)
