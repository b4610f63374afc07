"""The ablation tells what features are worth."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from engine.errors import InputError
from train import augmentation_ablation
from train.genre_data import log_prior


def test_the_ablation_tells_what_features_are_worth(tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    labels = generator.integers(12, size=600)
    artists = np.array([f"artist {i % 60}" for i in range(600)])
    for arm, knows in (("roberta", 3.0), ("roberta-without", 1.0)):
        (tmp_path / arm).mkdir()
        for split in ("validation", "test"):
            logits = generator.normal(size=(600, 12))
            logits[np.arange(600), labels] += knows
            path = tmp_path / arm / f"answers_{split}.npz"
            np.savez(path, logits=logits, labels=labels, artists=artists)
    prior = log_prior(labels)
    with pytest.raises(InputError, match="roberta-shuffled"):
        augmentation_ablation.comparison(tmp_path, prior)
    shutil.copytree(tmp_path / "roberta", tmp_path / "roberta-shuffled")
    lines = augmentation_ablation.comparison(tmp_path, prior)
    assert len(lines) == 5
    assert lines[3].startswith("| `without` |")
    assert lines[3].count("p 0.001") == 3
    worse = [float(cell.split()[0]) for cell in lines[3].split("|")[3::2] if cell.strip()]
    assert len(worse) == 3
    assert min(worse) > 0.1
    assert lines[4].count("0.000 [0.000, 0.000], p 1.000") == 3
