"""The genre corpus as training reads it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine.classifiers.prediction import GENRES
from engine.errors import InputError
from train.genre_data import (
    capped,
    corpus_sha256,
    corrections,
    drawn_text,
    read_split,
    read_splits,
    sample_weights,
    tag_targets,
    top_tags,
)


def test_a_split_is_read_in_order_with_its_labels(genre_corpus: Path) -> None:
    split = read_split(genre_corpus, "train")
    assert len(split) == 120
    assert [GENRES[label] for label in split.labels[:3]] == ["blues"] * 3
    assert split.noisy.mean() == 0.5
    assert split.tags[0] == ()
    assert split.tags[1] == ("blues revival", "modern blues")


def test_a_missing_split_names_what_is_wanted(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"train, validation, test\.parquet"):
        read_split(tmp_path, "train")


def test_tags_are_ranked_and_songs_without_tags_teach_none(genre_corpus: Path) -> None:
    split = read_split(genre_corpus, "train")
    tags = top_tags(split, 5)
    assert len(tags) == 5
    targets = tag_targets(split, tags)
    assert targets.shape == (120, 5)
    assert np.isnan(targets[0]).all()
    assert set(np.unique(targets[~np.isnan(targets)])) == {0.0, 1.0}


def test_rare_classes_weigh_more_and_noisy_labels_less(genre_corpus: Path) -> None:
    split = read_split(genre_corpus, "train").subset([*range(10), 10, 11])
    weights = sample_weights(split, power=1.0, noisy_weight=0.5)
    assert weights.mean() == pytest.approx(1)
    common, rare = weights[0], weights[10]
    assert rare == pytest.approx(5 * common * (1 if split.noisy[10] == split.noisy[0] else 0.5))


def test_a_cap_prefers_songs_labelled_one_by_one(genre_corpus: Path) -> None:
    split = capped(read_split(genre_corpus, "train"), 5, seed=0)
    assert np.bincount(split.labels).tolist() == [5] * 12
    assert not split.noisy.any()


def test_extra_songs_are_learnt_from_and_told_of(genre_corpus: Path, tmp_path: Path) -> None:
    for path in genre_corpus.glob("*.parquet"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    alone = corpus_sha256(tmp_path)
    assert alone == corpus_sha256(genre_corpus)
    pd.read_parquet(tmp_path / "test.parquet").head(7).to_parquet(tmp_path / "extra.parquet")
    splits = read_splits(tmp_path)
    assert len(splits["train"]) == 127
    assert len(splits["test"]) == len(read_split(genre_corpus, "test"))
    assert corpus_sha256(tmp_path) != alone


def test_labels_known_to_be_wrong_are_put_right(tmp_path: Path) -> None:
    rows = [("J. Cole", "jazz"), ("J. Cole", "rock"), ("Somebody Else", "jazz")]
    pd.DataFrame(
        [{"lyrics": "one two three four", "artist": a, "genre": g} for a, g in rows]
    ).to_parquet(tmp_path / "test.parquet")
    split = read_split(tmp_path, "test")
    assert [GENRES[label] for label in split.labels] == ["hip-hop", "rock", "jazz"]
    assert all(wrong != right for (_, wrong), right in corrections().items())


def test_songs_are_shown_in_forms_that_the_seed_draws(genre_corpus: Path) -> None:
    split = read_split(genre_corpus, "train")
    first, second = split.in_forms(2, seed=0)
    assert [form.keys() for form in split.in_forms(2, seed=0)] == [first.keys(), second.keys()]
    assert split.in_forms(1, seed=1)[0].keys() != first.keys()
    assert sum(a != b for a, b in zip(split.keys(), first.keys(), strict=True)) > len(split) / 6
    assert first.labels is split.labels
    assert len(split.joined(first, second)) == 3 * len(split)


def test_a_form_stands_for_the_song_as_often_as_asked() -> None:
    texts = ["whole", "one", "two"]
    drawn = [drawn_text(texts, 0.5) for _ in range(2000)]
    assert 900 < drawn.count("whole") < 1100
    assert 400 < drawn.count("one") < 600
    assert {drawn_text(texts, 0.0) for _ in range(50)} == {"whole"}
    assert drawn_text(["whole"], 1.0) == "whole"
