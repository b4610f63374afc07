"""What changed between two songs, line by line: words that came and went, chords that differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from engine.lyrics import line_key
from engine.music.lead_sheet import LeadSheet, Line

Marks = frozenset[int]
_ALIKE = 0.5  # share of words above which a line is the other one with words changed


@dataclass(frozen=True)
class LineChange:
    """A line before and after, and what of it differs.

    Attributes
    ----------
    before, after : Line or None
        None where the line came or went.
    words_before, words_after : frozenset of int
        Numbers of the words that the other line has not.
    chords_before, chords_after : frozenset of int
        Numbers of the chords that the other line has not on the same word.
    """

    before: Line | None
    after: Line | None
    words_before: Marks = frozenset()
    words_after: Marks = frozenset()
    chords_before: Marks = frozenset()
    chords_after: Marks = frozenset()

    @property
    def is_same(self) -> bool:
        """Whether words, chords and heading are those of before; locks are no difference."""
        return (
            self.before is not None
            and self.after is not None
            and self.before.heading == self.after.heading
            and not (self.words_before or self.words_after)
            and not (self.chords_before or self.chords_after)
        )


def line_changes(before: LeadSheet, after: LeadSheet) -> tuple[LineChange, ...]:
    """All lines of both songs in order, each with its counterpart where there is one.

    A song in another key differs in all its chords, as a player would say.
    """
    keys = [[line_key(line.words) for line in sheet.lines] for sheet in (before, after)]
    changes: list[LineChange] = []
    matcher = SequenceMatcher(None, *keys, autojunk=False)
    for kind, start, stop, left, right in matcher.get_opcodes():
        old, new = before.lines[start:stop], after.lines[left:right]
        if kind == "equal":
            changes.extend(map(_change, old, new))
        else:
            changes.extend(_paired(old, new))
    return tuple(changes)


def _paired(old: Sequence[Line], new: Sequence[Line]) -> Iterator[LineChange]:
    """Lines in the order of the song, those alike beside each other."""
    rest = list(new)
    for line in old:
        at = next((n for n, other in enumerate(rest) if _are_alike(line, other)), None)
        if at is None:
            yield _gone(line)
            continue
        yield from map(_came, rest[:at])
        yield _change(line, rest[at])
        del rest[: at + 1]
    yield from map(_came, rest)


def _are_alike(old: Line, new: Line) -> bool:
    if not old.words or not new.words:
        return not old.words and not new.words
    matcher = SequenceMatcher(None, _keys(old), _keys(new), autojunk=False)
    return matcher.ratio() >= _ALIKE


def _change(old: Line, new: Line) -> LineChange:
    matcher = SequenceMatcher(None, old.words, new.words, autojunk=False)
    place = {
        start + step: left + step
        for start, left, size in matcher.get_matching_blocks()
        for step in range(size)
    }
    place[len(old.words)] = len(new.words)  # the place after the last word
    chords_before, chords_after = _chord_marks(old, new, place)
    return LineChange(
        old,
        new,
        frozenset(range(len(old.words))) - place.keys(),
        frozenset(range(len(new.words))) - set(place.values()),
        chords_before,
        chords_after,
    )


def _chord_marks(old: Line, new: Line, place: dict[int, int]) -> tuple[Marks, Marks]:
    was = [(place.get(one.word), one.chord) for one in old.chords]
    now = [(one.word, one.chord) for one in new.chords]
    matcher = SequenceMatcher(None, was, now, autojunk=False)
    kept = matcher.get_matching_blocks()
    before = {start + step for start, _, size in kept for step in range(size)}
    after = {left + step for _, left, size in kept for step in range(size)}
    return (
        frozenset(range(len(was))) - before,
        frozenset(range(len(now))) - after,
    )


def _gone(line: Line) -> LineChange:
    return LineChange(line, None, _all(line.words), frozenset(), _all(line.chords), frozenset())


def _came(line: Line) -> LineChange:
    return LineChange(None, line, frozenset(), _all(line.words), frozenset(), _all(line.chords))


def _all(values: Sequence[object]) -> Marks:
    return frozenset(range(len(values)))


def _keys(line: Line) -> list[tuple[str, ...]]:
    return [tuple(line_key((word,))) for word in line.words]
