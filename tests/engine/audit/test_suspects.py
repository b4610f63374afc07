"""Labels that were made wrong are found, and named with what they should have been."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine.audit.answers import OUT_OF_FOLD, song_keys
from engine.audit.comparison import Compared, compared
from engine.audit.error_words import error_words
from engine.audit.learned import keep_learned, learned_by
from engine.audit.out_of_fold import out_of_fold
from engine.audit.suspects import suspects
from engine.corpora import read_table
from engine.corpora.store import ALL, SongStore, store_of_table
from engine.corpora.store.word_measuring import make_index
from engine.errors import CancelledError, InputError
from tests.engine.batch.quick_model import write_card

WORDS = {
    "folk": "lantern harbour shepherd barley",
    "metal": "abyss iron throne ashes",
    "pop": "confetti heartbeat phone sparkle",
}
WRONG = {4: "metal", 31: "pop"}  # folk and metal by their words


def labelled_songs(wrong: dict[int, str]) -> pd.DataFrame:
    chance = np.random.default_rng(0)
    genres = [list(WORDS)[n // 30] for n in range(90)]
    lyrics = [
        "\n".join(
            " ".join(chance.choice([*WORDS[genre].split(), "the", "rain"], 5)) for _ in range(6)
        )
        for genre in genres
    ]
    return pd.DataFrame(
        {
            "id": [f"s{n}" for n in range(90)],
            "title": [f"Title {n}" for n in range(90)],
            "artist": [f"Artist {n % 30}" for n in range(90)],
            "genre": [wrong.get(n, genre) for n, genre in enumerate(genres)],
            "lyrics": lyrics,
        }
    )


def stored(table: pd.DataFrame, folder: Path) -> SongStore:
    data = table.to_csv(index=False).encode()
    store_of_table(read_table("songs.csv", data), folder / "songs.duckdb", "songs.csv")
    return SongStore(folder / "songs.duckdb")


def test_wrong_labels_are_found_out_of_fold(tmp_path: Path) -> None:
    table = labelled_songs(WRONG)
    store = stored(table, tmp_path)
    seen: list[tuple[int, int]] = []
    answers = out_of_fold(table, lambda *step: seen.append(step))
    assert answers.origin == OUT_OF_FOLD
    assert seen[-1] == (5, 5)
    whole = compared(store, ALL, [answers], song_keys(store))
    found = suspects(whole, answers.name)
    assert dict(zip(found["row"], found["suggested"], strict=True)) == {4: "folk", 31: "metal"}
    assert found["given"].tolist() == [WRONG[row] for row in found["row"]]
    assert (found["p_suggested"] > found["p_given"]).all()
    assert found["p_given"].is_monotonic_increasing


def test_right_labels_are_no_suspects(tmp_path: Path) -> None:
    table = labelled_songs({})
    store = stored(table, tmp_path)
    whole = compared(store, ALL, [out_of_fold(table)], song_keys(store))
    assert suspects(whole, whole.models[0]).empty


def test_out_of_fold_answers_can_be_cancelled_and_refused() -> None:
    table = labelled_songs({})
    with pytest.raises(CancelledError):
        out_of_fold(table, cancelled=lambda: True)
    with pytest.raises(InputError, match="two genres"):
        out_of_fold(table.head(30))
    with pytest.raises(InputError, match="shared"):
        out_of_fold(table.assign(lyrics=[f"w{n} v{n} u{n}" for n in range(90)]))


def test_words_that_go_with_errors_are_those_of_the_songs_told_wrongly(
    store: SongStore, whole: Compared
) -> None:
    words = error_words(store, whole, "First", "rock")
    assert words["word"][0] == "neon"
    assert "gravel" not in words["word"][:3].tolist()
    with pytest.raises(InputError, match="all 40 songs of 'folk' right"):
        error_words(store, whole, "First", "folk")


def test_words_of_errors_are_the_same_once_the_store_s_words_are_measured(
    table: pd.DataFrame, whole: Compared, store: SongStore, tmp_path: Path
) -> None:
    data = table.to_csv(index=False).encode()
    store_of_table(read_table("songs.csv", data), tmp_path / "songs.duckdb", "songs.csv")
    measured = SongStore(tmp_path / "songs.duckdb")
    make_index(measured)
    told, read = (error_words(of, whole, "First", "rock") for of in (measured, store))
    # Measured words count figures too; words that are alike in all may come in any order.
    assert told["z"].tolist() == pytest.approx(read["z"].tolist(), rel=0.02)
    columns = ["word", "songs", "uses", "uses_elsewhere"]
    first = told["z"] > told["z"].min() + 1e-9
    of = [set(one.loc[first, columns].itertuples(index=False, name=None)) for one in (told, read)]
    assert of[0] == of[1]
    measured.close()


def test_too_few_songs_are_refused(whole: Compared) -> None:
    few = Compared(
        whole.songs.head(6),
        whole.models,
        whole.labels,
        {name: values[:6] for name, values in whole.probabilities.items()},
        whole.matches,
    )
    with pytest.raises(InputError, match="20 songs of two genres"):
        suspects(few, "First")


def test_what_a_model_has_learnt_is_known_by_the_words_however_they_are_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write_card(tmp_path / "llama", "2026-01-01")
    monkeypatch.setenv("LYRICLAB_MODELS", str(tmp_path))
    assert learned_by("llama").checksums is None
    assert not learned_by("llama").among(["Rain on the wall"]).any()
    data = learned_by("llama").data
    keep_learned(["Rain on the wall", "no other"], "ab", tmp_path)
    keep_learned(["a third"], "ab", tmp_path)
    again = learned_by("llama")
    assert again.data == data
    assert again.among(["rain,\non the WALL!", "rain on a wall", "a third"]).tolist() == [
        *(True, False, True),
    ]
