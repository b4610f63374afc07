"""Which parts of a song are alike by their words: length, syllables, rhyme and repeated text. Pure.

Thresholds come from songs with chords on their words: of lines at the same place of two like-named
sections of one length, whose syllables differ by at most three, 84 % have the same chords; where
one section is longer 60 %, counted from the start; lines of equal words in two sections 93 %, and
next to each other 33 %.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from engine.lyrics import line_key
from engine.lyrics.prosody import rhyme, syllables

WHOLE, REFRAIN, NOT = "whole", "refrain", "not"
ALIKE_SYLLABLES = 3
_ALIKE_SHARE = 0.75  # of the lines of two parts, for them to be alike
_RECURRING_SHARE = 0.6  # of equal lines, for a part to be the repetition of another
_REFRAIN_WORDS = 4  # of a line that is a refrain still where one of them is another
_LONG_LINE = 4  # a long line may differ by a quarter of its syllables


class SongLine(Protocol):
    """What `LyricLine` and `Line` have in common."""

    @property
    def words(self) -> tuple[str, ...]:
        """Its words; none for a line that is played."""
        ...

    @property
    def section(self) -> str | None:
        """Its label, one of `engine.lyrics.SECTIONS`."""
        ...

    @property
    def stanza(self) -> int:
        """The run of lines it stands in."""
        ...

    @property
    def number(self) -> int | None:
        """The number its section's heading gives it."""
        ...


@dataclass(frozen=True)
class Verse:
    """A line as its likeness is judged."""

    key: tuple[str, ...]
    syllables: int
    rhyme: str


@dataclass(frozen=True)
class Stanza:
    """A part of a song on its way to a `Part`: a label and lines from `start` on."""

    section: str | None
    start: int
    verses: tuple[Verse, ...]
    number: int | None = None

    @property
    def stop(self) -> int:
        """The line after its last one."""
        return self.start + len(self.verses)


def verse_of(words: Sequence[str]) -> Verse:
    """The measure of a line."""
    return Verse(line_key(words), sum(map(syllables, words)), rhyme(words[-1]) if words else "")


def same_measure(one: Verse, other: Verse) -> bool:
    """Whether two lines can be sung to one phrase: like numbers of syllables."""
    if not one.syllables or not other.syllables:  # a played line is like a played one
        return one.syllables == other.syllables
    allowed = max(ALIKE_SYLLABLES, max(one.syllables, other.syllables) // _LONG_LINE)
    return abs(one.syllables - other.syllables) <= allowed


def rhyme_scheme(verses: Sequence[Verse]) -> tuple[int, ...]:
    """For each line the first line it rhymes with."""
    endings = [verse.rhyme for verse in verses]
    return tuple(endings.index(ending) for ending in endings)


def share_of_same_words(one: Stanza, other: Stanza) -> float:
    """The share of lines, of the longer part, that the other has at the same place."""
    same = sum(a.key == b.key for a, b in zip(one.verses, other.verses, strict=False))
    return same / max(len(one.verses), len(other.verses))


def share_of_same_measure(one: Stanza, other: Stanza) -> float:
    """The share of lines, of the shorter part, of like syllables at the same place."""
    pairs = list(zip(one.verses, other.verses, strict=False))
    return sum(same_measure(a, b) for a, b in pairs) / len(pairs)


def kinds(stanzas: Sequence[Stanza]) -> list[str]:
    """How each part comes again: ``whole`` as a chorus, by a ``refrain`` line, or ``not``."""
    return [_kind(stanza, stanzas) for stanza in stanzas]


def _kind(one: Stanza, stanzas: Sequence[Stanza]) -> str:
    others = [stanza for stanza in stanzas if stanza is not one]
    if any(share_of_same_words(one, other) >= _RECURRING_SHARE for other in others):
        return WHOLE
    shares = any(
        _same_refrain(one.verses[end].key, other.verses[end].key)
        for other in others
        for end in (0, -1)
    )
    return REFRAIN if shares else NOT


def _same_refrain(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two lines have the same words; one of four or more may be another, or be missing."""
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    if len(long) < _REFRAIN_WORDS or len(long) - len(short) > 1:
        return False
    before = next((at for at, word in enumerate(short) if word != long[at]), len(short))
    return short[before + len(short) - len(long) + 1 :] == long[before + 1 :]


def likeness(one: Stanza, other: Stanza, *, same_kind: bool = True) -> float:
    """How much a part asks for the harmony of an earlier one: 0 not at all, more is more.

    Parts of other labels are unlike unless their words are the same; where a label is missing,
    also parts that do not come again in the same way (`kinds`), or as a whole.
    """
    words = share_of_same_words(one, other)
    if words >= _RECURRING_SHARE:
        return 2 + words
    is_labelled = one.section == other.section is not None
    may_be = is_labelled or (None in {one.section, other.section} and same_kind)
    return _likeness_of_measure(one, other, is_labelled=is_labelled) if may_be else 0.0


def _likeness_of_measure(one: Stanza, other: Stanza, *, is_labelled: bool) -> float:
    measure = share_of_same_measure(one, other)
    short, long = sorted((len(one.verses), len(other.verses)))
    if short == long:
        is_like = measure >= (0.5 if is_labelled else _ALIKE_SHARE) and (is_labelled or short > 1)
        return 1 + measure if is_like else 0.0
    if not is_labelled or measure < _ALIKE_SHARE:
        return 0.0
    return measure if long == 2 * short else measure / 2
