"""Small results folders: made-up answers of a few models on a few songs, scored by the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from engine.evaluation.board.records import EvaluationRecord, append_records
from engine.evaluation.measuring import scored_records
from engine.evaluation.metrics.bertscore import bertscore_metrics
from engine.evaluation.metrics.chords import CHORD_METRICS
from engine.evaluation.metrics.genre import GENRE_METRICS, class_metrics
from engine.evaluation.tasks.data import write_predictions
from ui import evaluations

SIGNATURE = "bertscore|tiny@0123456789ab|layer=1"
GENRES = ("blues", "folk", "pop", "rock")


def record(model: str, metric: str, value: float, **changes: object) -> EvaluationRecord:
    fields: dict[str, object] = {
        "task": "genre",
        "model": model,
        "base": "none",
        "preset": "",
        "kind": "baseline" if model == "majority" else "model",
        "revision": "r",
        "dataset": "songs",
        "dataset_sha256": "ab" * 32,
        "split": "test",
        "metric": metric,
        "signature": SIGNATURE if metric.startswith("bertscore") else "v1",
        "value": value,
        "low": value - 0.05,
        "high": value + 0.05,
        "n": 100,
        "seed": 0,
        "seconds": 1.0,
        "device": "CPU",
        "commit": "c",
        "time": "2026-01-02T03:04:05+00:00",
        "run": f"run-{model}",
        "predictions": "",
    }
    return EvaluationRecord(**(fields | changes))  # type: ignore[arg-type]


def genre_answers(skill: float, seed: int, songs: int = 120) -> pd.DataFrame:
    """Answers to songs whose truth is the same for every skill and seed."""
    truth = np.random.default_rng(7)
    reference = truth.choice(GENRES, songs, p=(0.1, 0.2, 0.3, 0.4))
    table = pd.DataFrame(
        {
            "id": [f"song{index:03d}" for index in range(songs)],
            "reference": reference,
            "words": truth.integers(20, 700, songs),
            "year": pd.array(truth.integers(1970, 2010, songs), dtype="Int16"),
            "cluster": [f"{number:08x}" for number in truth.integers(0, songs // 3, songs)],
        }
    )
    logits = np.random.default_rng(seed).normal(size=(songs, len(GENRES)))
    logits[np.arange(songs), [GENRES.index(genre) for genre in reference]] += skill
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    table.insert(2, "prediction", [GENRES[index] for index in shares.argmax(axis=1)])
    right = np.asarray(table["prediction"]) == reference
    for part in ("precision", "recall", "f1"):
        table[f"bertscore_{part}"] = np.where(right, 1.0, 0.25)
    for index, genre in enumerate(GENRES):
        table[f"p:{genre}"] = shares[:, index]
    return table


def chord_answers(skill: float, seed: int, songs: int = 60) -> pd.DataFrame:
    """Sums as chord evaluation keeps them, made up."""
    truth = np.random.default_rng(3)
    own = np.random.default_rng(seed)
    hits = own.binomial(20, skill, songs)
    gaps = own.random((songs, 3)) * (1 - skill)
    table = pd.DataFrame(
        {
            "id": [f"tune{index:03d}" for index in range(songs)],
            "genre": truth.choice(GENRES, songs),
            "words": truth.integers(40, 500, songs),
            "year": pd.array(truth.integers(1930, 1990, songs), dtype="Int16"),
            "cluster": [f"{number:08x}" for number in truth.integers(0, songs // 2, songs)],
            "prediction": "C@0 G7@4 / Am@0",
            "valid": 1.0,
            "compliant": 1.0,
        }
    )
    for name in ("place", "near"):
        table[f"{name}_hits"], table[f"{name}_referred"] = hits, 20
        table[f"{name}_given"] = 20
    for name in ("majmin", "sevenths"):
        table[f"{name}_hits"], table[f"{name}_counted"] = hits, 20
    for index, name in enumerate(("entropy", "coverage", "distance")):
        table[name], table[f"{name}_gap"] = 1 + gaps[:, index], gaps[:, index]
    table["next_hits"], table["next_count"] = hits, 20
    table["next_loss"] = 20.0 * (2 - skill)
    for part in ("precision", "recall", "f1"):
        table[f"bertscore_{part}"] = 0.7 + skill / 10
    return table


def measured(
    folder: Path, model: str, table: pd.DataFrame, metrics: tuple[object, ...], **changes: object
) -> None:
    """Keep a model's answers and append its records, costs included."""
    file = f"predictions/{model}.parquet"
    common = record(model, "accuracy", 0.5, n=len(table), predictions=file, **changes)
    write_predictions(table, {"run": common.run}, folder / file)
    append_records(scored_records(table, metrics, common), folder)  # type: ignore[arg-type]
    costs = {"latency-p50": 0.01 * len(model), "latency-p95": 0.2, "peak-memory": 90, "size": 20}
    append_records(
        (
            record(model, name, float(value), low=None, high=None, **changes)
            for name, value in costs.items()
        ),
        folder,
    )


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty results folder."""
    monkeypatch.setenv("LYRICLAB_RESULTS", str(tmp_path))
    return tmp_path


@pytest.fixture
def filled(results: Path) -> Path:
    """Records of two models, without their answers."""
    metrics = ("accuracy", "macro-f1", "bertscore-precision", "bertscore-recall", "bertscore-f1")
    append_records(
        record(model, metric, value)
        for model, value in (("llama", 0.6), ("majority", 0.3))
        for metric in metrics
    )
    return results


@pytest.fixture
def answered(results: Path) -> Path:
    """Two genre models that hardly differ, a bad one, two generators; with their answers."""
    metrics = (*GENRE_METRICS, *class_metrics(GENRES), *bertscore_metrics(SIGNATURE))
    for model, skill, seed in (("llama", 2.5, 1), ("roberta", 2.5, 4), ("majority", 0.0, 3)):
        measured(results, model, genre_answers(skill, seed), metrics)
    chords = (*CHORD_METRICS, *bertscore_metrics(SIGNATURE))
    for model, skill, seed in (("tinyllama", 0.6, 1), ("trigram", 0.3, 2)):
        measured(results, model, chord_answers(skill, seed), chords, task="chords")
    return results


@pytest.fixture
def scorer(monkeypatch: pytest.MonkeyPatch) -> None:
    """BERTScore without its encoder, and models without a size."""
    fake = SimpleNamespace(
        signature=SIGNATURE,
        score=lambda given, wanted: np.array(
            [[float(a == b)] * 3 for a, b in zip(given, wanted, strict=True)]
        ).reshape(-1, 3),
    )
    monkeypatch.setattr("engine.evaluation.metrics.bertscore.bert_scorer", lambda _name: fake)
    monkeypatch.setattr("engine.evaluation.tasks.genre.megabytes_read", lambda *_: 1.0)
    monkeypatch.setattr("engine.evaluation.tasks.chords.megabytes_read", lambda *_: 1.0)


@pytest.fixture(autouse=True)
def _own_evaluations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("LYRICLAB_CACHE", str(tmp_path / "cache"))
    yield
    for evaluation in evaluations.everyones():
        if evaluation.job is not None:
            evaluation.job.cancel()
        evaluations.dismiss(evaluation)


@pytest.fixture
def opened(app: AppTest) -> Callable[..., AppTest]:
    """The page, opened by an address with these parameters."""
    import plotly  # noqa: F401 - so that no test's time is spent on importing
    import scipy.stats  # noqa: F401

    def open_page(**parameters: str) -> AppTest:
        page = app.run().switch_page("pages/leaderboard.py")
        page.query_params.update(parameters)
        return page.run()

    return open_page


@pytest.fixture
def new_record() -> Callable[..., EvaluationRecord]:
    return record
