from __future__ import annotations

from typing import Any

import numpy as np

from engine.classifiers.calibration import Calibration
from engine.classifiers.prediction import GENRES
from engine.lyrics import Lyrics
from train.early_exit import fitted_exit
from train.genre_data import GenreSplit
from train.parts import PartLogits

SONGS = 400


def logits_of(answers: np.ndarray[Any, Any], sure: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Logits (songs, genres) whose softmax gives the answers these probabilities."""
    found = np.log((1 - sure) / (len(GENRES) - 1))[:, None].repeat(len(GENRES), 1)
    found[np.arange(len(answers)), answers] = np.log(sure)
    return found


def fitted(wrong_where_sure: float) -> dict[str, Any]:
    drawn = np.random.default_rng(0)
    labels = drawn.integers(0, len(GENRES), SONGS)
    whole = np.where(drawn.random(SONGS) < 0.8, labels, (labels + 1) % len(GENRES))
    sure = np.where(np.arange(SONGS) % 2, 0.4, 0.52)
    sure[-SONGS // 4 :] = 0.8
    wrong = (sure < 0.55) | (drawn.random(SONGS) < wrong_where_sure)
    linear = np.where(wrong, (whole + 1) % len(GENRES), whole)
    parts = PartLogits(
        {"network": logits_of(whole, np.full(SONGS, 0.8)), "linear": logits_of(linear, sure)},
        {"network": 1.0, "linear": 0.0},
    )
    none = Calibration.none(len(GENRES))
    split = GenreSplit(
        tuple(Lyrics.parse("a word") for _ in labels),
        labels,
        tuple(() for _ in labels),
        np.zeros(SONGS, bool),
        tuple("" for _ in labels),
    )
    return fitted_exit(parts, none, none, split)


def test_the_network_is_left_out_from_where_the_linear_path_is_as_good() -> None:
    found = fitted(wrong_where_sure=0.0)
    assert (found["sure"], found["share"]) == (0.55, 0.25)
    assert found["metrics"]["validation/songs"] == SONGS


def test_a_linear_path_that_is_sure_and_wrong_never_answers_alone() -> None:
    found = fitted(wrong_where_sure=0.9)
    assert (found["sure"], found["share"]) == (1.0, 0.0)
