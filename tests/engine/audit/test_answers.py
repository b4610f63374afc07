"""Answers find their songs again: by id and words, by words alone, never by id alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine.audit.answers import (
    FILE,
    Answers,
    matched,
    read_answers,
    song_keys,
    text_key,
)
from engine.corpora.sources import Source
from engine.corpora.store import SongStore
from engine.corpora.store.schema import song_row
from engine.corpora.store.writing import Reached, writing
from engine.errors import InputError
from tests.engine.audit.conftest import LABELS, SONGS, genre_of, sure_of


def batch_table(table: pd.DataFrame) -> pd.DataFrame:
    """As `python -m engine batch` writes it."""
    shares = [sure_of(genre_of(n)) for n in range(len(table))]
    told = {f"p_{label}": [share[at] for share in shares] for at, label in enumerate(LABELS)}
    return table.assign(
        prediction=[genre_of(n) for n in range(len(table))], confidence=0.8, **told, error=None
    )


def test_words_have_one_key_in_the_store_and_in_python(store: SongStore) -> None:
    keys = song_keys(store)
    assert len(keys) == SONGS
    for row in (0, 59):
        lyrics = store.song(row)["lyrics"]
        elsewhere = " " + lyrics.replace("\n", " \r\n") + "\n"
        assert keys["text"][row] == text_key(lyrics) == text_key(elsewhere)
    assert text_key("a b") != text_key("a\nb")


def test_a_store_tells_the_checksums_of_any_words_as_python_does(tmp_path: Path) -> None:
    texts = ["a\nb", "a \nb", "a\n\tb", " a\nb\n", "a\r\nb", "a\x00b", "a\n\x00 \nb", "a  b", "\n"]
    rows = [song_row(id=str(n), lyrics=text) for n, text in enumerate(texts)]
    with (
        writing(tmp_path / "songs.duckdb", {"kind": "test"}) as writer,
        writer.batch("test", Reached(0, len(texts))),
    ):
        writer.add_songs(rows)
    store = SongStore(tmp_path / "songs.duckdb")
    assert song_keys(store)["text"].tolist() == [text_key(text) for text in texts]
    store.close()


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".parquet"])
def test_a_table_that_batch_wrote_is_joined_whatever_its_order(
    table: pd.DataFrame, store: SongStore, tmp_path: Path, ending: str
) -> None:
    written = batch_table(table).iloc[::-1]
    path = tmp_path / f"scored{ending}"
    if ending == ".csv":
        written.to_csv(path, index=False)
    elif ending == ".jsonl":
        written.to_json(path, orient="records", lines=True)
    else:
        written.to_parquet(path, index=False)
    answers = read_answers(Source.of_upload(path.name, path.read_bytes()))
    assert (answers.name, answers.origin, answers.labels) == (path.name, FILE, LABELS)
    match = matched(song_keys(store), answers)
    assert match.places.tolist() == list(range(SONGS))[::-1]
    assert (match.other_words, match.elsewhere) == (0, 0)


def test_without_an_id_the_words_are_enough(table: pd.DataFrame, store: SongStore) -> None:
    data = batch_table(table).drop(columns="id").iloc[5:].to_csv(index=False).encode()
    match = matched(song_keys(store), read_answers(Source.of_upload("some.csv", data)))
    assert match.places[:5].tolist() == [-1] * 5
    assert match.places[5:].tolist() == list(range(SONGS - 5))


def test_an_answer_to_other_words_of_the_same_id_is_not_taken(
    table: pd.DataFrame, store: SongStore
) -> None:
    changed = table.assign(lyrics=["other words now", "none of these", *table["lyrics"][2:]])
    changed.loc[1, "id"] = "stranger"
    data = batch_table(changed).to_csv(index=False).encode()
    match = matched(song_keys(store), read_answers(Source.of_upload("some.csv", data)))
    assert match.places[:2].tolist() == [-1, -1]
    assert (match.other_words, match.elsewhere) == (1, 1)


def test_rows_with_an_error_have_no_answer(table: pd.DataFrame) -> None:
    written = batch_table(table.head(3))
    written["error"] = written["error"].astype(object)
    written.loc[1, ["prediction", "confidence", *(f"p_{label}" for label in LABELS)]] = None
    written.loc[1, "error"] = "The lyric is missing."
    answers = read_answers(Source.of_upload("a.csv", written.to_csv(index=False).encode()))
    assert (len(answers.songs), answers.not_answered) == (2, 1)


def test_kept_answers_come_back_as_they_were(first: Answers, tmp_path: Path) -> None:
    path = tmp_path / "first.answers.parquet"
    replace(first, model="llama", not_answered=2, revision="abc").write(path)
    again = read_answers(Source.of_file(path))
    told = (again.name, again.model, again.not_answered, again.revision)
    assert told == ("First", "llama", 2, "abc")
    assert again.songs.equals(first.songs)
    assert np.array_equal(again.probabilities, first.probabilities)


def test_what_holds_no_answers_is_refused_in_a_sentence(table: pd.DataFrame) -> None:
    with pytest.raises(InputError, match="holds no answers"):
        read_answers(Source.of_upload("a.csv", table.to_csv(index=False).encode()))
    wrong = batch_table(table.head(2)).assign(p_folk=3.0)
    with pytest.raises(InputError, match=r"Row 1 of .* no probabilities"):
        read_answers(Source.of_upload("a.csv", wrong.to_csv(index=False).encode()))
    with pytest.raises(InputError, match="not readable as Parquet"):
        read_answers(Source.of_upload("a.parquet", b"PAR1 no"))


def test_later_answers_of_the_same_model_join_the_older_ones(first: Answers) -> None:
    old = replace(first, songs=first.songs[:50], probabilities=first.probabilities[:50])
    new = replace(first, songs=first.songs[40:70], probabilities=first.probabilities[40:70] / 2)
    both = new.with_older(old)
    assert sorted(both.songs["id"]) == sorted(first.songs["id"][:70])
    assert both.probabilities[0].sum() == pytest.approx(0.5), "the newer answer counts"
    assert new.with_older(replace(old, revision="other")) is new


def test_of_answers_to_the_same_words_a_song_takes_the_one_of_its_id(first: Answers) -> None:
    songs = pd.DataFrame({"id": ["x", "b", "a"], "text": ["one", "one", "two"]})
    two = replace(first, songs=songs, probabilities=first.probabilities[:3])
    keys = pd.DataFrame({"row": [0, 1, 2], "id": ["a", "b", "c"], "text": ["one", "one", "two"]})
    assert matched(keys, two).places.tolist() == [0, 1, 2]
