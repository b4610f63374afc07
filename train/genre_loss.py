"""The loss of the genre models, and what their trainings watch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from sklearn.metrics import accuracy_score
from torch import nn

from engine.classifiers.prediction import GENRES
from train.calibration import macro_f1
from train.checkpoints import leave_out_frozen


class GenreLoss(nn.Module):
    """Wraps a model so that Trainer gets a loss: weighted cross entropy over genres.

    `step` gives the genre logits of a batch, and an extra loss or None. With `prior`, the log
    frequency of each genre, the loss is logit-adjusted (Menon et al. 2021, arXiv:2007.07314,
    equation 10): the network learns what words say beyond how often a genre comes, and `finish`
    chooses what its answers take back of that. Evaluation adds half of it.
    """

    # The Trainer then divides the loss by the accumulation steps itself.
    accepts_loss_kwargs = False

    def __init__(
        self,
        network: nn.Module,
        step: Callable[[nn.Module, dict[str, Any]], tuple[torch.Tensor, torch.Tensor | None]],
        smoothing: float = 0.0,
        prior: np.ndarray[Any, Any] | None = None,
    ) -> None:
        super().__init__()
        self.network = network
        self.register_buffer(
            "prior", torch.zeros(len(GENRES)) if prior is None else torch.from_numpy(prior)
        )
        self.step = step
        self.smoothing = smoothing
        leave_out_frozen(self)

    def forward(self, labels: torch.Tensor, weights: torch.Tensor, **inputs: Any) -> dict[str, Any]:
        """Loss (weighted in training only) and genre logits."""
        logits, extra = self.step(self.network, inputs)
        logits = logits.float() + self.prior * (1.0 if self.training else 0.5)
        losses = nn.functional.cross_entropy(
            logits,
            labels,
            reduction="none",
            label_smoothing=self.smoothing if self.training else 0.0,
        )
        loss = (losses * weights).mean() if self.training else losses.mean()
        if extra is not None and self.training:
            loss = loss + extra
        return {"loss": loss, "logits": logits}


def genre_metrics(evaluated: Any) -> dict[str, float]:
    """Accuracy and macro F1 for the Trainer."""
    logits = (
        evaluated.predictions[0]
        if isinstance(evaluated.predictions, tuple)
        else evaluated.predictions
    )
    predicted = np.asarray(logits).argmax(-1)
    labels = evaluated.label_ids
    return {
        "accuracy": float(accuracy_score(labels, predicted)),
        "macro_f1": macro_f1(predicted, labels),
    }
