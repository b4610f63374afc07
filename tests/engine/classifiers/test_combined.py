from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from engine.classifiers.combined import combine, combined_card
from engine.classifiers.prediction import Prediction
from engine.errors import InputError, WeightsError
from engine.models.card import ModelCard

LABELS = ("folk", "jazz", "rock")
LLAMA = Prediction("llama", "tiny", LABELS, (0.5, 0.3, 0.2), 0.1)
ROBERTA = Prediction("roberta", "small", LABELS[::-1], (0.6, 0.3, 0.1), 0.2)


def card(weights: dict[str, float], **more: Any) -> ModelCard:
    config = {"weights": weights, **more}
    return ModelCard(
        "combined", "pool", "", None, LABELS, "", "", config, {}, {}, "MIT", "none", "today"
    )


def test_the_pool_is_the_weighted_geometric_mean() -> None:
    pooled = combine([LLAMA, ROBERTA], card({"llama": 0.25, "roberta": 0.75}))

    raw = [0.5**0.25 * 0.1**0.75, 0.3**0.25 * 0.3**0.75, 0.2**0.25 * 0.6**0.75]
    assert pooled.probabilities == pytest.approx([value / sum(raw) for value in raw])
    assert (pooled.model, pooled.label, pooled.base) == ("combined", "rock", "llama + roberta")
    assert pooled.seconds == pytest.approx(0.3)


def test_a_model_alone_is_itself_and_the_answers_temperature_softens() -> None:
    weights = {"llama": 1.0, "roberta": 0.0}
    assert combine([LLAMA], card(weights)).probabilities == pytest.approx(LLAMA.probabilities)
    soft = combine([LLAMA], card(weights, temperatures=[2.0, 1.0, 1.0])).probabilities
    assert math.log(soft[0] / soft[1]) == pytest.approx(math.log(0.5 / 0.3) / 2)
    other = combine([LLAMA], card(weights, temperatures=[1.0, 2.0, 2.0])).probabilities
    assert other == pytest.approx(LLAMA.probabilities)


def test_the_shift_moves_the_odds_before_the_temperature_is_chosen() -> None:
    shift, temperatures = [-1.0, 0.0, 0.0], [1.0, 2.0, 1.0]
    moved = combine([LLAMA], card({"llama": 1.0}, prior_shift=shift, temperatures=temperatures))
    assert moved.label == "jazz"
    first, second, third = moved.probabilities
    assert math.log(second / first) == pytest.approx((math.log(0.3 / 0.5) + 1) / 2)
    assert math.log(second / third) == pytest.approx(math.log(0.3 / 0.2) / 2)


def test_the_models_own_calibration_is_undone() -> None:
    """Logits 2, 1 and 0 and 0, 2 and 0, calibrated as the models calibrate, are pooled as such."""
    logits = {"llama": (2.0, 1.0, 0.0), "roberta": (0.0, 2.0, 0.0)}
    members = {
        "llama": {"prior_shift": [-2.0, 0.0, -1.0], "temperatures": [1.0, 0.5, 3.0]},
        "roberta": {"prior_shift": [0.0, 0.0, 1.0], "temperatures": [1.5, 2.0, 1.0]},
    }
    answers = []
    for name, values in logits.items():
        own = members[name]
        shifted = [v + s for v, s in zip(values, own["prior_shift"], strict=True)]
        divisor = own["temperatures"][shifted.index(max(shifted))]
        odds = [math.exp(value / divisor) for value in shifted]
        probabilities = tuple(odd / sum(odds) for odd in odds)
        answers.append(Prediction(name, "", LABELS, probabilities, 0.1))
    assert answers[0].label == "jazz"  # its shift turned it
    pooled = combine(answers, card({"llama": 0.75, "roberta": 0.25}, members=members))
    expected = [math.exp(0.75 * a + 0.25 * b) for a, b in zip(*logits.values(), strict=True)]
    assert pooled.probabilities == pytest.approx([value / sum(expected) for value in expected])


def test_a_probability_of_zero_does_not_break_the_pool() -> None:
    sure = Prediction("llama", "tiny", LABELS, (1.0, 0.0, 0.0), 0.1)
    pooled = combine([sure, ROBERTA], card({"llama": 0.5, "roberta": 0.5}))
    assert sum(pooled.probabilities) == pytest.approx(1)


def test_a_missing_model_and_strange_genres_are_told() -> None:
    with pytest.raises(InputError, match="roberta: missing"):
        combine([LLAMA], card({"llama": 0.5, "roberta": 0.5}))
    other = Prediction("roberta", "small", ("folk", "polka", "rock"), (0.5, 0.3, 0.2), 0.1)
    with pytest.raises(InputError, match="different genres"):
        combine([LLAMA, other], card({"llama": 0.5, "roberta": 0.5}))


def test_without_a_card_there_is_no_pool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LYRICLAB_MODELS", str(tmp_path))
    assert combined_card() is None
    folder = tmp_path / "combined"
    folder.mkdir()
    card({"llama": 1.0}).write(folder)
    found = combined_card()
    assert found is not None
    assert found.config["weights"] == {"llama": 1.0}
    (folder / "card.json").write_text(json.dumps({"name": "combined"}), "utf-8")
    with pytest.raises(WeightsError, match="not readable"):
        combined_card()
