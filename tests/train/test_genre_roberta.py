"""What RoBERTa hears, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from engine.errors import InputError
from train import genre_roberta
from train.genre_data import read_split


def test_ablations_feed_nothing_or_the_wrong_song() -> None:
    features = torch.arange(20.0).reshape(10, 2), torch.arange(30.0).reshape(10, 3)
    without = genre_roberta.augmented(features, "without")
    assert not without[0].any()
    assert not without[1].any()
    shuffled = genre_roberta.augmented(features, "shuffled")
    assert not torch.equal(shuffled[0], features[0])
    assert torch.equal(shuffled[0].sort(0).values, features[0])
    rows = (shuffled[0][:, 0] / 2).long()
    assert torch.equal(shuffled[1], features[1][rows])  # tags and genres of one song stay together


def test_roberta_refuses_songs_without_features(
    with_tiny_models: Path, genre_corpus: Path, tmp_path: Path
) -> None:
    split = read_split(genre_corpus, "train")
    with pytest.raises(InputError, match="cross-fit"):
        genre_roberta.cross_fitted(split, tmp_path / "none.npz")
    path = tmp_path / "few.npz"
    np.savez(path, tags=np.zeros((1, 24)), genres=np.zeros((1, 12)), songs=np.array(["a"]))
    with pytest.raises(InputError, match="lacks 120 of 120"):
        genre_roberta.cross_fitted(split, path)
