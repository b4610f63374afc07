"""The pooled answer: what it adds up, and when its card is refused."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.classifiers import load_classifier
from engine.classifiers.calibration import Calibration
from engine.classifiers.combined import Pool, is_fitted, read_pool
from engine.classifiers.prediction import Prediction
from engine.errors import InputError, WeightsError
from engine.models.card import ModelCard, model_revision
from engine.models.presets import slot

LABELS = ("folk", "jazz", "rock")
NONE = Calibration.none(3)
LLAMA = Prediction("llama", "tiny", LABELS, (0.5, 0.3, 0.2), 0.1)
ROBERTA = Prediction("roberta", "small", LABELS[::-1], (0.6, 0.3, 0.1), 0.2)


def pool(
    weights: dict[str, float],
    members: dict[str, Calibration] | None = None,
    shift: tuple[float, ...] = NONE.prior_shift,
    temperatures: tuple[float, ...] = NONE.temperatures,
) -> Pool:
    known = members or dict.fromkeys(weights, NONE)
    return Pool("combined", LABELS, weights, known, Calibration(shift, temperatures))


def test_the_pool_is_the_weighted_geometric_mean() -> None:
    pooled = pool({"llama": 0.25, "roberta": 0.75}).pooled([LLAMA, ROBERTA])

    raw = [0.5**0.25 * 0.1**0.75, 0.3**0.25 * 0.3**0.75, 0.2**0.25 * 0.6**0.75]
    assert pooled.probabilities == pytest.approx([value / sum(raw) for value in raw])
    assert (pooled.model, pooled.label, pooled.base) == ("combined", "rock", "llama + roberta")
    assert pooled.seconds == pytest.approx(0.3)
    assert pooled.pooled == ("llama", "roberta")


def test_a_model_alone_is_itself_and_the_answers_temperature_softens() -> None:
    weights = {"llama": 1.0}
    assert pool(weights).pooled([LLAMA]).probabilities == pytest.approx(LLAMA.probabilities)
    soft = pool(weights, temperatures=(2.0, 1.0, 1.0)).pooled([LLAMA]).probabilities
    assert math.log(soft[0] / soft[1]) == pytest.approx(math.log(0.5 / 0.3) / 2)
    other = pool(weights, temperatures=(1.0, 2.0, 2.0)).pooled([LLAMA]).probabilities
    assert other == pytest.approx(LLAMA.probabilities)


def test_the_shift_moves_the_odds_before_the_temperature_is_chosen() -> None:
    moved = pool({"llama": 1.0}, None, (-1.0, 0.0, 0.0), (1.0, 2.0, 1.0)).pooled([LLAMA])
    assert moved.label == "jazz"
    first, second, third = moved.probabilities
    assert math.log(second / first) == pytest.approx((math.log(0.3 / 0.5) + 1) / 2)
    assert math.log(second / third) == pytest.approx(math.log(0.3 / 0.2) / 2)


def test_the_models_own_calibration_is_undone() -> None:
    """Logits 2, 1 and 0 and 0, 2 and 0, calibrated as the models calibrate, are pooled as such."""
    logits = {"llama": (2.0, 1.0, 0.0), "roberta": (0.0, 2.0, 0.0)}
    members = {
        "llama": Calibration((-2.0, 0.0, -1.0), (1.0, 0.5, 3.0)),
        "roberta": Calibration((0.0, 0.0, 1.0), (1.5, 2.0, 1.0)),
    }
    answers = [
        Prediction(name, "", LABELS, members[name].probabilities(values), 0.1)
        for name, values in logits.items()
    ]
    assert answers[0].label == "jazz"  # its shift turned it
    pooled = pool({"llama": 0.75, "roberta": 0.25}, members).pooled(answers)
    expected = [math.exp(0.75 * a + 0.25 * b) for a, b in zip(*logits.values(), strict=True)]
    assert pooled.probabilities == pytest.approx([value / sum(expected) for value in expected])


def test_a_probability_of_zero_does_not_break_the_pool() -> None:
    sure = Prediction("llama", "tiny", LABELS, (1.0, 0.0, 0.0), 0.1)
    pooled = pool({"llama": 0.5, "roberta": 0.5}).pooled([sure, ROBERTA])
    assert sum(pooled.probabilities) == pytest.approx(1)


def test_a_missing_model_and_strange_genres_are_told() -> None:
    both = pool({"llama": 0.5, "roberta": 0.5})
    with pytest.raises(InputError, match="roberta: missing"):
        both.pooled([LLAMA])
    other = Prediction("roberta", "small", ("folk", "polka", "rock"), (0.5, 0.3, 0.2), 0.1)
    with pytest.raises(InputError, match="different genres"):
        both.pooled([LLAMA, other])


def write_card(folder: Path, config: dict[str, Any], labels: tuple[str, ...] = LABELS) -> None:
    folder.mkdir(exist_ok=True)
    ModelCard(
        folder.name, "pool", "", None, labels, "", "", config, {}, {}, "MIT", "none", "today"
    ).write(folder)


@pytest.fixture
def fitted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Members' cards, and a pool's fitted to them but for what is given."""
    monkeypatch.setenv("LYRICLAB_MODELS", str(tmp_path))
    same = NONE.as_config()
    for name in ("bilstm-gru", "llama", "roberta"):
        write_card(tmp_path / name, same)

    def write(**config: Any) -> Path:
        members = {
            name: model_revision(ModelCard.read(slot(name).folder), slot(name))
            for name in ("llama", "roberta")
        }
        whole = {"weights": {"llama": 0.5, "roberta": 0.5}, "members": members, **same, **config}
        write_card(tmp_path / "combined", {k: v for k, v in whole.items() if v is not None})
        return tmp_path

    return write


