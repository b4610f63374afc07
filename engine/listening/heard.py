"""What was heard in a recording: values only. Pure."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.music.chord import Chord
    from engine.music.key import Key

BARS_PER_LINE = 4
_MOST_LINES = 16
_MOST_ON_A_LINE = 16
_SAME = 0.75  # of the bars that agree, for lines to be one loop


@dataclass(frozen=True)
class HeardChord:
    """A chord from its beginning to its end, in seconds."""

    start: float
    end: float
    chord: Chord


@dataclass(frozen=True)
class Heard:
    """What was heard; everything but `seconds` is an estimate.

    Attributes
    ----------
    seconds : float
        How long the recording is.
    tempo : float
        Beats a minute.
    beats : tuple of float
        When one taps, in seconds.
    beats_in_bar, downbeat : int
        3 or 4, and the first beat that begins a bar.
    key : Key
    chords : tuple of HeardChord
        One after the other, from the beginning to the end; no neighbours are alike.
    edges : tuple of float
        Where the spans between beats begin, and where the last one ends.
    chroma : tuple of tuple of float
        For each span, how strong the pitch classes C to B are, 0 to 1.
    """

    seconds: float
    tempo: float
    beats: tuple[float, ...]
    beats_in_bar: int
    downbeat: int
    key: Key
    chords: tuple[HeardChord, ...]
    edges: tuple[float, ...]
    chroma: tuple[tuple[float, ...], ...]

    @cached_property
    def bars(self) -> tuple[tuple[Chord, ...], ...]:
        """The chords of each whole bar, held ones again; the silence around the music is left out.

        A piece of a bar before the first downbeat is left out too.
        """
        downbeats = self.beats[self.downbeat :: self.beats_in_bar]
        ends = [chord.end for chord in self.chords]
        bars: list[tuple[Chord, ...]] = []
        for start, end in pairwise(downbeats):
            least = (end - start) / self.beats_in_bar / 2
            within = [
                one.chord
                for one in self.chords[bisect_left(ends, start) :]
                if min(one.end, end) - max(one.start, start) > least
            ]
            bars.append(tuple(within))
        sounding = [i for i, bar in enumerate(bars) if any(not chord.is_no_chord for chord in bar)]
        return tuple(bars[sounding[0] : sounding[-1] + 1]) if sounding else ()

    def as_dict(self) -> dict[str, Any]:
        """Everything but the chroma as JSON values; chords in Harte's syntax."""
        return {
            "seconds": round(self.seconds, 2),
            "tempo": self.tempo,
            "key": str(self.key),
            "beats_in_bar": self.beats_in_bar,
            "downbeat": self.downbeat,
            "beats": [round(beat, 3) for beat in self.beats],
            "chords": [
                {"start": round(one.start, 3), "end": round(one.end, 3), "chord": one.chord.label}
                for one in self.chords
            ],
            "progression": self.progression,
        }

    @property
    def chord_line(self) -> str:
        """All bars, as musicians write them: ``"| C | G | Am F |"``."""
        bars = (" ".join(chord.symbol for chord in bar) for bar in self.bars)
        return f"| {' | '.join(bars)} |" if self.bars else ""

    @property
    def progression(self) -> str:
        """The chords for lines of words, four bars a line: ``"C G Am F; F G C"``.

        Lines that come again and again are told once; a wish for a progression puts the first on
        the first line of each section, and so on.
        """
        lines = [
            self.bars[at : at + BARS_PER_LINE] for at in range(0, len(self.bars), BARS_PER_LINE)
        ]
        if len(lines) > 1 and len(lines[-1]) < BARS_PER_LINE:
            del lines[-1]
        period = next(
            (length for length in range(1, len(lines)) if _comes_again(lines, length)), len(lines)
        )
        texts = (_line_text(line) for line in lines[: min(period, _MOST_LINES)])
        return "; ".join(text for text in texts if text)


Bars = tuple[tuple["Chord", ...], ...]


def _comes_again(lines: list[Bars], period: int) -> bool:
    """Whether most bars are those of `period` lines before."""
    pairs = [
        (bar, before)
        for line, earlier in zip(lines[period:], lines, strict=False)
        for bar, before in zip(line, earlier, strict=False)
    ]
    return sum(bar == before for bar, before in pairs) >= _SAME * len(pairs)


def _line_text(bars: Bars) -> str:
    chords = [chord for bar in bars for chord in bar if not chord.is_no_chord]
    changes = [chord.symbol for chord, _ in groupby(chords)]
    return " ".join(changes[:_MOST_ON_A_LINE])
