"""Guests are scored as everybody is, change nothing for the others, and leave without a trace."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from engine.errors import InputError
from engine.evaluation.board.guests import add_guest, guest_answers, remove_guest
from engine.evaluation.board.predictions import predictions
from engine.evaluation.board.ranking import board
from engine.evaluation.board.records import (
    EvaluationRecord,
    append_records,
    read_records,
    results_folder,
)
from engine.evaluation.board.sets import EvaluationSet, evaluation_sets
from engine.evaluation.board.summaries import board_labels, class_f1_table, prediction_tables
from engine.evaluation.measuring import scored_records
from engine.evaluation.metrics.genre import GENRE_METRICS, class_metrics
from engine.evaluation.runner import EvaluationRun
from engine.evaluation.tasks.data import write_predictions

GENRES = ("blues", "folk", "pop", "rock")
Songs = pd.DataFrame


@pytest.fixture(autouse=True)
def _scorer(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = SimpleNamespace(
        signature="bertscore|fake",
        score=lambda given, wanted: np.array(
            [[float(a == b)] * 3 for a, b in zip(given, wanted, strict=True)]
        ).reshape(-1, 3),
    )
    monkeypatch.setattr("engine.evaluation.metrics.bertscore.bert_scorer", lambda _name: fake)


@pytest.fixture
def songs(predicted: Callable[..., pd.DataFrame], record: Callable[..., EvaluationRecord]) -> Songs:
    """A board with one model on it; its songs."""
    table = predicted(60)
    common = record(n=len(table), run="r", predictions="predictions/llama.parquet")
    write_predictions(table, {"run": "r"}, results_folder() / common.predictions)
    append_records(scored_records(table, (*GENRE_METRICS, *class_metrics(GENRES)), common))
    return table[["id", "reference"]]


def the_set() -> EvaluationSet:
    return evaluation_sets(read_records()[0], "genre")[0]


def added(name: str, data: bytes, mine: frozenset[str] = frozenset()) -> EvaluationRun:
    return add_guest(name, data, read_records()[0], the_set(), mine=mine)


def csv_of(songs: Songs, label: str | None = None) -> bytes:
    table = songs.rename(columns={"reference": "label"})
    if label:
        table["label"] = label
    return table.to_csv(index=False).encode()


def test_a_guest_joins_the_board_and_no_line_of_others_is_touched(songs: Songs) -> None:
    before = (results_folder() / "genre.jsonl").read_bytes()
    run = added("  Ann\n ", csv_of(songs))
    assert run.problems == ()
    assert {r.metric for r in run.records}.isdisjoint({"log-loss", "ece", "latency-p50"})
    places = {s.name: s.place for s in board(read_records()[0], the_set(), "accuracy").standings}
    assert places == {"Ann (guest)": 1, "llama": 2}
    assert (results_folder() / "genre.jsonl").read_bytes() == before


def test_a_guest_may_bring_probabilities(songs: Songs) -> None:
    table = songs[["id"]].copy()
    for label in GENRES:
        table[label.upper()] = np.where(songs["reference"] == label, 0.97, 0.01)
    values = {r.metric: r.value for r in added("Ben", table.to_csv(index=False).encode()).records}
    assert values["accuracy"] == 1.0
    assert values["log-loss"] == pytest.approx(-np.log(0.97), abs=1e-9)


def test_a_filled_template_is_taken_as_it_is(songs: Songs) -> None:
    told = {"title": "Rain, again", "lyrics": "Slow rain\n\non the road"}
    filled = songs.assign(**told).rename(columns={"reference": "label"})
    assert added("Ann", filled.to_csv(index=False).encode()).problems == ()

    shares = songs[["id"]].assign(**told, label="", **dict.fromkeys(GENRES, 0.25))
    run = added("Ben", shares.to_csv(index=False).encode())
    assert run.problems == ()
    assert {r.metric for r in run.records} >= {"accuracy", "log-loss"}


def test_unknown_labels_are_wrong_and_add_nothing_to_the_figures(songs: Songs) -> None:
    run = added("Cy", csv_of(songs, "Polka"))
    assert "does not know polka" in run.problems[0]
    assert run.records[0].value == 0.0
    records = read_records()[0]
    assert not [r for r in records if r.metric.endswith("/polka")]
    assert list(class_f1_table(records, the_set()).columns) == sorted(GENRES)
    tables, _ = prediction_tables(records, the_set())
    assert set(tables["Cy (guest)"]["prediction"]) == {"polka"}
    assert board_labels(tables) == sorted(GENRES)


def test_a_guest_that_is_removed_leaves_nothing(songs: Songs) -> None:
    before = read_records()[0]
    run = added("Ann", csv_of(songs)).records[0].run
    remove_guest(run)
    assert read_records() == (before, [])
    assert not list((results_folder() / "guests").iterdir())
    remove_guest(run)  # by another click


def test_nothing_but_a_guest_is_removed(songs: Songs) -> None:
    outside = results_folder() / "genre.jsonl"
    for run in ("../genre", "r", "", "0123456789ab\n", "*"):
        with pytest.raises(InputError, match="There is no guest"):
            remove_guest(run)
    assert outside.exists()


def test_a_name_belongs_to_the_visitor_who_took_it(songs: Songs) -> None:
    first = added("Ann", csv_of(songs)).records[0].run
    with pytest.raises(InputError, match="Another guest is called 'Ann' here; choose another"):
        added("Ann", csv_of(songs, "rock"))
    added("Ann", csv_of(songs, "rock"), mine=frozenset({first}))
    (ann,) = [r for r in read_records()[0] if (r.kind, r.metric) == ("guest", "accuracy")]
    assert ann.value < 1
    assert set(predictions(ann)["prediction"]) == {"rock"}


def test_guests_of_earlier_days_stay_readable(
    songs: Songs, record: Callable[..., EvaluationRecord], tmp_path: Path
) -> None:
    append_records([record(kind="guest", model="Old", run="0", metric="f1/polka", value=0.1)])
    records = read_records()[0]
    assert "Old" in {r.model for r in records}
    assert "polka" not in class_f1_table(records, the_set()).columns


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.replace("id,", "key,", 1), "needs a column 'id'"),
        (lambda text: text.replace("label", "guess", 1), "a column 'label'"),
        (lambda text: text[: len(text) // 2].rsplit("\n", 1)[0], "songs are not answered"),
        (lambda text: text + text.splitlines()[1] + "\n", "answered twice"),
        (lambda text: text.replace("rock", "", 1), "has no label"),
        (lambda text: text.replace("rock", "blues,rock", 1), "3 values for 2 columns"),
        (lambda _text: "", "holds no rows"),
        (lambda text: text + '"', "CSV"),
        (lambda text: text.replace("rock", "b" * 41, 1), "is no label"),
        (lambda text: text.replace("rock", "b\x1bues", 1), "is no label"),
    ],
)
def test_unusable_guest_files_say_why(
    change: Callable[[str], str], said: str, songs: Songs
) -> None:
    with pytest.raises(InputError, match=said):
        added("Dee", change(csv_of(songs).decode()).encode())
    assert not [r for r in read_records()[0] if r.kind == "guest"]


def test_a_guest_with_a_label_of_its_own_for_every_song_is_refused() -> None:
    ids = [f"s{number}" for number in range(101)]
    rows = "\n".join(f"{identity},label {identity}" for identity in ids)
    with pytest.raises(InputError, match="101 different labels; at most 100"):
        guest_answers(f"id,label\n{rows}\n".encode(), ids)


@pytest.mark.parametrize(
    ("values", "said"),
    [("0.5,0.2", "sum to 0.700"), ("2,-1", "no probability"), ("x,1", "no probability"),
     ("nan,1", "no probability")],
)  # fmt: skip
def test_impossible_probabilities_are_refused(values: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        guest_answers(f"id,pop,rock\na,{values}\n".encode(), ["a"])
