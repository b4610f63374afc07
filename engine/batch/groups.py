"""Groups: songs of like length that are given to a model at once, and its answers to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, NamedTuple

from engine.batch.answers import Answer
from engine.batch.questions import Ask, Question, lyric_of
from engine.corpora.rows import Row
from engine.corpora.tables import CHUNK
from engine.errors import EngineError, InputError
from engine.lyrics import Lyrics

# Of less than this, no group is made smaller still: models gain from songs side by side.
_FEWEST_CHARACTERS = 4_000


class Song(NamedTuple):
    """One row of a table as a worker needs it: its number, its lyric's cell, and what is wrong."""

    number: int
    cell: Any
    problem: str

    @property
    def size(self) -> int:
        """How long it is beside others."""
        return 0 if self.problem else len(str(self.cell))


Group = list[Song]


def in_chunks(rows: Iterable[Row], text: int) -> Iterator[Group]:
    """Songs in order, `CHUNK` at a time whatever the file's own chunks are."""
    chunk: Group = []
    for number, row in enumerate(rows):
        chunk.append(Song(number, None if row.problem else row.values[text], row.problem))
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def groups(songs: Group, characters: int, least: int = 1) -> Iterator[Group]:
    """Songs of like length, at most so many characters a group when padded; the longest first.

    Songs of the same words stand beside each other, and count as one: they are answered once. Of
    few songs, groups are smaller, so that there are about `least` of them: nobody who could answer
    some waits for the others.
    """
    share = sum(song.size for song in songs) // least
    characters = min(characters, max(share, _FEWEST_CHARACTERS))
    group: Group = []
    different = 0
    for song in sorted(songs, key=lambda song: (song.size, str(song.cell)), reverse=True):
        if not group or str(song.cell) != str(group[-1].cell):
            if group and (different + 1) * group[0].size > characters:
                yield group
                group, different = [], 0
            different += 1
        group.append(song)
    if group:
        yield group


def answering(question: Question) -> Callable[[Group], list[Answer]]:
    """The question's model, loaded: a group to its answers."""
    return partial(group_answers, question.asking())


def group_answers(ask: Ask, group: Group) -> list[Answer]:
    """An answer to each song of a group, or why there is none."""
    numbers: dict[Lyrics, list[int]] = {}
    unusable: list[Answer] = []
    for song in group:
        try:
            if song.problem:
                raise InputError(song.problem)
            numbers.setdefault(lyric_of(song.cell), []).append(song.number)
        except InputError as error:
            unusable.append((song.number, None, str(error)))
    if not numbers:
        return unusable
    alike = {of_one[0]: of_one for of_one in numbers.values()}
    answers = _answers(ask, [(of_one[0], lyric) for lyric, of_one in numbers.items()])
    return unusable + [
        (number, values, error) for first, values, error in answers for number in alike[first]
    ]


def _answers(ask: Ask, songs: list[tuple[int, Lyrics]]) -> list[Answer]:
    try:
        found = ask([lyrics for _, lyrics in songs])
    except InputError as error:  # a wish that this song cannot have
        if len(songs) == 1:
            return [(songs[0][0], None, str(error))]
        return [answer for song in songs for answer in _answers(ask, [song])]
    except EngineError:
        raise
    except (RuntimeError, ValueError, TypeError) as error:
        if len(songs) == 1:
            return [(songs[0][0], None, f"The model cannot read this lyric ({error}).")]
        # One song must not hold up the others; and where all fail, something else is wrong.
        alone = [answer for song in songs for answer in _answers(ask, [song])]
        if all(values is None for _, values, _ in alone):
            raise
        return alone
    return [(number, values, "") for (number, _), values in zip(songs, found, strict=True)]
