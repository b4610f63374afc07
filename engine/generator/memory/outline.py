"""The shape of a song as the memory sees it: which sung line stands where, and which repeat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class OutlineLine:
    """One sung line.

    Attributes
    ----------
    section : str or None
        What its run of lines is labelled.
    run : int
        Which run of lines it belongs to, 0-based; runs never come back.
    first : int
        The sung line whose chords it has: itself, or an earlier one of the same words.
    """

    section: str | None
    run: int
    first: int


@dataclass(frozen=True)
class Outline:
    """All sung lines of a song, in order."""

    lines: tuple[OutlineLine, ...]

    @classmethod
    def of(
        cls, names: Sequence[object], sections: Sequence[str | None], runs: Sequence[object]
    ) -> Outline:
        """An outline from what names each line (equal names are repeats), its section, its run."""
        first: dict[object, int] = {}
        lines: list[OutlineLine] = []
        run = -1
        for number, (name, section) in enumerate(zip(names, sections, strict=True)):
            if number == 0 or runs[number] != runs[number - 1]:
                run += 1
            lines.append(OutlineLine(section, run, first.setdefault(name, number)))
        return cls(tuple(lines))

    @cached_property
    def _runs(self) -> list[list[int]]:
        found: list[list[int]] = []
        for number, line in enumerate(self.lines):
            if line.run == len(found):
                found.append([])
            found[line.run].append(number)
        return found

    def place(self, number: int) -> tuple[int, int]:
        """A line's place in its run, and how many lines the run has."""
        run = self._runs[self.lines[number].run]
        return number - run[0], len(run)

    def sources(self, number: int, lags: Sequence[int]) -> list[int]:
        """Earlier lines that a line may be like; -1 where there is none.

        Those `lags` lines before; then, in the last run of the same label, the line at the same
        place from the front and from the back; then that from the front in the first such run.
        """
        here = self.lines[number]
        found = [self._first(number - lag, number) if lag <= number else -1 for lag in lags]
        place, length = self.place(number)
        alike = [
            run for run in self._runs[: here.run] if self.lines[run[0]].section == here.section
        ]
        for runs, at in ((alike[-1:], place), (alike[-1:], place - length), (alike[:1], place)):
            inside = [run[at] for run in runs if -len(run) <= at < len(run)]
            found.append(self._first(inside[0], number) if inside else -1)
        return found

    def _first(self, other: int, number: int) -> int:
        first = self.lines[other].first
        return first if first < number else -1
