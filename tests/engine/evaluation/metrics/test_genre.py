"""Every figure agrees with scikit-learn, or with a value worked out by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as sk

from engine.evaluation.metrics import metric
from engine.evaluation.metrics.bertscore import bertscore_metrics
from engine.evaluation.metrics.genre import (
    GENRE_METRICS,
    class_metrics,
    confusion,
    labels_of,
    macro_f1,
    probabilities_of,
)
from train import calibration

Tables = Callable[..., pd.DataFrame]
LABELS = ["blues", "folk", "pop", "rock"]


def sk_value(name: str, table: pd.DataFrame) -> float:
    truth, answer = table["reference"], table["prediction"]
    p = probabilities_of(table, LABELS)
    return {
        "accuracy": lambda: sk.accuracy_score(truth, answer),
        "macro-f1": lambda: sk.f1_score(truth, answer, average="macro"),
        "mcc": lambda: sk.matthews_corrcoef(truth, answer),
        "log-loss": lambda: sk.log_loss(truth, p, labels=LABELS),
        "brier": lambda: sk.brier_score_loss(truth, p, labels=LABELS),
        "top-3": lambda: sk.top_k_accuracy_score(truth, p, k=3, labels=LABELS),
    }[name]()


@pytest.mark.parametrize("name", ["accuracy", "macro-f1", "mcc", "log-loss", "brier", "top-3"])
@pytest.mark.parametrize("skill", [0.0, 1.5])
def test_agrees_with_scikit_learn(name: str, skill: float, predicted: Tables) -> None:
    table = predicted(skill=skill)
    assert metric(name).of(table) == pytest.approx(sk_value(name, table), abs=1e-9)


def test_class_scores_and_confusion_agree_with_scikit_learn(predicted: Tables) -> None:
    table = predicted()
    truth, answer = table["reference"], table["prediction"]
    wanted = sk.precision_recall_fscore_support(truth, answer, labels=LABELS)
    for index, label in enumerate(LABELS):
        for kind, values in zip(("precision", "recall", "f1"), wanted, strict=False):
            assert metric(f"{kind}/{label}").of(table) == pytest.approx(values[index], abs=1e-9)
    expected = sk.confusion_matrix(truth, answer, labels=LABELS)
    np.testing.assert_array_equal(confusion(table), expected)


def test_classes_never_predicted_score_zero_as_in_scikit_learn() -> None:
    table = pd.DataFrame(
        {"reference": ["a", "a", "b", "c"], "prediction": ["a", "b", "b", "b"], "cluster": "x"}
    )
    expected = sk.f1_score(
        table["reference"], table["prediction"], average="macro", zero_division=0
    )
    assert metric("macro-f1").of(table) == pytest.approx(expected, abs=1e-12)
    assert metric("precision/c").of(table) == 0.0


def test_one_sided_answers_have_no_correlation() -> None:
    table = pd.DataFrame({"reference": ["a", "b"], "prediction": ["a", "a"], "cluster": "x"})
    assert metric("mcc").of(table) == 0.0


def test_calibration_error_by_hand() -> None:
    table = pd.DataFrame(
        {
            "reference": ["a", "a", "b", "b"],
            "prediction": ["a", "a", "a", "b"],
            "cluster": list("wxyz"),
            "p:a": [0.95, 0.95, 0.95, 0.3],
            "p:b": [0.05, 0.05, 0.05, 0.7],
        }
    )
    # Bin of 0.95: 2 of 3 right; bin of 0.7: 1 of 1 right.
    by_hand = 3 / 4 * abs(2 / 3 - 0.95) + 1 / 4 * abs(1 - 0.7)
    assert metric("ece").of(table) == pytest.approx(by_hand, abs=1e-12)


def test_certain_and_wrong_costs_much_but_not_infinity() -> None:
    table = pd.DataFrame(
        {"reference": ["a"], "prediction": ["b"], "cluster": ["x"], "p:a": [0.0], "p:b": [1.0]}
    )
    assert 30 < metric("log-loss").of(table) < 40
    assert metric("brier").of(table) == 2.0


def test_label_without_a_probability_column_counts_as_never_given() -> None:
    table = pd.DataFrame(
        {"reference": ["ska", "a"], "prediction": ["a", "a"], "cluster": "x", "p:a": [1.0, 1.0]}
    )
    assert labels_of(table) == ["a", "ska"]
    assert metric("accuracy").of(table) == 0.5
    assert metric("brier").of(table) == 1.0


def test_metrics_that_need_probabilities_say_so(predicted: Tables) -> None:
    table = predicted().drop(columns=[f"p:{label}" for label in LABELS])
    names = [found.name for found in GENRE_METRICS if found.applies_to(table)]
    assert names == ["accuracy", "macro-f1", "mcc"]


def test_every_metric_is_found_by_the_name_in_its_records() -> None:
    for found in (*GENRE_METRICS, *class_metrics(["r&b"]), *bertscore_metrics("s")):
        assert metric(found.name, found.signature).title == found.title
        assert found.source
    with pytest.raises(ValueError, match="no metric 'glory'"):
        metric("glory")


def test_records_trainings_and_scikit_learn_agree_on_macro_f1_where_genres_are_missing() -> None:
    truth = ["rock", "rock", "pop", "folk", "rock"]
    answer = ["rock", "pop", "pop", "jazz", "rock"]  # jazz is said and never true; metal neither
    expected = sk.f1_score(truth, answer, average="macro")
    table = pd.DataFrame({"reference": truth, "prediction": answer, "p:rock": 0.5, "p:metal": 0.5})
    assert macro_f1(truth, answer) == pytest.approx(expected)
    assert metric("macro-f1").of(table) == pytest.approx(expected)
    numbers = {label: index for index, label in enumerate(sorted({*truth, *answer}))}
    measured = calibration.measured(
        "test",
        np.eye(12)[[numbers[label] for label in answer]],
        np.array([numbers[label] for label in truth]),
    )
    assert measured["test/macro_f1"] == pytest.approx(expected, abs=1e-4)


def test_risk_over_coverage_is_the_mean_error_of_the_surest_answers() -> None:
    """Of four answers, surest first: right, right, wrong, right."""
    table = pd.DataFrame(
        {
            "reference": ["folk", "folk", "rock", "rock"],
            "prediction": ["folk", "folk", "folk", "rock"],
            "p:folk": [0.95, 0.85, 0.75, 0.35],
            "p:rock": [0.05, 0.15, 0.25, 0.65],
        }
    )
    assert metric("aurc").of(table) == pytest.approx((0 + 0 + 1 / 3 + 1 / 4) / 4)
