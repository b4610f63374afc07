"""What the combined answer is made of, in plain words, and the memory that it takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from engine.classifiers.combined import is_fitted, read_pool
from engine.models.presets import slot
from ui import resources
from ui.boards import listed

if TYPE_CHECKING:
    from engine.classifiers.combined import Pool
    from engine.classifiers.prediction import Prediction


def fitted() -> Pool | None:
    """The pool that runs here; None where none is fitted.

    Raises
    ------
    EngineError
        If its card, or that of a model that it weighs, is missing or of another model.
    """
    own = slot(resources.POOL)
    return read_pool(own) if is_fitted(own) else None


def with_pooled(predictions: Sequence[Prediction]) -> list[Prediction]:
    """The answers, and the pooled one where a pool is fitted and all its models answered.

    Raises
    ------
    EngineError
        As `fitted` does.
    """
    pool = fitted()
    asked = {prediction.model for prediction in predictions}
    if pool is None or not set(pool.weights) <= asked:
        return list(predictions)
    return [*predictions, pool.pooled(predictions)]


def weights(pool: Pool) -> str:
    """The models that count and how much: "LLaMA × 0.46 + RoBERTa × 0.54"."""
    return " + ".join(
        f"{resources.model_title(name)} × {weight:.2f}" for name, weight in pool.weights.items()
    )


def sentences(pool: Pool) -> str:
    """How the answer is made, and of whom it is not."""
    told = (
        f"The combined answer is a pool, no model of its own and no average of probabilities: the "
        f"logits are added up, {weights(pool)}, and calibrated anew. The weights were fitted on "
        "validation songs and stand on its card."
    )
    silent = [name for name in slot(resources.POOL).reads if name not in pool.weights]
    if not silent:
        return told
    names = listed([resources.model_title(name) for name in silent])
    verb = "has weight 0 and does" if len(silent) == 1 else "have weight 0 and do"
    return f"{told} {names} {verb} not count in it."


def tensor_bytes(pool: Pool) -> int | None:
    """What the tensors of its models take together; None while any of them is not loaded."""
    loaded = [resources.pool().loaded(name) for name in pool.weights]
    sizes = [entry.tensors.bytes for entry in loaded if entry is not None]
    return sum(sizes) if len(sizes) == len(loaded) else None
