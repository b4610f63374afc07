"""Guests, test sets and genres named by strangers: shown letter by letter in every view."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from engine.errors import InputError
from engine.evaluation.board.records import append_records
from engine.evaluation.measuring import scored_records
from engine.evaluation.metrics.bertscore import bertscore_metrics
from engine.evaluation.metrics.genre import GENRE_METRICS, class_metrics
from engine.evaluation.tasks.data import write_predictions
from tests.pages.leaderboard.conftest import SIGNATURE, genre_answers, record
from tests.pages.live_text import HOSTILE, live, shows
from ui import evaluations
from ui.leaderboard.views import QUESTIONS

Opened = Callable[..., AppTest]


def hostile_answers(seed: int) -> pd.DataFrame:
    named = {"blues": HOSTILE, "p:blues": f"p:{HOSTILE}"}
    table = genre_answers(2.5, seed).replace({"reference": named, "prediction": named})
    return table.rename(columns=named).assign(id=lambda rows: rows["id"] + f" {HOSTILE}")


@pytest.fixture
def hostile(results: Path) -> Path:
    labels = (HOSTILE, "folk", "pop", "rock")
    metrics = (*GENRE_METRICS, *class_metrics(labels), *bertscore_metrics(SIGNATURE))
    for number, name in enumerate((HOSTILE, f"second {HOSTILE}")):
        table, file = hostile_answers(number + 1), f"predictions/{number}.parquet"
        common = record(
            name,
            "accuracy",
            0.5,
            n=len(table),
            predictions=file,
            dataset=HOSTILE,
            device=HOSTILE,
            base=HOSTILE,
            kind="guest",
            run=f"run-{number}",
        )
        write_predictions(table, {"run": common.run}, results / file)
        append_records(scored_records(table, metrics, common), results)
        costs = {"latency-p50": 0.1, "latency-p95": 0.2, "peak-memory": 90.0, "size": 20.0}
        append_records(
            (
                record(name, cost, value, dataset=HOSTILE, device=HOSTILE, kind="guest")
                for cost, value in costs.items()
            ),
            results,
        )
    return results


@pytest.mark.parametrize("view", [view for of in QUESTIONS["genre"].values() for view in of])
def test_views(opened: Opened, hostile: Path, view: str) -> None:
    page = opened(view=view)
    assert not page.exception
    assert shows(page)
    assert not live(page)


def test_one_song(opened: Opened, hostile: Path) -> None:
    page = opened(view="Songs", song=f"song000 {HOSTILE}", only_wrong="false")
    assert page.button(key="song_open_page")
    assert not live(page)


def test_an_evaluation_that_was_refused(
    opened: Opened, hostile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> object:
        raise InputError(f"'{HOSTILE}' has no column of lyrics.")

    monkeypatch.setattr("engine.evaluation.runner.evaluate", refused)
    plan = evaluations.Plan("genre", ("majority",), evaluations.File(f"{HOSTILE}.csv", b""))
    page = opened()
    evaluation = evaluations.begin(plan, page.session_state["_visit"].owner)
    assert evaluation.job is not None
    with pytest.raises(InputError):
        evaluation.job.result()
    page.run()
    assert page.error
    assert not live(page)
