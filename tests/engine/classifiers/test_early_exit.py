from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from engine.classifiers import load_classifier
from engine.classifiers.early_exit import EarlyExit
from engine.classifiers.prediction import Prediction
from engine.errors import WeightsError
from engine.lyrics import Lyrics
from engine.models.card import ModelCard, model_revision
from engine.models.presets import slot

SONGS = [Lyrics.parse(text) for text in ("sure words", "other words", "more sure words")]


class Asked:
    """A model that is as sure as it is told to be, and remembers what it was asked."""

    def __init__(self, name: str, probability: Any, genre: int, parts: Any = None) -> None:
        self.name, self.base = name, "base"
        self.card: Any = SimpleNamespace(config={"parts": parts})
        self.songs: list[str] = []
        self.linear: Asked | None = None
        self._probability, self._genre = probability, genre

    def predict(self, lyrics: Any) -> list[Prediction]:
        self.songs += [lyric.text for lyric in lyrics]
        found: list[Prediction] = []
        for lyric in lyrics:
            sure = self._probability(lyric.text)
            both = (sure, 1 - sure) if self._genre == 0 else (1 - sure, sure)
            found.append(Prediction(self.name, "base", ("folk", "jazz"), both, 0.5))
        return found

    def part(self, which: str) -> Asked:
        assert which == "linear"
        assert self.linear is not None
        return self.linear


def whole_model(parts: Any = None) -> Asked:
    whole = Asked("llama", lambda _: 0.9, 1, parts or {"early-exit": {"sure": 0.6}})
    whole.linear = Asked("llama/linear", lambda text: 0.7 if "sure" in text else 0.55, 0)
    return whole


def test_the_network_is_asked_only_where_the_linear_path_is_not_sure() -> None:
    whole = whole_model()
    answers = EarlyExit(whole).predict(SONGS)
    assert whole.songs == ["other words"]
    assert [answer.label for answer in answers] == ["folk", "jazz", "folk"]
    assert {answer.model for answer in answers} == {"llama/early-exit"}
    assert [answer.seconds for answer in answers] == [0.5, 1.0, 0.5], "all that was asked counts"


@pytest.mark.parametrize("own", [None, {}, {"sure": "0.6"}, {"sure": 0}, {"sure": True}])
def test_a_card_that_says_nothing_of_it_is_refused(own: Any) -> None:
    with pytest.raises(WeightsError, match=r"train\.early_exit"):
        EarlyExit(whole_model({"early-exit": own}))


@pytest.mark.usefixtures("with_tiny_models")
def test_answers_are_those_of_the_parts_of_the_real_model() -> None:
    whole: Any = load_classifier("roberta")
    asked = EarlyExit(whole)
    sure = [answer.confidence for answer in whole.part("linear").predict(SONGS)]
    asked.sure = sorted(sure)[1]
    expected = [
        (whole.part("linear") if one >= asked.sure else whole).predict([song])[0].probabilities
        for one, song in zip(sure, SONGS, strict=True)
    ]
    for answer, probabilities in zip(asked.predict(SONGS), expected, strict=True):
        assert answer.probabilities == pytest.approx(probabilities, abs=0.01)


@pytest.mark.usefixtures("with_tiny_models")
def test_its_revision_hangs_on_the_linear_paths_calibration_too() -> None:
    own = slot("roberta")
    card = ModelCard.read(own.folder)
    parts: dict[str, Any] = card.config["parts"]
    other = {**parts, "linear": {**parts["linear"], "temperatures": [2.0] * len(card.labels)}}
    moved = replace(card, config={**card.config, "parts": other})
    assert model_revision(card, own, "early-exit") != model_revision(moved, own, "early-exit")
    assert model_revision(card, own) == model_revision(moved, own)
