"""Where models meet data, over a data set of Genius Expertise's size: joined, compared, sliced.

``python bench/bench_answers.py [--songs N] [--folder FOLDER]``. The dump is `genius_dump.py`'s, and
two models' answers to all its songs are made up: one right in two of three, worse on one genre of
the nineties, the other right in half. Joining them to the songs is timed once. Then 50 questions
are asked as the Models tab asks them, each anew: what is compared under other filters, confusions,
groups where a model errs or both differ, words that go with errors, the songs of a cell. The last
line of stdout is one JSON object.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import genius_dump
import numpy as np
from measuring import parsed_arguments, questions_told

from engine.audit.answers import FILE, Answers, matched, song_keys
from engine.audit.comparison import Compared, compared, confusion_of, dimensions
from engine.audit.error_words import error_words
from engine.audit.languages import languages
from engine.audit.slices import slices
from engine.corpora.store import ALL, Filters, SongStore
from engine.corpora.store.word_measuring import make_index

QUESTIONS = 50
LABELS = 12
FIRST, SECOND = "First", "Second"


def main() -> None:
    """Measure and print."""
    arguments = parsed_arguments(__doc__, precision=False, **genius_dump.OPTIONS)
    with genius_dump.store_in(arguments.folder, arguments.songs) as store:
        make_index(store)
        answers = made_up(store)
        began = time.perf_counter()
        keys = song_keys(store)
        matches = {one.name: matched(keys, one) for one in answers}
        joining = time.perf_counter() - began

        def under(filters: Filters) -> Compared:
            return compared(store, filters, answers, keys, matches)

        print(f"{len(keys):,} songs joined to two models' answers in {joining:.2f} s")
        questions_told(
            "answers", questions(store, under), songs=len(keys), joined=round(joining, 2)
        )


def made_up(store: SongStore) -> list[Answers]:
    """Answers of two models, drawn by a seed; they know the commonest genres."""
    drawn = np.random.default_rng(0)
    songs: Any = store.frame(f'SELECT genre, year FROM songs WHERE "row" IN ({_WITH_WORDS})')  # noqa: S608
    keyed = song_keys(store)[["id", "text"]]
    labels = tuple(name for name in store.names("genre") if name)[:LABELS]
    numbers = {label: number for number, label in enumerate(labels)}
    truth = songs["genre"].map(numbers).fillna(-1).to_numpy(np.int64)
    hard = (truth == 0) & songs["year"].between(1990, 1999).fillna(False).to_numpy(bool)
    found: list[Answers] = []
    for name, right in ((FIRST, np.where(hard, 0.2, 0.67)), (SECOND, np.full(len(songs), 0.5))):
        told = drawn.integers(0, len(labels), len(songs))
        told = np.where((drawn.random(len(songs)) < right) & (truth >= 0), truth, told)
        shares = drawn.random((len(songs), len(labels))).astype(np.float32)
        shares[np.arange(len(songs)), told] += 2
        shares /= shares.sum(1, keepdims=True)
        found.append(Answers(name, "", FILE, labels, keyed, shares))
    return found


_WITH_WORDS = "SELECT \"row\" FROM songs WHERE lyrics <> ''"


def questions(store: SongStore, under: Callable[[Filters], Compared]) -> list[Callable[[], Any]]:
    """Questions as the page asks them, drawn by a seed."""
    some = (ALL, Filters(years=(1990, 2010)))
    wholes = [(filters, under(filters)) for filters in some]
    sliced = [grouped(store, whole) for _, whole in wholes]
    found: list[Callable[[], Any]] = []
    for number in range(QUESTIONS):
        at = number // 5 % len(wholes)
        found.append(_question(store, number, under, *wholes[at], sliced[at]))
    return found


def grouped(store: SongStore, whole: Compared) -> dict[str, Any]:
    """What songs are grouped by."""
    told = languages(store, whole.songs["row"].to_numpy())
    return dict(dimensions(whole.songs, told))


def _question(
    store: SongStore,
    number: int,
    under: Callable[[Filters], Compared],
    filters: Filters,
    known: Compared,
    sliced: dict[str, Any],
) -> Callable[[], Any]:
    name = (FIRST, SECOND)[number // 5 % 2]
    genre = known.labels[name][number // 5]

    def anew() -> Compared:
        return replace(known)  # without what it remembers

    def groups(by: dict[str, Any], of: Any, hit: Any) -> Any:
        return slices({one: values[of] for one, values in by.items()}, hit[of])

    def erring() -> Any:
        whole = anew()
        return groups(grouped(store, whole), whole.judged(name), whole.wrong(name))

    def differing() -> Any:
        whole = anew()
        return groups(sliced, whole.compared(), whole.differ())

    def confused() -> Any:
        whole = anew()
        there = whole.judged(name) & (whole.genres == genre) & (whole.predictions(name) != genre)
        return confusion_of(whole, name), whole.table(there.nonzero()[0][:500])

    kinds: tuple[Callable[[], Any], ...] = (
        lambda: [(one.wrong(FIRST), one.wrong(SECOND), one.differ()) for one in (under(filters),)],
        erring,
        differing,
        lambda: error_words(store, anew(), name, genre),
        confused,
    )
    return kinds[number % 5]


if __name__ == "__main__":
    main()
