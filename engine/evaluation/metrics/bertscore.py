"""BERTScore (Zhang et al. 2020, arXiv:1904.09675) with a signature that can be compared.

`bert_score` names its scorer by where the model lies on disk; here the signature is made of the
model's name and checksum, the layer, and the versions of the libraries, so that two machines that
compute the same thing sign the same. The default scorer is the embedded encoder (MiniLM-L6, its
last layer); "roberta-large" (layer 17, bert_score's own choice for English) needs the hub.

Label texts are few, so distinct pairs are scored once and mapped back to songs.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from engine.errors import InputError, WeightsError
from engine.evaluation.metrics.metric import FloatArray, Metric, column_mean, mean

SCORERS = ("minilm-l6", "roberta-large")
_ROBERTA_LARGE = "FacebookAI/roberta-large"


@dataclass(frozen=True)
class BertScorer:
    """A loaded scorer; make one with `bert_scorer`.

    Attributes
    ----------
    name, checksum : str
        The encoder, and the first 12 hex digits of its weights' sha256 (or the hub's revision).
    layer : int
        The hidden layer whose states are compared.
    """

    name: str
    checksum: str
    layer: int
    scorer: Any

    @property
    def signature(self) -> str:
        """What a number computed by this scorer must be compared under."""
        return _signature(self.name, self.checksum, self.layer)

    def score(self, predictions: Sequence[str], references: Sequence[str]) -> FloatArray:
        """Precision, recall and F1 of each pair: shape (pairs, 3).

        A text without a visible character scores 0 against anything else, and 1 against another
        such text; `bert_score` itself fails or warns on these.
        """
        if len(predictions) != len(references):
            raise InputError(
                f"{len(predictions)} predictions came with {len(references)} references."
            )
        pairs = [
            (" ".join(prediction.split()), " ".join(reference.split()))
            for prediction, reference in zip(predictions, references, strict=True)
        ]
        distinct = list(dict.fromkeys(pairs))
        scored = [pair for pair in distinct if pair[0] and pair[1]]
        table: dict[tuple[str, str], FloatArray] = {
            pair: np.full(3, float(pair[0] == pair[1])) for pair in distinct
        }
        if scored:
            values = self.scorer.score([p for p, _ in scored], [r for _, r in scored])
            columns = np.stack([part.double().numpy() for part in values], axis=1)
            # A text of signs the tokenizer does not know encodes to nothing: not a number.
            table.update(zip(scored, np.nan_to_num(columns), strict=True))
        return np.stack([table[pair] for pair in pairs]) if pairs else np.zeros((0, 3))


@cache
def bert_scorer(name: str = "minilm-l6") -> BertScorer:
    """Load a scorer, once per process.

    Raises
    ------
    InputError
        If there is no scorer of that name.
    WeightsError
        If its weights are not there: for "roberta-large", if the hub cannot be reached.
    """
    if name == "minilm-l6":
        from engine.models.bases import base_folder

        folder = str(base_folder(name))
        return BertScorer(name, _embedded_checksum(), 6, _loaded(folder, 6))
    if name == "roberta-large":
        _require_hub(_ROBERTA_LARGE)
        try:
            scorer = _loaded(_ROBERTA_LARGE, 17)
        except (OSError, ValueError) as error:
            raise _no_hub(_ROBERTA_LARGE, error) from None
        revision = str(getattr(scorer._model.config, "_commit_hash", None) or "unknown")[:12]
        return BertScorer(name, revision, 17, scorer)
    raise InputError(f"There is no scorer '{name}'; scorers are {', '.join(SCORERS)}.")


def _signature(name: str, checksum: str, layer: int) -> str:
    from importlib.metadata import version

    versions = "|".join(
        f"{package}={version(package).split('+')[0]}"
        for package in ("bert-score", "transformers", "torch")
    )
    return f"bertscore|{name}@{checksum}|layer={layer}|idf=no|rescale=no|{versions}"


def _require_hub(model: str) -> None:
    """Fail at once where the hub is out of reach; its own library tries again for a minute."""
    from huggingface_hub import constants, try_to_load_from_cache

    cached = isinstance(try_to_load_from_cache(model, "config.json"), str)
    if cached or any(name.lower() == "https_proxy" for name in os.environ):
        return
    host = urlsplit(constants.ENDPOINT).hostname or ""
    try:
        socket.create_connection((host, 443), timeout=3).close()
    except OSError as error:
        raise _no_hub(model, error) from None


def _no_hub(model: str, error: Exception) -> WeightsError:
    return WeightsError(
        f"The scorer '{model}' cannot be had from the Hugging Face hub "
        f"({type(error).__name__}); 'minilm-l6' works without it."
    )


def _embedded_checksum() -> str:
    from engine.models.presets import presets

    for preset in presets().values():
        for slot in preset.slots.values():
            if slot.base and slot.base.name == "minilm-l6" and slot.base.sha256:
                return slot.base.sha256[:12]
    raise WeightsError("No preset names the base 'minilm-l6', which BERTScore needs.")


def _loaded(model: str, layer: int) -> Any:
    from bert_score import BERTScorer

    from engine.models.compute import compute_device
    from engine.models.quiet import quiet_libraries

    quiet_libraries()  # the pooler, which BERTScore does not use, is reported missing
    scorer: Any = BERTScorer(
        model_type=model,
        num_layers=layer,
        idf=False,
        rescale_with_baseline=False,
        device=str(compute_device()),
    )
    # Some tokenizers say that they take any length (1e30), and the encoder then overflows.
    positions = int(scorer._model.config.max_position_embeddings) - 1
    scorer._tokenizer.model_max_length = min(scorer._tokenizer.model_max_length, positions)
    return scorer


def bertscore_metrics(signature: str) -> tuple[Metric, ...]:
    """BERTScore precision, recall and F1 of the label texts, under one scorer's signature."""
    return tuple(
        Metric(
            f"bertscore-{part}",
            f"BERTScore {part.replace('f1', 'F1')}",
            "0 to 1",
            True,
            "Zhang et al. 2020, arXiv:1904.09675; mean over songs",
            signature,
            column_mean(f"bertscore_{part}"),
            mean,
            (f"bertscore_{part}",),
        )
        for part in ("precision", "recall", "f1")
    )
