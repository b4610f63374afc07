"""A store's words: measured once, kept beside it, counted and followed over the years."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from engine.corpora import marking_words, read_table
from engine.corpora.store import Filters, SongStore, store_of_table, word_measuring
from engine.corpora.store.query import answer, default_query
from engine.corpora.store.schema import song_row
from engine.corpora.store.trends import FEW, measure_by, measured_songs, phrase_by
from engine.corpora.store.word_counts import marking, phrases, songs_with
from engine.corpora.store.word_index import WordIndex, index_folder, opened_index
from engine.corpora.store.word_measuring import make_index
from engine.corpora.store.writing import writing
from engine.errors import CancelledError, InputError

SONGS = (
    ("A", 1990, "blues", "[Verse 1]\nThe train is gone, baby gone\nthe train is slow"),
    ("B", 1990, "blues", "Baby the rain\n<i>baby</i> the rain"),
    ("C", 1991, "pop", "the night\nthe dance"),
    ("D", None, "", "the end of the night"),
    ("E", 1991, "pop", "la mer monte ce soir et je pense encore à toi"),
)


def made(folder: Path) -> SongStore:
    rows = "\n".join(f'{t},{y or ""},{g},"{words}"' for t, y, g, words in SONGS)
    table = read_table("songs.csv", f"title,year,genre,lyrics\n{rows}".encode())
    store_of_table(table, folder / "songs.duckdb", "songs.csv")
    return SongStore(folder / "songs.duckdb")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SongStore]:
    opened = made(tmp_path_factory.mktemp("store"))
    make_index(opened)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def index(store: SongStore) -> WordIndex:
    found = opened_index(store)
    assert found is not None
    return found


def rows(store: SongStore, **filters: object) -> np.ndarray:
    return store.row_numbers(Filters(**filters))  # type: ignore[arg-type]


def test_words_are_kept_as_numbers_by_line_and_song(index: WordIndex) -> None:
    first = index.tokens[index.starts[0] : index.starts[1]]
    assert " ".join(index.words[n] or "/" for n in first) == (
        "the train is gone baby gone / the train is slow /"
    )
    assert index.words[2] == "the", "the commonest word comes first"


def test_phrases_stand_in_one_line_and_the_songs_that_have_them_count_once(
    store: SongStore, index: WordIndex
) -> None:
    found = phrases(index, rows(store), 2, weak=True)
    table = found.table.set_index("phrase")
    assert (found.songs, found.passing) == (5, 5)
    assert table.loc["the rain", ["songs", "uses"]].tolist() == [1, 2]
    assert table.loc["the night", ["songs", "share", "uses"]].tolist() == [2, 0.4, 2]
    assert "gone the" not in table.index
    assert "rain baby" not in table.index
    assert "verse 1" not in table.index
    four = phrases(index, rows(store), 4)
    assert "train is gone baby" in set(four.table["phrase"])
    one = phrases(index, rows(store), 1)
    assert "the" not in set(one.table["phrase"]), "function words alone are left out"
    assert one.table["phrase"].tolist()[:2] == ["baby", "night"]


def test_phrases_of_the_songs_that_pass_and_of_none(store: SongStore, index: WordIndex) -> None:
    pop = phrases(index, rows(store, genres=("pop",), years=(1991, 1991), search="dance"), 2)
    assert pop.table["phrase"].tolist() == ["the dance", "the night"]
    none = phrases(index, rows(store, search="nowhere"), 3)
    assert (none.songs, len(none.table)) == (0, 0)
    with pytest.raises(InputError, match="5 words"):
        phrases(index, rows(store), 5)


def test_of_many_songs_some_are_drawn_and_said(store: SongStore, index: WordIndex) -> None:
    found = phrases(index, rows(store), 1, weak=True, most=2)
    assert (found.songs, found.passing) == (2, 5)
    again = phrases(index, rows(store), 1, weak=True, most=2)
    assert found.table.equals(again.table), "the same are drawn each time"


def test_marking_words_are_those_of_the_table(store: SongStore, index: WordIndex) -> None:
    blues = rows(store, genres=("blues",))
    found = marking(index, blues, rows(store), min_songs=2).table.set_index("word")
    theirs = marking_words(store.frame("SELECT genre, sung FROM songs"), "blues", min_songs=2)
    theirs = theirs.set_index("word")
    assert list(found.index) == list(theirs.index)
    assert found["z"].tolist() == pytest.approx(theirs["z"].tolist())
    assert found["songs"].tolist() == theirs["songs"].tolist()
    with pytest.raises(InputError, match="has no words"):
        marking(index, blues, blues)


def test_a_phrase_is_looked_up_in_all_songs(store: SongStore, index: WordIndex) -> None:
    assert np.flatnonzero(songs_with(index, "The NIGHT")).tolist() == [2, 3]
    assert np.flatnonzero(songs_with(index, "train is slow")).tolist() == [0]
    assert not songs_with(index, "night the").any(), "not across lines"
    for wrong, told in (("zebra", "stands in none"), ("", "0 words"), ("a b c d e", "5 words")):
        with pytest.raises(InputError, match=told):
            songs_with(index, wrong)


def test_measures_by_year_have_means_and_intervals(store: SongStore, index: WordIndex) -> None:
    table = measure_by(store, "length", "year").set_index("year")
    # 1990: 10 and 6 words; 1991: 4 and 11. Student's t for one degree of freedom is 12.706.
    assert table["songs"].tolist() == [2, 2]
    assert table.loc[1990, "value"] == 8
    assert table.loc[1990, "high"] - 8 == pytest.approx(12.7062 * 8**0.5 / 2**0.5, rel=1e-4)
    assert table["few"].all() and FEW > 2
    one = measure_by(store, "length", "genre", Filters(search="dance"))
    assert one["low"].isna().all(), "one song says nothing of how far songs differ"
    assert measure_by(store, "repeated_lines", "genre")["low"].min() >= 0
    assert measured_songs(store, "reading_ease") == (4, 5), "the French song has none"
    with pytest.raises(InputError, match="no measure"):
        measure_by(store, "nonsense", "year")


def test_words_by_year_are_shares_with_wilson_s_interval(
    store: SongStore, index: WordIndex
) -> None:
    table = phrase_by(store, index, "baby", "year").set_index("year")
    assert table["value"].tolist() == [1.0, 0.0]
    # Wilson for 0 of 2: high is z^2 / (n + z^2).
    assert table.loc[1991, "high"] == pytest.approx(1.959964**2 / (2 + 1.959964**2))
    assert table.loc[1991, "low"] == 0
    assert len(phrase_by(store, index, "baby", "year", Filters(search="nowhere"))) == 0


def test_languages_are_told_and_filter_also_in_sql(store: SongStore, index: WordIndex) -> None:
    french = Filters(languages=("fr",))
    assert rows(store, languages=("fr",)).tolist() == [4]
    assert store.overview(french).songs == 1
    assert store.measures is not None
    asked = answer(store.path, default_query(french), 20, store.measures)
    assert asked.table["title"].tolist() == ["E"]
    with pytest.raises(InputError, match="disabled"):
        answer(store.path, "SELECT * FROM read_text('/etc/passwd')", 20, store.measures)


def test_the_measures_are_found_again_and_made_anew_for_other_songs(tmp_path: Path) -> None:
    store = made(tmp_path)
    seen: list[tuple[int, int]] = []
    assert opened_index(store) is None
    make_index(store, lambda done, total: seen.append((done, total)))
    assert seen == [(5, 5)]
    store.close()
    again = SongStore(store.path)
    make_index(again, lambda *_: pytest.fail("it is there already"))
    assert opened_index(again) is not None
    again.close()
    (tmp_path / "other").mkdir()
    table = read_table("a.csv", b"title,lyrics\nX,low rain\n")
    store_of_table(table, tmp_path / "songs.duckdb", "a.csv")
    other = SongStore(tmp_path / "songs.duckdb")
    assert opened_index(other) is None, "measures of other songs are not taken"
    make_index(other)
    found = opened_index(other)
    assert found is not None and found.words == ("", "", "low", "rain")
    other.close()


def test_measuring_that_was_cancelled_goes_on_and_ends_as_if_it_had_not_been(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(word_measuring, "_AT_ONCE", 2)
    for name in ("whole", "broken"):
        (tmp_path / name).mkdir()
    whole, broken = made(tmp_path / "whole"), made(tmp_path / "broken")
    make_index(whole)
    seen: list[tuple[int, int]] = []
    with pytest.raises(CancelledError, match="song 3 of 5"):
        make_index(broken, lambda done, total: seen.append((done, total)), lambda: len(seen) > 0)
    assert opened_index(broken) is None
    # A process that was killed has written more than its last whole batch.
    part = index_folder(broken.path).with_name("songs.duckdb.words.part")
    for name in ("raw", "lengths", "spelled"):
        with (part / name).open("ab") as file:
            file.write(b"torn")
    seen.clear()
    make_index(broken, lambda done, total: seen.append((done, total)))
    assert seen == [(2, 5), (4, 5), (5, 5)], "songs that are measured are not measured again"
    one, other = opened_index(whole), opened_index(broken)
    assert one is not None and other is not None
    assert one.words == other.words
    assert one.tokens.tolist() == other.tokens.tolist()
    assert one.starts.tolist() == other.starts.tolist()
    told = "SELECT * FROM measured.songs ORDER BY ALL"
    assert whole.rows(told) == broken.rows(told)
    assert {path.name for path in index_folder(broken.path).iterdir()} == {
        *("words.duckdb", "tokens.npy", "starts.npy"),
    }
    whole.close()
    broken.close()


@pytest.mark.parametrize("harm", ["other songs", "no database", "cut short"])
def test_what_cannot_be_gone_on_with_is_begun_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, harm: str
) -> None:
    monkeypatch.setattr(word_measuring, "_AT_ONCE", 2)
    store = made(tmp_path)
    with pytest.raises(CancelledError):
        make_index(store, cancelled=iter([False, False, True]).__next__)
    part = index_folder(store.path).with_name("songs.duckdb.words.part")
    if harm == "other songs":
        store.close()
        table = read_table("a.csv", b"title,lyrics\nX,low rain\n")
        store_of_table(table, store.path, "a.csv")
        store = SongStore(store.path)
    elif harm == "no database":
        (part / "words.duckdb").write_bytes(b"no database")
    else:
        (part / "raw").write_bytes(b"")
    seen: list[int] = []
    make_index(store, lambda done, _: seen.append(done))
    assert seen[-1] == (1 if harm == "other songs" else 5)
    assert seen[0] == min(2, seen[-1])
    index = opened_index(store)
    assert index is not None and len(index.starts) == seen[-1] + 1
    store.close()


def test_who_measures_the_same_songs_is_waited_for(tmp_path: Path) -> None:
    store = made(tmp_path)
    lock = tmp_path / "songs.duckdb.words.lock"
    with FileLock(lock), pytest.raises(CancelledError, match="before it began"):
        make_index(store, cancelled=iter([False, True]).__next__)
    make_index(store)
    assert opened_index(store) is not None
    store.close()


def test_damaged_measures_are_told_of_and_made_anew_once_deleted(tmp_path: Path) -> None:
    store = made(tmp_path)
    make_index(store)
    store.close()
    folder = index_folder(store.path)
    (folder / "words.duckdb").write_bytes(b"no database")
    again = SongStore(store.path)
    with pytest.raises(InputError, match="delete that folder"):
        opened_index(again)
    shutil.rmtree(folder)
    assert opened_index(again) is None
    again.close()


def test_songs_of_which_none_has_words(tmp_path: Path) -> None:
    with writing(tmp_path / "songs.duckdb", {"kind": "none"}) as writer:
        writer.add_songs([song_row(id="a", year=1990), song_row(id="b")])
    store = SongStore(tmp_path / "songs.duckdb")
    make_index(store)
    index = opened_index(store)
    assert index is not None
    assert phrases(index, rows(store), 2).songs == 0
    assert measured_songs(store, "mattr") == (0, 2)
    assert len(measure_by(store, "mattr", "year")) == 0
    store.close()


def test_rare_words_of_a_large_vocabulary_share_a_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(word_measuring, "MOST_WORDS", 2)
    store = made(tmp_path)
    make_index(store)
    index = opened_index(store)
    assert index is not None and len(index.numbers) == 2
    assert set(phrases(index, rows(store), 2, weak=True).table["phrase"]) <= {"baby the"}
    store.close()
