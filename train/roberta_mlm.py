"""Continue the encoder's masked-language-model training on lyrics, before genre is learnt.

``python -m train.roberta_mlm --data FOLDER``: all training lyrics and, where there is one, those of
``unlabelled.parquet``. Domain-adaptive pretraining, after Gururangan et al. 2020
(doi:10.18653/v1/2020.acl-main.740), section 3. Word embeddings stay those of the base. The encoder
goes to ``runs/roberta-mlm/encoder.safetensors``: give that folder to ``train.genre_roberta
--encoder``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import nn

from engine.classifiers.torch_classifier import padded, save_tensors
from engine.weights import compute_device
from train.genre_data import read_lyrics
from train.genre_training import (
    TimeLimit,
    compile_for_training,
    output_slot,
    parse_arguments,
    seconds_per_step,
    training_encoder,
)

NAME = "roberta-mlm"


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
    arguments = parse_arguments(__doc__ or "", "roberta_mlm")
    settings = arguments.settings
    own = output_slot("roberta", arguments)
    from transformers import DataCollatorForLanguageModeling, Trainer, TrainingArguments

    encoder, tokenizer = training_encoder(own, settings)
    if settings.get("compile"):
        compile_for_training(encoder.encoder.layer)
    torch.manual_seed(settings.get("seed", 0))
    model = MaskedLanguageModel(encoder).to(compute_device())
    window = int(settings["window"])
    masker = DataCollatorForLanguageModeling(tokenizer, mlm_probability=settings["masked"])

    def collate(batch: Sequence[dict[str, Any]]) -> dict[str, torch.Tensor]:
        ids, mask = padded(
            [*(row["input_ids"] for row in batch), [0] * window], tokenizer.pad_token_id
        )
        masked, labels = masker.torch_mask_tokens(
            ids[:-1], special_tokens_mask=_special(ids[:-1], tokenizer)
        )
        return {"input_ids": masked, "attention_mask": mask[:-1], "labels": labels}

    train = windows_of(arguments.data, ("train", "unlabelled"), tokenizer, window, arguments.limit)
    watched = windows_of(arguments.data, ("validation",), tokenizer, window, arguments.limit)
    watched = watched[: int(settings["validation_windows"])]
    batch = int(settings["batch_size"])
    steps = math.ceil(len(train) / batch * float(settings["epochs"]))
    bf16 = bool(settings.get("bf16", False))
    seconds = seconds_per_step(model, train, collate, batch, bf16)
    print(f"{NAME}: {len(train)} windows, {seconds:.2f} s a step, {steps} steps", flush=True)
    if arguments.max_minutes:
        steps = max(min(steps, int(arguments.max_minutes * 60 * 0.95 / seconds)), 4)
    print(f"{NAME}: {steps} steps, about {steps * seconds / 60:.0f} minutes", flush=True)
    run = arguments.runs / NAME
    heads = [*model.transform.parameters(), model.bias]
    body = [p for p in encoder.parameters() if p.requires_grad]
    rate = float(settings["learning_rate"])
    training = TrainingArguments(
        output_dir=str(run),
        per_device_train_batch_size=batch,
        per_device_eval_batch_size=batch,
        max_steps=steps,
        warmup_steps=max(steps // 10, 1),
        bf16=bf16,
        logging_steps=max(steps // 20, 1),
        eval_strategy="steps",
        eval_steps=max(steps // 3, 1),
        save_steps=max(steps // 3, 1),
        save_total_limit=1,
        remove_unused_columns=False,
        label_names=["labels"],
        dataloader_drop_last=len(train) > batch,
        seed=int(settings.get("seed", 0)),
        report_to=[],
        disable_tqdm=True,
        use_cpu=not torch.cuda.is_available(),
        dataloader_pin_memory=torch.cuda.is_available(),
    )
    groups = [
        {"params": body, "lr": rate},
        {"params": heads, "lr": rate * float(settings["head_rate_factor"])},
    ]
    trainer = Trainer(
        model=model,
        args=training,
        train_dataset=train,  # type: ignore[arg-type]
        eval_dataset=watched,  # type: ignore[arg-type]
        data_collator=collate,
        callbacks=[TimeLimit(arguments.max_minutes)],
        optimizers=(torch.optim.AdamW(groups, weight_decay=0.01), None),
    )
    trainer.train(resume_from_checkpoint=arguments.resume or None)
    run.mkdir(parents=True, exist_ok=True)
    kept = {k: v for k, v in encoder.state_dict().items() if not k.startswith("embeddings.")}
    save_tensors(kept, run / "encoder.safetensors")
    print(f"wrote {run / 'encoder.safetensors'}")


def windows_of(
    folder: Path, splits: Sequence[str], tokenizer: Any, window: int, limit: int | None
) -> list[dict[str, Any]]:
    """One window of each song, from its beginning or its middle in turn, with special tokens."""
    rows: list[dict[str, Any]] = []
    for split in splits:
        if split == "unlabelled" and not (folder / f"{split}.parquet").exists():
            continue
        for number, lyric in enumerate(read_lyrics(folder, split, limit)):
            ids = tokenizer(lyric.text, add_special_tokens=False, verbose=False)["input_ids"]
            start = max(len(ids) - window, 0) // 2 if number % 2 else 0
            cut = ids[start : start + window - 2]
            rows.append({"input_ids": [tokenizer.cls_token_id, *cut, tokenizer.sep_token_id]})
    return rows


def _special(ids: torch.Tensor, tokenizer: Any) -> torch.Tensor:
    special = torch.zeros_like(ids, dtype=torch.bool)
    for token in (tokenizer.cls_token_id, tokenizer.sep_token_id, tokenizer.pad_token_id):
        special |= ids == token
    return special


if __name__ == "__main__":
    main()
