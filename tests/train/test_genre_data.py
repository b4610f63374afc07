"""The genre corpus as training reads it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.classifiers.prediction import GENRES
from engine.errors import InputError
from train.genre_data import capped, read_split, sample_weights, tag_targets, top_tags


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
