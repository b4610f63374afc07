"""Counts that the explorer draws."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from engine.corpora import (
    marking_words,
    read_table,
    songs_per_genre,
    songs_per_year,
    word_counts_by_genre,
)
from engine.corpora.songs import frame
from engine.errors import InputError


def table(*rows: tuple[str, int | None, str]) -> pd.DataFrame:
    return frame(
        {"genre": genre, "year": year, "sung": lyrics, "words": len(lyrics.split()), "lines": 1}
        for genre, year, lyrics in rows
    )


SONGS = table(
    ("blues", 1950, "the train is gone, baby gone"),
    ("blues", None, "Baby the rain"),
    ("pop", 1999, "the night the dance"),
    ("", 1999, "the end"),
)


def test_songs_per_genre_counts_the_unknown() -> None:
    assert songs_per_genre(SONGS).to_dict("list") == {
        "genre": ["blues", "pop", "unknown"],
        "songs": [2, 1, 1],
    }


def test_songs_per_year_leaves_out_missing_years() -> None:
    assert songs_per_year(SONGS).to_dict("list") == {"year": [1950, 1999], "songs": [1, 2]}


def test_word_counts_have_quartiles() -> None:
    row = word_counts_by_genre(SONGS).set_index("genre").loc["blues"]
    assert (row["songs"], row["median"]) == (2, 4.5)
    assert row["low"] <= row["median"] <= row["high"]


def test_marking_words_agree_with_the_formula_by_hand() -> None:
    words = marking_words(SONGS, "blues", min_songs=2).set_index("word")
    # 9 words of blues (baby twice), 6 elsewhere; the prior of "baby" is 9 x 2/15.
    prior = 9 * 2 / 15
    log_odds = math.log((2 + prior) / (9 + 9 - 2 - prior)) - math.log(
        (0 + prior) / (6 + 9 - 0 - prior)
    )
    z = log_odds / math.sqrt(1 / (2 + prior) + 1 / (0 + prior))
    assert words.loc["baby", "log_odds"] == pytest.approx(log_odds, abs=1e-12)
    assert words.loc["baby", "z"] == pytest.approx(z, abs=1e-12)
    assert words.index[0] == "baby"
    assert "gone" not in words.index  # twice, but in one song only


def test_words_used_alike_everywhere_mark_nothing() -> None:
    words = marking_words(SONGS, "blues", min_songs=1).set_index("word")
    assert words.loc["the", "z"] < words.loc["baby", "z"] / 2


@pytest.mark.parametrize(("songs", "genre"), [(SONGS, "jazz"), (SONGS[:2], "blues")])
def test_marking_words_need_something_to_compare(songs: pd.DataFrame, genre: str) -> None:
    with pytest.raises(InputError, match="genre"):
        marking_words(songs, genre)


def test_headings_and_singers_mark_nothing() -> None:
    rap = ["[Verse 1: Ann]\nlow tide\n[Hook]\nhigh tide"] * 3
    songs = pd.DataFrame({"genre": ["rap"] * 3 + ["pop"] * 3, "lyrics": rap + ["low sun"] * 3})
    read = read_table("s.csv", songs.to_csv().encode()).songs
    assert set(marking_words(read, "rap")["word"]) == {"low", "high", "tide"}
