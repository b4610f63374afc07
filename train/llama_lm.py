"""Continue LLaMA's next-word training on lyrics, before genre is learnt.

``python -m train.llama_lm --data FOLDER``: LoRA on the layers that `train.genre_llama` adapts,
over all training lyrics and, where there is one, those of ``unlabelled.parquet``. Domain-adaptive
pretraining, after Gururangan et al. 2020 (doi:10.18653/v1/2020.acl-main.740), section 3. The
adapter goes to ``runs/llama-lm``: give that folder to ``train.genre_llama --adapter``. Before and
after, `probe` tells what a linear head makes of the decoder's states.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.utils.checkpoint import checkpoint

from engine.classifiers.direct_path import without_first
from engine.classifiers.llama import load_tokenizer, lyric_windows, padding_id
from engine.classifiers.prediction import GENRES
from engine.classifiers.windows import padded
from engine.models.bases import base_source
from engine.models.compute import TRANSFORMER, compute_device, training_precision
from engine.models.presets import slot
from engine.models.quantization import prepared_for_adapters, quantization_config
from engine.models.weights import save_tensors
from train.calibration import measured
from train.checkpoints import leave_out_frozen
from train.command_line import is_main_process, parse_arguments, run
from train.genre_data import GenreSplit, read_split
from train.language_model import windows_of
from train.llama_adapter import ADAPTER, adapted_modules, adapter_tensors, with_adapter
from train.settings import Count, DecoderSettings, FitSettings
from train.trainer import fit

NAME = "llama-lm"
_AT_ONCE = 512  # tokens whose logits are computed together


@dataclass(frozen=True, kw_only=True)
class NextWordSettings(FitSettings, DecoderSettings):
    """Settings of a run."""

    validation_windows: Count
    probe_songs: Count
    probe_validation_songs: Count


class NextWordLoss(nn.Module):
    """A causal language model with its loss, whose logits are never there all at once.

    Those of 8 windows of 512 tokens over 128,256 words would be 2 GB in float32, and their gradient
    as much again.

    Parameters
    ----------
    network
        A peft model around a `transformers.LlamaForCausalLM`.
    """

    # The Trainer then divides the loss by the accumulation steps itself.
    accepts_loss_kwargs = False

    def __init__(self, network: Any) -> None:
        super().__init__()
        self.network = network
        leave_out_frozen(self)

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, labels: torch.Tensor
    ) -> dict[str, torch.Tensor]:
        """Mean cross entropy in nats of each next word whose label is not -100."""
        causal = self.network.get_base_model()
        read = causal.model(input_ids=input_ids, attention_mask=attention_mask, use_cache=False)
        wanted = labels[:, 1:]
        asked = wanted != -100
        states, wanted = read.last_hidden_state[:, :-1][asked], wanted[asked]

        def loss(states: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
            logits = causal.lm_head(states).float()
            return nn.functional.cross_entropy(logits, wanted, reduction="sum")

        parts = zip(states.split(_AT_ONCE), wanted.split(_AT_ONCE), strict=True)
        losses = [checkpoint(loss, *part, use_reentrant=False) for part in parts]
        return {"loss": torch.stack(losses).sum() / len(wanted)}


def main() -> None:
    """Train."""
    arguments = parse_arguments(__doc__ or "", "llama_lm", NextWordSettings)
    settings: NextWordSettings = arguments.settings
    own = slot("llama", arguments.preset)
    from transformers import AutoModelForCausalLM

    torch.manual_seed(settings.seed)
    assert own.base is not None  # noqa: S101 - presets give this slot a base
    device = compute_device()
    precision = training_precision(TRANSFORMER, settings.precision)
    quantization = quantization_config(own.quantization)
    options: dict[str, Any] = {"quantization_config": quantization} if quantization else {}
    if settings.attention:
        options["attn_implementation"] = settings.attention
    decoder: Any = AutoModelForCausalLM.from_pretrained(
        base_source(own.base), dtype=precision.dtype, **options
    )
    if own.quantization:
        decoder = prepared_for_adapters(decoder, checkpoint=settings.gradient_checkpointing)
    else:
        decoder.to(device)
    depth = settings.layers or int(decoder.config.num_hidden_layers)
    layers = range(settings.first_layer, depth)
    # The decoder is one part of this model, and its modules' names begin with it.
    modules = r"model\." + adapted_modules(layers, settings.target_modules)
    adapted = with_adapter(decoder, modules, settings)
    parameters = [p for p in adapted.parameters() if p.requires_grad]
    tokenizer = load_tokenizer(own)
    pad, window = padding_id(tokenizer), settings.window

    def collate(batch: Sequence[dict[str, Any]]) -> dict[str, torch.Tensor]:
        ids, mask = padded([*(row["input_ids"] for row in batch), [0] * window], pad)
        ids, mask = ids[:-1], mask[:-1]
        return {
            "input_ids": ids,
            "attention_mask": mask,
            "labels": ids.masked_fill(mask == 0, -100),
        }

    sizes = tokenizer, window, arguments.limit, tokenizer.bos_token_id
    train = windows_of(arguments.data, ("train", "unlabelled"), *sizes)
    watched = windows_of(arguments.data, ("validation",), *sizes)
    watched = watched[: settings.validation_windows]
    splits = {
        split: read_split(arguments.data, split, arguments.limit).drawn(count)
        for split, count in (
            ("train", settings.probe_songs),
            ("validation", settings.probe_validation_songs),
        )
    }
    print("before", probe(adapted, splits, tokenizer, depth, window), flush=True)
    groups = [{"params": parameters, "lr": settings.learning_rate}]
    fit(NextWordLoss(adapted), train, watched, collate, arguments, NAME, groups)
    print("after", probe(adapted, splits, tokenizer, depth, window), flush=True)
    tensors = {
        # Named as in the decoder without its language-model head, which genre is learnt on.
        name.replace("base_model.model.model.", "base_model.model."): tensor
        for name, tensor in adapter_tensors(adapted).items()
    }
    if not is_main_process():
        return
    run = arguments.runs / NAME
    run.mkdir(parents=True, exist_ok=True)
    save_tensors(tensors, run / ADAPTER)
    print(f"wrote {run / ADAPTER}")


def probe(
    adapted: Any, splits: Mapping[str, GenreSplit], tokenizer: Any, depth: int, window: int
) -> dict[str, float]:
    """Accuracy and macro F1 on validation of a logistic regression over mean states.

    Of each song's first window, after `depth` layers; each genre weighs alike.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    decoder = adapted.get_base_model().model.eval()
    device = next(decoder.parameters()).device
    states: dict[str, np.ndarray[Any, Any]] = {}
    for split, songs in splits.items():
        rows = [lyric_windows(tokenizer, lyric.text, window, 1)[0] for lyric in songs.lyrics]
        parts: list[torch.Tensor] = []
        for start in range(0, len(rows), 16):
            ids, mask = padded(rows[start : start + 16], padding_id(tokenizer))
            with torch.inference_mode():
                inputs = {"input_ids": ids.to(device), "attention_mask": mask.to(device)}
                found = decoder(**inputs, output_hidden_states=True)
            counted = without_first(mask).unsqueeze(-1)
            hidden = found.hidden_states[depth].float().cpu()
            parts.append((hidden * counted).sum(1) / counted.sum(1).clamp(min=1))
        states[split] = torch.cat(parts).numpy()
    head = make_pipeline(
        StandardScaler(), LogisticRegression(C=0.003, class_weight="balanced", max_iter=500)
    )
    head.fit(states["train"], splits["train"].labels)
    scores = np.full((len(splits["validation"]), len(GENRES)), -np.inf)
    scores[:, head.classes_] = head.decision_function(states["validation"])
    return measured("probe", scores, splits["validation"].labels)


if __name__ == "__main__":
    run(main)
