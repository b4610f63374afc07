"""One answer out of several models': a weighted pool of what they say.

The logarithmic opinion pool (Genest and Zidek 1986, doi:10.1214/ss/1177013825, section 3.3),
p(genre) proportional to exp((sum over models of w_m z_m(genre) + shift(genre)) / t): with positive
weights a genre stands out only where no model rules it out. z_m are a model's logits before its own
calibration, which is undone here: each model's shifts favour rare genres already, and its
temperature depends on its answer. The pool has shifts and temperatures of its own. They and the
weights are fitted on validation songs and stand on the pool's card, with the revisions of the
models that they were fitted to: to models that have changed they say nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from engine.classifiers.calibration import Calibration
from engine.classifiers.prediction import Prediction
from engine.errors import InputError, WeightsError
from engine.models.card import CARD, ModelCard, model_revision
from engine.models.presets import Slot

if TYPE_CHECKING:
    from engine.classifiers.prediction import GenreClassifier, Loader
    from engine.lyrics import Lyrics

_SMALLEST = 1e-12


@dataclass(frozen=True)
class Pool:
    """How answers are pooled.

    Attributes
    ----------
    name : str
        What the pooled answer is called.
    labels : tuple of str
        The genres, in the order of the calibrations.
    weights : mapping of str to float
        By model, each above 0.
    members : mapping of str to Calibration
        What each of these models' answers were calibrated by, to be undone.
    calibration : Calibration
        The pool's own.
    """

    name: str
    labels: tuple[str, ...]
    weights: Mapping[str, float]
    members: Mapping[str, Calibration]
    calibration: Calibration

    @property
    def base(self) -> str:
        """What an answer stands on."""
        return " + ".join(self.weights)

    def pooled(self, predictions: Sequence[Prediction]) -> Prediction:
        """One answer out of several models' to one lyric.

        Parameters
        ----------
        predictions : sequence of Prediction
            One per model that has a weight, in any order; others are not counted.

        Returns
        -------
        Prediction
            Its seconds are those of its parts together.

        Raises
        ------
        InputError
            If a weighted model's answer is missing, or the models answer with different genres.
        """
        answers = {prediction.model: prediction for prediction in predictions}
        missing = [name for name in self.weights if name not in answers]
        if missing:
            raise InputError(
                f"The combined answer needs {', '.join(self.weights)}; {', '.join(missing)}: "
                "missing."
            )
        parts = [answers[name] for name in self.weights]
        if any(set(part.labels) != set(self.labels) for part in parts):
            raise InputError("The models answer with different genres and cannot be combined.")
        scores = [0.0] * len(self.labels)
        for part in parts:
            of = dict(zip(part.labels, part.probabilities, strict=True))
            logs = [math.log(max(of[label], _SMALLEST)) for label in self.labels]
            for index, logit in enumerate(self.members[part.model].undone(logs)):
                scores[index] += self.weights[part.model] * logit
        return Prediction(
            self.name,
            self.base,
            self.labels,
            self.calibration.probabilities(scores),
            sum(part.seconds for part in parts),
            pooled=tuple(self.weights),
            doubt_below=self.calibration.doubt_below,
        )


def is_fitted(own: Slot) -> bool:
    """Whether a pool's card is there."""
    return (own.folder / CARD).exists()


def read_pool(own: Slot, card: ModelCard | None = None) -> Pool:
    """The pool of a slot, from its card and those of the models it weighs.

    Raises
    ------
    WeightsError
        If a card is missing or malformed, or a model is not the one the pool was fitted to.
    """
    card = card or ModelCard.read(own.folder)
    members: dict[str, Calibration] = {}
    weights = _weights(card, own)
    fitted_to = card.config.get("members")
    for name in weights:
        member = own.beside(name)
        of_member = ModelCard.read(member.folder)
        if set(of_member.labels) != set(card.labels):
            raise WeightsError(f"'{name}' answers with other genres than '{own.name}'; fit again.")
        known = cast("dict[str, Any]", fitted_to) if isinstance(fitted_to, dict) else {}
        if known.get(name) != model_revision(of_member, member):
            raise WeightsError(
                f"'{own.name}' was fitted to another '{name}' than the one that is here; fit it "
                "again with `python -m train.genre_combined`."
            )
        calibration = Calibration.read(of_member.config, len(card.labels), f"'{name}'")
        # Labels of a member may stand in another order than the pool's.
        places = [of_member.labels.index(label) for label in card.labels]
        members[name] = Calibration(
            tuple(calibration.prior_shift[place] for place in places),
            tuple(calibration.temperatures[place] for place in places),
        )
    own_calibration = Calibration.read(card.config, len(card.labels), f"'{own.name}'")
    return Pool(own.name, card.labels, weights, members, own_calibration)


def _weights(card: ModelCard, own: Slot) -> dict[str, float]:
    """The weights above 0, by model; `WeightsError` if they are no weights of this slot's."""
    found = card.config.get("weights")
    weights = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
    usable = all(
        name in own.reads
        and isinstance(weight, int | float)
        and not isinstance(weight, bool)
        and 0 <= weight < 1e6
        for name, weight in weights.items()
    )
    if not usable or not any(weights.values()):
        raise WeightsError(
            f"The card of '{own.name}' does not hold weights of {', '.join(own.reads)}, one of "
            "them above 0; restore it with `git checkout -- models`, or fit it again."
        )
    return {name: float(weight) for name, weight in weights.items() if weight}


class CombinedClassifier:
    """The pool as a genre model: it asks the models it weighs, and pools what they say."""

    def __init__(self, own: Slot, load: Loader) -> None:
        self.name = own.name
        self.slot = own
        self.card = ModelCard.read(own.folder)
        self.pool = read_pool(own, self.card)
        self.base = self.pool.base
        self.members: list[GenreClassifier] = [load(name, own.preset) for name in self.pool.weights]

    def predict(self, lyrics: Sequence[Lyrics]) -> list[Prediction]:
        """One `Prediction` per lyric, in order; each member is asked once for all of them."""
        answers = [member.predict(lyrics) for member in self.members]
        return [self.pool.pooled(of_one) for of_one in zip(*answers, strict=True)]