def test_a_pool_is_read_from_its_card_and_those_of_its_members(
    fitted: Callable[..., Path],
) -> None:
    assert not is_fitted(slot("combined"))
    folder = fitted(weights={"llama": 1.0, "roberta": 0.0})
    write_card(folder / "llama", Calibration((0.0, 1.0, 2.0), (1.0, 2.0, 3.0)).as_config())
    fitted(weights={"llama": 1.0, "roberta": 0.0})
    assert is_fitted(slot("combined"))
    found = read_pool(slot("combined"))
    assert found.weights == {"llama": 1.0}
    assert found.members == {"llama": Calibration((0.0, 1.0, 2.0), (1.0, 2.0, 3.0))}


@pytest.mark.parametrize("name", ["llama", "roberta", "bilstm-gru"])
def test_a_pool_is_refused_beside_models_it_was_not_fitted_to(
    fitted: Callable[..., Path], name: str
) -> None:
    """The BiLSTM-GRU too, which RoBERTa reads: another one makes another RoBERTa."""
    folder = fitted()
    read_pool(slot("combined"))
    write_card(folder / name, Calibration((0.5, 0.0, 0.0), NONE.temperatures).as_config())
    with pytest.raises(WeightsError, match=r"fitted to another .* train\.genre_combined"):
        read_pool(slot("combined"))
    with pytest.raises(WeightsError, match="fitted to another"):
        load_classifier("combined")


@pytest.mark.parametrize(
    "config",
    [
        {"weights": None},
        {"weights": {}},
        {"weights": {"llama": 0.0}},
        {"weights": {"gpt": 1.0}},
        {"weights": {"llama": "much"}},
        {"weights": {"llama": -1.0, "roberta": 2.0}},
        {"weights": [1, 2]},
        {"members": None},
        {"members": ["llama"]},
        {"temperatures": None},
        {"temperatures": [1.0, 1.0]},
        {"temperatures": [1.0, 0.0, 1.0]},
        {"prior_shift": [0.0, "1", 0.0]},
    ],
)
def test_an_odd_card_is_one_sentence(fitted: Callable[..., Path], config: dict[str, Any]) -> None:
    fitted(**config)
    with pytest.raises(WeightsError, match="again"):
        read_pool(slot("combined"))


def test_a_card_that_is_none_is_told(fitted: Callable[..., Path]) -> None:
    folder = fitted()
    (folder / "combined" / "card.json").write_text(json.dumps({"name": "combined"}), "utf-8")
    with pytest.raises(WeightsError, match="not readable"):
        read_pool(slot("combined"))
