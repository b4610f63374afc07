"""A genre model whose network is left out where the linear path beside it is sure alone.

A cascade of two classifiers, as in Viola and Jones 2001 (doi:10.1109/CVPR.2001.990517): the linear
path takes a hundredth of the network's time, and where it is sure the network hardly ever says
otherwise. How sure it must be stands on the model's card (`train.early_exit` measures it). Such an
answer is the linear path's, with its own calibration; all others are the whole model's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from engine.classifiers import EARLY_EXIT, part_name
from engine.errors import WeightsError

if TYPE_CHECKING:
    from engine.classifiers.prediction import Prediction
    from engine.lyrics import Lyrics


class EarlyExit:
    """A loaded model with a linear path, asked so.

    Parameters
    ----------
    whole
        A `TorchClassifier`, or what asks one.

    Raises
    ------
    WeightsError
        If its card does not say how sure the linear path must be.
    """

    def __init__(self, whole: Any) -> None:
        self.name = part_name(whole.name, EARLY_EXIT)
        self.base, self.card = whole.base, whole.card
        self.whole = whole
        self.sure = sure_enough(whole)
        self._linear = whole.part("linear")

    def predict(self, lyrics: Sequence[Lyrics]) -> list[Prediction]:
        """One `Prediction` per lyric, in order, with the seconds of all that was asked for it."""
        early: list[Prediction] = self._linear.predict(lyrics)
        left = [place for place, answer in enumerate(early) if answer.confidence < self.sure]
        late: list[Prediction] = self.whole.predict([lyrics[p] for p in left]) if left else []
        answers = [replace(answer, model=self.name) for answer in early]
        for place, answer in zip(left, late, strict=True):
            seconds = early[place].seconds + answer.seconds
            answers[place] = replace(answer, model=self.name, seconds=seconds)
        return answers


def sure_enough(whole: Any) -> float:
    """From which probability on the linear path answers alone, by the model's card."""
    parts: Any = whole.card.config.get("parts")
    own: Any = parts.get(EARLY_EXIT) if isinstance(parts, dict) else None
    sure = own.get("sure") if isinstance(own, dict) else None
    if not isinstance(sure, int | float) or isinstance(sure, bool) or not 0 < sure <= 1:
        raise WeightsError(
            f"The card of '{whole.name}' does not say how sure its linear path must be to answer "
            "alone; `python -m train.early_exit` measures it."
        )
    return float(sure)
