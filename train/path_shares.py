"""What either path of the BiLSTM-GRU counts for, by likelihood on validation songs."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import torch

from engine.classifiers.bilstm_gru import BilstmGru
from train.calibration import likelihood_loss, likelihood_weights


def weigh_paths(
    network: BilstmGru,
    batches: Iterable[Mapping[str, torch.Tensor]],
    prior: np.ndarray[Any, Any],
) -> None:
    """Set what either path's logits count for, by likelihood on batches of validation songs.

    Each has learnt by itself to give the labels, so that their sum would count what both know
    twice.
    """
    found: list[list[torch.Tensor]] = [[], [], [], []]
    labels: list[torch.Tensor] = []
    targets: list[torch.Tensor] = []
    device = network.tag_shares.device
    with torch.inference_mode():
        for batch in batches:
            labels.append(batch["labels"])
            targets.append(batch["tags"])
            inputs = (batch[key].to(device) for key in ("input_ids", "attention_mask", "style"))
            for kept, logits in zip(found, itertools.chain(*network.paths(*inputs)), strict=True):
                kept.append(logits.float().cpu())
    tags, genres, direct_tags, direct_genres = (torch.cat(part).numpy() for part in found)
    genre, wanted = torch.cat(labels).numpy(), torch.cat(targets).numpy()
    by_genre = likelihood_weights([genres, direct_genres, prior], genre)[:2]
    known = ~np.isnan(wanted[:, 0])
    network.genre_shares.copy_(torch.from_numpy(by_genre))
    if known.any():
        by_tag = binary_weights([tags[known], direct_tags[known]], wanted[known])
        network.tag_shares.copy_(torch.from_numpy(by_tag))
    shares = network.genre_shares.tolist(), network.tag_shares.tolist()
    losses = [likelihood_loss([part, prior], genre) for part in (genres, direct_genres)]
    losses.append(likelihood_loss([genres, direct_genres, prior], genre))
    print(f"shares of the recurrent and the direct path: genres {shares[0]}, tags {shares[1]}")
    print(f"nats a song: recurrent {losses[0]:.4f}, direct {losses[1]:.4f}, both {losses[2]:.4f}")


def binary_weights(
    parts: Sequence[np.ndarray[Any, Any]], targets: np.ndarray[Any, Any]
) -> np.ndarray[Any, Any]:
    """Weights (parts,), none below 0, of the sum of multi-label logits of greatest likelihood."""
    from scipy.optimize import minimize
    from scipy.special import expit

    stacked = np.stack([part.ravel() for part in parts]).astype(float)
    wanted = targets.ravel().astype(float)

    def loss(weights: np.ndarray[Any, Any]) -> tuple[float, np.ndarray[Any, Any]]:
        logits = weights @ stacked
        missed = (expit(logits) - wanted) / len(wanted)
        return float((np.logaddexp(0, logits) - wanted * logits).mean()), stacked @ missed

    start, bounds = np.full(len(parts), 1 / len(parts)), [(0, None)] * len(parts)
    return minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
