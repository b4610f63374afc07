"""What can be counted in the harmony of songs; every function gives a small data frame.

Shares of songs count each song once, shares of chords or lines each chord or line; the columns say
which. Major and minor keys are counted apart wherever numerals are: VI in minor is not vi in major.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from engine.corpora.harmony import SongHarmony

if TYPE_CHECKING:
    import pandas as pd

MOST_STEPS = 10
"""Numerals that a table of transitions tells apart."""
OTHER = "other"


def of_mode(songs: Sequence[SongHarmony], mode: str) -> list[SongHarmony]:
    """The songs in ``"major"`` or ``"minor"`` keys."""
    return [song for song in songs if song.key.mode == mode]


def key_counts(songs: Sequence[SongHarmony]) -> pd.DataFrame:
    """Columns ``key``, ``songs`` and ``share`` of the songs; most songs first."""
    counts = Counter(song.key.name for song in songs)
    return _ranked("key", counts, len(songs), "songs")


def chord_counts(songs: Sequence[SongHarmony], *, full: bool = False) -> pd.DataFrame:
    """Columns ``numeral``, ``uses`` and ``share`` of all chords, restatements left out.

    `full` tells sevenths and the like apart.
    """
    counts = Counter(step for song in songs for step in (song.chords if full else song.steps))
    return _ranked("numeral", counts, counts.total(), "uses")


def transitions(
    songs: Sequence[SongHarmony], names: Sequence[str] = (), most: int = MOST_STEPS
) -> pd.DataFrame:
    """How often each numeral is followed by each other, as a share of what follows it.

    Parameters
    ----------
    names : sequence of str
        The numerals in their order; by default the `most` commonest. All else is `OTHER`.

    Returns
    -------
    data frame
        A row for each numeral that is left, a column for each that follows, and the column
        ``moves``: how often the first is followed by anything. Rows without any are all 0.
    """
    import pandas as pd

    chosen = list(names) or common_steps(songs, most)
    moves: Counter[tuple[str, str]] = Counter()
    for song in songs:
        known = [step if step in chosen else OTHER for step in song.steps]
        moves.update(pairwise(known))
    shown = [*chosen, OTHER] if any(OTHER in pair for pair in moves) else chosen
    rows = [[moves[before, behind] for behind in shown] for before in shown]
    counts = pd.DataFrame(rows, index=shown, columns=shown)
    sums = counts.sum(axis=1)
    return counts.div(sums.clip(lower=1), axis=0).assign(moves=sums)


def common_steps(songs: Sequence[SongHarmony], most: int = MOST_STEPS) -> list[str]:
    """The commonest numerals, in the order of the scale."""
    counts = Counter(step for song in songs for step in song.steps)
    chosen = [step for step, _ in sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:most]]
    return sorted(chosen, key=_place)


def progressions(songs: Sequence[SongHarmony], length: int, count: int = 50) -> pd.DataFrame:
    """Numerals in a row that stand in most songs.

    Returns
    -------
    data frame
        Columns ``progression`` ("I – V – vi – IV"), ``songs``, ``share`` (of songs with so many
        numerals) and ``uses``; most songs first, then most uses.
    """
    import pandas as pd

    uses: Counter[tuple[str, ...]] = Counter()
    in_songs: Counter[tuple[str, ...]] = Counter()
    long_enough = 0
    for song in songs:
        found = runs_of(song.steps, length)
        uses.update(found)
        in_songs.update(set(found))
        long_enough += bool(found)
    ranked = sorted(in_songs, key=lambda one: (-in_songs[one], -uses[one], one))[:count]
    return pd.DataFrame(
        {
            "progression": [told(one) for one in ranked],
            "songs": [in_songs[one] for one in ranked],
            "share": [in_songs[one] / long_enough for one in ranked],
            "uses": [uses[one] for one in ranked],
        }
    )


def songs_that_play(songs: Sequence[SongHarmony], progression: str) -> list[int]:
    """The rows of the songs that have a progression, written as `progressions` writes it."""
    length = len(progression.split(_ARROW))
    return [song.row for song in songs if progression in map(told, runs_of(song.steps, length))]


def chords_a_line(songs: Sequence[SongHarmony], most: int = 6) -> pd.DataFrame:
    """Columns ``chords`` ("0", "1", ..., "6 or more"), ``lines`` and ``share`` of the lines."""
    counts = Counter(min(count, most) for song in songs for count in song.a_line)
    return _in_order({n: str(n) if n < most else f"{n} or more" for n in range(most + 1)}, counts)


def chords_a_bar(songs: Sequence[SongHarmony]) -> pd.DataFrame:
    """Harmonic rhythm: ``chords`` (changes a bar, in bands), ``songs`` and their ``share``."""
    counts = Counter(_band(len(song.chords) / song.bars) for song in songs if song.bars)
    return _in_order(dict(enumerate(_BANDS)), counts, "songs")


def mean_chords_a_bar(songs: Sequence[SongHarmony]) -> float | None:
    """The mean over songs of changes a bar; None where none has bars."""
    found = [len(song.chords) / song.bars for song in songs if song.bars]
    return sum(found) / len(found) if found else None


def mean_chords_a_line(songs: Sequence[SongHarmony]) -> float | None:
    """The mean over lines with words; None without any."""
    found = [count for song in songs for count in song.a_line]
    return sum(found) / len(found) if found else None


def runs_of(steps: Sequence[str], length: int) -> list[tuple[str, ...]]:
    """Every so many numerals in a row."""
    return [tuple(steps[at : at + length]) for at in range(len(steps) - length + 1)]


def told(progression: Sequence[str]) -> str:
    """A progression as it is written."""
    return _ARROW.join(progression)


_ARROW = " – "
_BANDS = ("under 0.5", "0.5 to 0.75", "0.75 to 1", "1 to 1.5", "1.5 to 2", "2 or more")
_EDGES = (0.5, 0.75, 1.0, 1.5, 2.0)
_SCALE = ("I", "II", "III", "IV", "V", "VI", "VII")


def _band(value: float) -> int:
    return sum(value >= edge for edge in _EDGES)


def _place(step: str) -> tuple[int, int, str]:
    """Where a numeral stands in the scale: degree, then flat before natural before sharp."""
    bare = step.lstrip("b#")
    letters = "".join(letter for letter in bare if letter in "IVXivx").upper()
    accidental = step.count("#") - step[: len(step) - len(bare)].count("b")
    return _SCALE.index(letters), accidental, bare


def _ranked(name: str, counts: Counter[str], total: int, counted: str) -> pd.DataFrame:
    import pandas as pd

    ranked = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return pd.DataFrame(
        {
            name: [value for value, _ in ranked],
            counted: [count for _, count in ranked],
            "share": [count / total for _, count in ranked],
        }
    )


def _in_order(names: dict[int, str], counts: Counter[int], counted: str = "lines") -> pd.DataFrame:
    import pandas as pd

    total = max(counts.total(), 1)
    return pd.DataFrame(
        {
            "chords": list(names.values()),
            counted: [counts[number] for number in names],
            "share": [counts[number] / total for number in names],
        }
    )
