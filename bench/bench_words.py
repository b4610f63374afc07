"""The words of a data set of Genius Expertise's size: measured once, then asked about.

``python bench/bench_words.py [--songs N] [--folder FOLDER]``. The dump is `genius_dump.py`'s: its
words are made up, which makes measures odd but costs the same. All songs are measured once, then 50
questions are asked as the Words tab asks them (phrases of 1 to 4 words, words that mark a genre,
measures and words by year and by genre, with and without filters), each anew. The last line of
stdout is one JSON object.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import genius_dump
from measuring import parsed_arguments, questions_told

from engine.corpora.store import Filters, SongStore
from engine.corpora.store.trends import measure_by, phrase_by
from engine.corpora.store.word_counts import marking, phrases
from engine.corpora.store.word_index import WordIndex, opened_index
from engine.corpora.store.word_measuring import make_index
from engine.corpora.word_measures import MEASURES
from engine.errors import InputError

QUESTIONS = 50


def main() -> None:
    """Measure and print."""
    arguments = parsed_arguments(__doc__, precision=False, **genius_dump.OPTIONS)
    with genius_dump.store_in(arguments.folder, arguments.songs) as store:
        songs = store.overview().songs
        known = opened_index(store) is not None
        began = time.perf_counter()
        make_index(store)
        speed = songs / (time.perf_counter() - began)
        index = opened_index(store)
        assert index is not None  # noqa: S101
        told = "measured before" if known else f"{speed:,.0f} songs a second measured"
        print(f"{songs:,} songs, {len(index.tokens):,} words: {told}")
        questions_told(
            "words",
            questions(store, index),
            songs=songs,
            measured_a_second=None if known else round(speed),
        )


def questions(store: SongStore, index: WordIndex) -> list[Callable[[], Any]]:
    """Questions as the page asks them, drawn by a seed."""
    chance = random.Random(0)  # noqa: S311 - not for secrets
    genres = [name for name in store.names("genre") if name]
    found: list[Callable[[], Any]] = []
    for number in range(QUESTIONS):
        years = (1990, chance.randrange(2000, 2020)) if number % 3 == 0 else None
        search = index.words[chance.randrange(2, 500)] if number % 4 == 0 else ""
        filters = Filters(years=years, search=search)
        word = index.words[chance.randrange(2, 5000)]
        genre = chance.choice(genres)
        found.append(_question(store, index, number, filters, word, genre))
    return found


def _question(
    store: SongStore, index: WordIndex, number: int, filters: Filters, word: str, genre: str
) -> Callable[[], Any]:
    measure = list(MEASURES)[number % len(MEASURES)]
    inside = Filters(genres=(genre,))

    def marked() -> Any:
        with suppress(InputError):  # of few songs none may pass
            return marking(index, store.row_numbers(inside), store.row_numbers(filters))

    kinds: tuple[Callable[[], Any], ...] = (
        lambda: phrases(index, store.row_numbers(filters), number % 4 + 1),
        marked,
        lambda: measure_by(store, measure, "year", filters),
        lambda: measure_by(store, measure, "genre", filters),
        lambda: phrase_by(store, index, word, "year", filters),
    )
    return kinds[number % 5]


if __name__ == "__main__":
    main()
