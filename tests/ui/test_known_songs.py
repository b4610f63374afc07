"""Words are found again by the id that records keep."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import streamlit as st

from engine import corpora
from engine.evaluation.tasks.data import song_id
from ui import known_songs, resources, state

CSV = b"id,title,lyrics\na1,Slow Rain,Slow rain on the road\n,No Id,Fast rain on the wall\n"


@pytest.fixture(autouse=True)
def session(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    kept: dict[str, object] = {}
    monkeypatch.setattr(st, "session_state", kept)
    return kept


def test_a_song_of_an_uploaded_file_is_found_by_its_id() -> None:
    assert known_songs.find("a1") is None
    known_songs.remember("mine.csv", CSV)
    found = known_songs.find("a1")

    assert found == known_songs.KnownSong("Slow Rain", "Slow rain on the road", "from mine.csv")


def test_songs_without_ids_are_found_by_the_id_that_evaluation_makes() -> None:
    known_songs.remember("mine.csv", CSV)
    table = corpora.read_table("mine.csv", CSV).songs
    identity = song_id({str(k): v for k, v in table.iloc[1].to_dict().items()})
    found = known_songs.find(identity)

    assert found is not None
    assert found.title == "No Id"


def test_a_replaced_file_is_read_anew() -> None:
    known_songs.remember("mine.csv", CSV)
    assert known_songs.find("a1")
    known_songs.remember("mine.csv", CSV.replace(b"a1", b"b2"))

    assert known_songs.find("a1") is None
    assert known_songs.find("b2")


def test_the_explored_table_and_the_songbook_are_searched(session: dict[str, object]) -> None:
    table = corpora.read_table("mine.csv", CSV).songs
    session["_own_songs"] = SimpleNamespace(songs=table)
    found = known_songs.find("a1")
    assert found is not None
    assert found.source == "from the table you explored"

    sheet = resources.songbook_table().iloc[0].to_dict()
    found = known_songs.find(song_id({str(k): v for k, v in sheet.items()}))
    assert found is not None
    assert (found.title, found.source) == (sheet["title"], "from the songbook")


def test_a_file_of_chords_has_no_words_and_does_no_harm() -> None:
    known_songs.remember("tunes.jsonl", b'{"lines": []}\n')
    assert known_songs.find("a1") is None


def test_the_expected_genre_is_told_only_of_that_lyric(
    session: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(st, "info", lambda text, **_: told.append(text))
    known_songs.expect("Slow rain\n", "folk", "the test set")
    session[state.LYRIC] = "Slow rain"
    known_songs.show_expected()
    session[state.LYRIC] = "Fast rain"
    known_songs.show_expected()

    assert told == ["This song is labelled **folk** in the test set."]
