"""Lead sheets as a table, and filters that keep what they say."""

from __future__ import annotations

import pandas as pd
import pytest

from engine.classifiers import loading_once
from engine.corpora import example_songs, filtered, songbook, songs_table
from engine.corpora.songbook import EXAMPLES
from engine.corpora.songs import COLUMNS, frame
from engine.lyrics import Lyrics
from engine.music.chord import Chord
from engine.music.key import Key
from engine.music.lead_sheet import LeadSheet, Line, PlacedChord


def test_lead_sheet_row_counts_sung_words_only() -> None:
    chord = PlacedChord(0, Chord.parse("C"))
    sheet = LeadSheet(
        "Rain",
        Key.parse("C"),
        (
            Line((), (chord,), "intro", 0),
            Line(("on", "the", "roof"), (chord,), "verse", 1),
            Line(("all", "night"), (), "verse", 1),
            Line(("oh",), (), "chorus", 2),
        ),
        genre="folk",
    )
    row = songs_table([sheet]).iloc[0]
    assert (row["words"], row["lines"], row["chords"]) == (6, 3, 2)
    assert row["lyrics"] == "on the roof\nall night\n\noh"
    assert row["key"] == "C major"


def test_songbook_becomes_a_table_with_genres() -> None:
    table = songs_table(songbook())
    assert len(table) == len(songbook()) >= 24
    assert (table["genre"] != "").all()
    assert (table["words"] > 20).all()


def test_the_examples_are_songs_of_the_book_each_of_a_genre_of_its_own() -> None:
    sheets = example_songs()
    assert [sheet.title for sheet in sheets] == list(EXAMPLES)
    assert len({sheet.genre for sheet in sheets}) == len(EXAMPLES) >= 3
    assert example_songs(2) == sheets[:2]


@pytest.mark.slow
def test_the_models_tell_the_examples_right() -> None:
    load = loading_once()
    lyrics = [Lyrics.parse(songs_table([sheet]).iloc[0]["lyrics"]) for sheet in example_songs()]
    answers = load("combined", "embedded").predict(lyrics)
    told = [answer.label for answer in answers]
    assert told == [sheet.genre for sheet in example_songs()], "choose other examples"


def songs() -> pd.DataFrame:
    return frame(
        [
            {"title": "Rain", "artist": "A", "year": 1999, "genre": "folk", "lyrics": "On the roof",
             "words": 3, "lines": 1},
            {"title": "Sun (live)", "artist": "B", "genre": "rock", "lyrics": "up", "words": 1,
             "lines": 1},
        ]
    )  # fmt: skip


def test_empty_filters_pass_everything() -> None:
    assert len(filtered(songs())) == 2


def test_filters_narrow() -> None:
    assert filtered(songs(), genres=["rock"])["title"].tolist() == ["Sun (live)"]
    assert filtered(songs(), years=(1990, 1999))["title"].tolist() == ["Rain"]
    assert filtered(songs(), words=(2, 9))["title"].tolist() == ["Rain"]
    assert filtered(songs(), search="ROOF")["title"].tolist() == ["Rain"]
    assert filtered(songs(), search="(live")["title"].tolist() == ["Sun (live)"]
    assert filtered(songs(), genres=["rock"], search="roof").empty


def test_table_without_songs_still_has_its_columns() -> None:
    assert tuple(songs_table([]).columns[: len(COLUMNS)]) == COLUMNS
