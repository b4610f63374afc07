"""Places are shared when they should be, and never cross sets of songs or signatures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from engine.errors import InputError
from engine.evaluation.board import ranking, sets
from engine.evaluation.board.answers import disagreements
from engine.evaluation.board.latex import as_latex
from engine.evaluation.board.predictions import predictions
from engine.evaluation.board.records import EvaluationRecord, append_records, read_records
from engine.evaluation.board.summaries import (
    class_f1_table,
    cost_table,
    metric_values,
    prediction_tables,
    reliability_bins,
    score_by_decade,
    score_by_length,
    wide_table,
)
from engine.evaluation.measuring import scored_records
from engine.evaluation.metrics.genre import GENRE_METRICS, class_metrics
from engine.evaluation.tasks.data import write_predictions

Tables = Callable[..., pd.DataFrame]
Records = Callable[..., EvaluationRecord]


@pytest.fixture
def measured(predicted: Tables, record: Records, tmp_path: Path) -> list[EvaluationRecord]:
    """Two good models that do not differ, a bad one, in `tmp_path`."""
    found: list[EvaluationRecord] = []
    for name, skill, seed in (("good", 2.5, 1), ("alike", 2.5, 2), ("bad", 0.3, 3)):
        table = predicted(skill=skill, seed=seed)
        common = record(model=name, run=name, predictions=f"predictions/{name}.parquet")
        write_predictions(table, {"run": name}, tmp_path / common.predictions)
        metrics = (*GENRE_METRICS, *class_metrics(["blues", "rock"]))
        found += scored_records(table, metrics, common)
        for cost, value in (("latency-p50", 0.1), ("size", 5.0)):
            found.append(replace(common, metric=cost, value=value, low=None, high=None))
    append_records(found, tmp_path)
    return read_records(tmp_path)[0]


@pytest.mark.parametrize("metric", ["accuracy", "macro-f1", "log-loss"])
def test_models_that_do_not_differ_share_a_place(
    metric: str, measured: list[EvaluationRecord], tmp_path: Path
) -> None:
    songs = sets.evaluation_sets(measured, "genre")[0]
    board = ranking.board(measured, songs, metric, folder=tmp_path)
    assert {s.name: s.place for s in board.standings} == {"good": 1, "alike": 1, "bad": 3}
    assert board.standings[-1].name == "bad"
    assert len(board.comparisons) == 3
    assert board.detectable is not None
    assert 0 < board.detectable < 0.5
    assert not board.notes


def test_a_bad_model_is_told_from_good_ones_however_many_stand_on_the_board(
    measured: list[EvaluationRecord], record: Records, predicted: Tables, tmp_path: Path
) -> None:
    more: list[EvaluationRecord] = []
    for number in range(12):
        name = f"guest{number}"
        common = record(model=name, run=name, predictions=f"predictions/{name}.parquet")
        table = predicted(skill=2.5, seed=10 + number)
        write_predictions(table, {"run": name}, tmp_path / common.predictions)
        more += scored_records(table, GENRE_METRICS[:2], common)
    songs = sets.evaluation_sets(measured, "genre")[0]
    for metric in ("accuracy", "macro-f1"):
        board = ranking.board([*measured, *more], songs, metric, folder=tmp_path)
        assert len(board.comparisons) == 105
        places = {s.name: s.place for s in board.standings}
        assert places.pop("bad") == 15
        assert max(place for place in places.values() if place) < 15


def test_costs_are_shown_without_places(measured: list[EvaluationRecord], tmp_path: Path) -> None:
    songs = sets.evaluation_sets(measured, "genre")[0]
    board = ranking.board(measured, songs, "latency-p50", folder=tmp_path)
    assert [s.place for s in board.standings] == [None, None, None]


def test_other_data_splits_and_signatures_stay_apart(
    measured: list[EvaluationRecord], tmp_path: Path
) -> None:
    first = measured[0]
    others = [
        replace(first, model="otherdata", dataset_sha256="1" * 64),
        replace(first, model="othersplit", split="test[:5]"),
        replace(first, model="othersign", signature="forged"),
    ]
    records = [*others, *measured]
    found = sets.evaluation_sets(records, "genre")
    assert len(found) == 3
    board = ranking.board(records, found[0], "accuracy", folder=tmp_path)
    assert {s.name for s in board.standings} == {"good", "alike", "bad"}
    assert sets.signatures(records, found[0], "accuracy") == ["v1", "forged"]
    forged = ranking.board(records, found[0], "accuracy", "forged", folder=tmp_path)
    assert [s.name for s in forged.standings] == ["othersign"]


def test_newest_record_of_a_model_counts(measured: list[EvaluationRecord], tmp_path: Path) -> None:
    again = replace(measured[0], value=0.01)
    songs = sets.evaluation_sets(measured, "genre")[0]
    newest = sets.latest([*measured, again], songs, "accuracy")
    assert newest["good"].value == 0.01


def test_lost_predictions_leave_the_intervals_to_judge(
    measured: list[EvaluationRecord], tmp_path: Path
) -> None:
    (tmp_path / "predictions/bad.parquet").unlink()
    (tmp_path / "predictions/alike.parquet").write_bytes(b"PAR1 damaged")
    songs = sets.evaluation_sets(measured, "genre")[0]
    board = ranking.board(measured, songs, "accuracy", folder=tmp_path)
    assert {s.name: s.place for s in board.standings} == {"good": 1, "alike": 1, "bad": 3}
    assert len(board.notes) == 2


def test_predictions_of_another_run_are_not_trusted(
    measured: list[EvaluationRecord], tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="another run"):
        predictions(replace(measured[0], run="other"), tmp_path)
    with pytest.raises(InputError, match="not in the results folder"):
        predictions(replace(measured[0], predictions="../secret.parquet"), tmp_path)


def test_presets_and_guests_are_told_apart(record: Records) -> None:
    assert sets.display_name(record()) == "llama"
    assert sets.display_name(record(preset="full")) == "llama (full)"
    assert sets.display_name(record(kind="guest", model="Ann")) == "Ann (guest)"


def test_unknown_metrics_are_not_offered(measured: list[EvaluationRecord]) -> None:
    songs = sets.evaluation_sets(measured, "genre")[0]
    records = [*measured, replace(measured[0], metric="glory")]
    assert "glory" not in sets.metric_names(records, songs)
    assert "accuracy" in sets.metric_names(records, songs)


def test_tables_for_the_figures(measured: list[EvaluationRecord], tmp_path: Path) -> None:
    songs = sets.evaluation_sets(measured, "genre")[0]
    values = metric_values(measured, songs, ["accuracy", "macro-f1"])
    assert len(values) == 6
    wide = wide_table(measured, songs, ["accuracy"])
    assert wide["model"].tolist() == ["good", "alike", "bad"]
    assert "accuracy low" in wide
    assert class_f1_table(measured, songs).shape == (3, 2)
    assert cost_table(measured, songs)["megabytes"].tolist() == [5.0, 5.0, 5.0]
    tables, problems = prediction_tables(measured, songs, folder=tmp_path)
    assert (len(tables), problems) == (3, ())
    bins = reliability_bins(tables["good"])
    assert bins["songs"].sum() == 400
    for by in (score_by_length, score_by_decade):
        grouped = by(tables)
        assert grouped[grouped["model"] == "bad"]["songs"].sum() == 400


def test_disagreements_are_the_songs_answered_differently(predicted: Tables) -> None:
    first, second = predicted(seed=1), predicted(seed=2)
    found = disagreements(first, second)
    differing = first["prediction"] != second["prediction"]
    assert len(found) == int(differing.sum())
    assert set(found["right"]) == {"first", "second", "neither"}
    assert found.loc[found["right"] == "first", "first"].equals(
        found.loc[found["right"] == "first", "reference"]
    )


def test_latex_is_escaped() -> None:
    table = pd.DataFrame(
        {
            "model_1": ["r&b_100%", r"\input{x}"],
            "value": [0.12345, 1],
            "low": [float("nan"), 0.5],
            "place": pd.array([1, None], dtype="Int64"),
        }
    )
    lines = as_latex(table).splitlines()
    assert r"\begin{tabular}{lrrr}" in lines
    assert r"model\_1 & value & low & place \\" in lines
    assert r"r\&b\_100\% & 0.123 & -- & 1 \\" in lines
    assert r"\textbackslash input\{x\} & 1.000 & 0.500 & -- \\" in lines


def test_a_foreign_signature_never_takes_the_board(
    measured: list[EvaluationRecord], tmp_path: Path
) -> None:
    songs = sets.evaluation_sets(measured, "genre")[0]
    forged = replace(measured[0], model="forger", signature="forged", value=1.0, high=1.0)
    records = [*measured, forged]
    assert sets.signatures(records, songs, "accuracy") == ["v1", "forged"]
    board = ranking.board(records, songs, "accuracy", folder=tmp_path)
    assert "forger" not in {standing.name for standing in board.standings}


def test_what_only_describes_is_not_ranked(record: Records, tmp_path: Path) -> None:
    records = [
        record(task="chords", model=name, metric="chord-coverage", value=value)
        for name, value in (("plain", 2.0), ("rich", 7.0))
    ]
    songs = sets.evaluation_sets(records, "chords")[0]
    board = ranking.board(records, songs, "chord-coverage", folder=tmp_path)
    assert [standing.place for standing in board.standings] == [None, None]
    assert any("not ranked" in note for note in board.notes)
