from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine.audit.answers import Answers, song_keys
from engine.audit.comparison import Compared, compared, confusion_of, dimensions
from engine.audit.languages import languages
from engine.corpora import read_table
from engine.corpora.store import Filters, SongStore, store_of_table
from engine.corpora.store.word_measuring import make_index
from engine.errors import InputError
from tests.engine.audit.conftest import SONGS, is_hard

HARD = [n for n in range(SONGS) if is_hard(n)]


def test_errors_and_differences_are_those_that_were_made(whole: Compared) -> None:
    assert np.flatnonzero(whole.wrong("First")).tolist() == HARD
    assert np.flatnonzero(whole.wrong("Second")).tolist() == [7, 10]
    assert np.flatnonzero(whole.differ()).tolist() == sorted([7, 10, *HARD])


def test_a_confusion_table_counts_the_songs_of_its_cells(whole: Compared) -> None:
    counts, labels = confusion_of(whole, "First")
    assert labels == ["folk", "pop", "rock"]
    assert counts.tolist() == [[40, 0, 0], [0, 40, 0], [0, 20, 20]]


def test_filters_of_the_page_hold_for_the_comparison(
    store: SongStore, first: Answers, second: Answers
) -> None:
    some = compared(store, Filters(genres=("rock",)), [first, second], song_keys(store))
    assert set(some.songs["genre"]) == {"rock"}
    assert some.wrong("First").sum() == len(HARD)


def test_songs_that_one_model_did_not_answer_are_no_difference(
    store: SongStore, first: Answers, second: Answers
) -> None:
    few = replace(second, songs=second.songs.head(9), probabilities=second.probabilities[:9])
    both = compared(store, Filters(), [first, few], song_keys(store))
    assert both.compared().sum() == 9
    assert np.flatnonzero(both.differ()).tolist() == [7]
    assert both.predictions("Second")[20] == ""
    assert both.table()["First"].tolist()[7] == "pop"


def test_a_genre_that_a_model_does_not_know_is_no_error(store: SongStore, first: Answers) -> None:
    narrow = replace(first, labels=("folk", "pop", "polka"))
    told = compared(store, Filters(), [narrow], song_keys(store))
    assert told.judged("First").sum() == 80
    assert not told.wrong("First").any()


def test_two_answers_of_one_name_are_refused(store: SongStore, first: Answers) -> None:
    for many in ([first, first], []):
        with pytest.raises(InputError):
            compared(store, Filters(), many, song_keys(store))


def test_songs_are_sliced_by_what_is_known_of_them(whole: Compared) -> None:
    sliced = dimensions(whole.songs, ["English", *[""] * (SONGS - 1)])
    assert set(sliced["decade"]) == {"1980s", "1990s"}
    assert set(sliced["length"]) == {"under 100 words"}
    assert list(sliced["language"])[:2] == ["English", ""]
    unknown = dimensions(whole.songs.assign(year=None))
    assert set(unknown["decade"]) == {""}
    lengths = dimensions(whole.songs.head(4).assign(words=[99, 100, 499, 500]))["length"]
    assert list(lengths) == [
        *("under 100 words", "100 to 199 words", "300 to 499 words", "500 words and more"),
    ]


def test_languages_are_those_that_were_measured_or_told_anew(tmp_path: Path) -> None:
    texts = [
        "the rain is falling on the road tonight and I am far away from you",
        "la lluvia cae sobre el camino esta noche y estoy muy lejos de tu corazón",
    ]
    table = pd.DataFrame({"lyrics": [*texts, "la la"]})
    data = table.to_csv(index=False).encode()
    store_of_table(read_table("a.csv", data), tmp_path / "songs.duckdb", "a.csv")
    store = SongStore(tmp_path / "songs.duckdb")
    told = languages(store, [0, 1, 2])
    assert list(told) == ["English", "Spanish", ""]
    make_index(store)
    assert list(languages(store, [2, 1, 0])) == list(told)[::-1]
