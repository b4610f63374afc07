"""Continue the encoder's masked-language-model training on lyrics, before genre is learnt.

``python -m train.roberta_mlm --data FOLDER``: all training lyrics and, where there is one, those of
``unlabelled.parquet``. Domain-adaptive pretraining, after Gururangan et al. 2020
(doi:10.18653/v1/2020.acl-main.740), section 3. Word embeddings stay those of the base. The encoder
goes to ``runs/roberta-mlm/encoder.safetensors``: give that folder to ``train.genre_roberta
--encoder``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from engine.classifiers.windows import padded
from engine.models.compute import compute_device
from engine.models.presets import slot
from engine.models.weights import save_tensors
from train.command_line import is_main_process, parse_arguments, run
from train.language_model import windows_of
from train.roberta_encoder import ENCODER, compile_for_training, training_encoder
from train.settings import Amount, Count, EncoderSettings, FitSettings, Share
from train.trainer import fit

NAME = "roberta-mlm"


@dataclass(frozen=True, kw_only=True)
class MaskedSettings(FitSettings, EncoderSettings):
    """Settings of a run."""

    masked: Share
    validation_windows: Count
    head_rate_factor: Amount


class MaskedLanguageModel(nn.Module):
    """Encoder and a head tied to its frozen word embeddings; only masked places are decoded."""

    def __init__(self, encoder: Any) -> None:
        super().__init__()
        self.encoder = encoder
        encoder.embeddings.requires_grad_(False)
        width, size = int(encoder.config.hidden_size), int(encoder.config.vocab_size)
        self.transform = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.LayerNorm(width))
        self.bias = nn.Parameter(torch.zeros(size))

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, labels: torch.Tensor
    ) -> dict[str, torch.Tensor]:
        """Cross entropy in nats over the places whose label is not -100."""
        hidden = self.encoder(input_ids, attention_mask=attention_mask).last_hidden_state
        asked = labels != -100
        states = self.transform(hidden[asked])
        words = self.encoder.embeddings.word_embeddings.weight
        logits = nn.functional.linear(states, words.to(states.dtype)).float() + self.bias
        return {"loss": nn.functional.cross_entropy(logits, labels[asked])}


def main() -> None:
    """Train."""
    arguments = parse_arguments(
        __doc__ or "",
        "roberta_mlm",
        MaskedSettings,
        encoder={"type": Path, "help": "folder of an earlier run to go on from"},
    )
    settings: MaskedSettings = arguments.settings
    own = slot("roberta", arguments.preset)
    from transformers import DataCollatorForLanguageModeling

    encoder, tokenizer = training_encoder(own, settings, arguments.encoder)
    if settings.compile:
        compile_for_training(encoder.encoder.layer)
    torch.manual_seed(settings.seed)
    model = MaskedLanguageModel(encoder).to(compute_device())
    window = settings.window
    masker = DataCollatorForLanguageModeling(tokenizer, mlm_probability=settings.masked)

    def collate(batch: Sequence[dict[str, Any]]) -> dict[str, torch.Tensor]:
        ids, mask = padded(
            [*(row["input_ids"] for row in batch), [0] * window], tokenizer.pad_token_id
        )
        masked, labels = masker.torch_mask_tokens(
            ids[:-1], special_tokens_mask=_special(ids[:-1], tokenizer)
        )
        return {"input_ids": masked, "attention_mask": mask[:-1], "labels": labels}

    sizes = tokenizer, window, arguments.limit, tokenizer.cls_token_id, tokenizer.sep_token_id
    train = windows_of(arguments.data, ("train", "unlabelled"), *sizes)
    watched = windows_of(arguments.data, ("validation",), *sizes)
    rate = settings.learning_rate
    body = [p for p in encoder.parameters() if p.requires_grad]
    groups = [
        {"params": body, "lr": rate},
        {
            "params": [*model.transform.parameters(), model.bias],
            "lr": rate * settings.head_rate_factor,
        },
    ]
    watched = watched[: settings.validation_windows]
    fit(model, train, watched, collate, arguments, NAME, groups)
    if not is_main_process():
        return
    run = arguments.runs / NAME
    run.mkdir(parents=True, exist_ok=True)
    kept = {k: v for k, v in encoder.state_dict().items() if not k.startswith("embeddings.")}
    save_tensors(kept, run / ENCODER)
    print(f"wrote {run / ENCODER}")


def _special(ids: torch.Tensor, tokenizer: Any) -> torch.Tensor:
    special = torch.zeros_like(ids, dtype=torch.bool)
    for token in (tokenizer.cls_token_id, tokenizer.sep_token_id, tokenizer.pad_token_id):
        special |= ids == token
    return special


if __name__ == "__main__":
    run(main)
