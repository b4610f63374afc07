"""Small predictions and records, made up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine.evaluation.board.records import EvaluationRecord

LABELS = ("blues", "folk", "pop", "rock")


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LYRICLAB_RESULTS", str(tmp_path / "results"))


@pytest.fixture
def predicted() -> Callable[..., pd.DataFrame]:
    """A table of predictions: `skill` is how much the true class is favoured."""

    def table(songs: int = 400, skill: float = 1.0, seed: int = 0) -> pd.DataFrame:
        truth = np.random.default_rng(7)
        reference = truth.choice(LABELS, songs, p=(0.1, 0.2, 0.3, 0.4))
        cluster = truth.integers(0, songs // 4, songs)
        draw = np.random.default_rng(seed)
        logits = draw.normal(size=(songs, len(LABELS)))
        logits[np.arange(songs), [LABELS.index(label) for label in reference]] += skill
        probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        found = pd.DataFrame(
            {
                "id": [f"{index:05d}" for index in range(songs)],
                "reference": reference,
                "prediction": [LABELS[index] for index in probabilities.argmax(axis=1)],
                "words": truth.integers(20, 700, songs),
                "year": pd.array(truth.integers(1950, 2020, songs), dtype="Int16"),
                "cluster": [f"{number:08x}" for number in cluster],
            }
        )
        for index, label in enumerate(LABELS):
            found[f"p:{label}"] = probabilities[:, index]
        return found

    return table


@pytest.fixture
def record() -> Callable[..., EvaluationRecord]:
    """A record; any field can be named."""

    def make(**changed: object) -> EvaluationRecord:
        values: dict[str, object] = {
            "task": "genre",
            "model": "llama",
            "base": "tiny",
            "preset": "embedded",
            "kind": "model",
            "revision": "abc",
            "dataset": "genre",
            "dataset_sha256": "0" * 64,
            "split": "test",
            "metric": "accuracy",
            "signature": "v1",
            "value": 0.5,
            "low": 0.4,
            "high": 0.6,
            "n": 400,
            "seed": 0,
            "seconds": 1.5,
            "device": "CPU",
            "commit": "abc",
            "time": "2026-01-01T00:00:00+00:00",
            "run": "r1",
            "predictions": "",
        }
        return EvaluationRecord(**{**values, **changed})  # type: ignore[arg-type]

    return make
