"""What masked and next-word training on lyrics share: windows of songs, and the training loop."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import nn

from train.command_line import process_count
from train.genre_data import read_lyrics
from train.trainer import TimeLimit, network_precision, seconds_per_step, trainer_habits


def windows_of(
    folder: Path,
    splits: Sequence[str],
    tokenizer: Any,
    window: int,
    limit: int | None,
    first: int,
    last: int | None = None,
) -> list[dict[str, Any]]:
    """One window of each song, from its beginning or its middle in turn, within special tokens."""
    end = [] if last is None else [last]
    room = window - 1 - len(end)
    rows: list[dict[str, Any]] = []
    for split in splits:
        if split == "unlabelled" and not (folder / f"{split}.parquet").exists():
            continue
        for number, lyric in enumerate(read_lyrics(folder, split, limit)):
            ids = tokenizer(lyric.text, add_special_tokens=False, verbose=False)["input_ids"]
            start = max(len(ids) - room, 0) // 2 if number % 2 else 0
            rows.append({"input_ids": [first, *ids[start : start + room], *end]})
    return rows


def fit_language_model(
    model: nn.Module,
    train: list[dict[str, Any]],
    watched: list[dict[str, Any]],
    collate: Callable[[Sequence[dict[str, Any]]], dict[str, torch.Tensor]],
    groups: list[dict[str, Any]],
    arguments: argparse.Namespace,
    name: str,
) -> None:
    """Train for the epochs of the configuration, or for what ``--max-minutes`` leaves of them.

    `model` gives a loss in nats a token. What it costs is printed first; the learning rate falls
    linearly after a tenth of the steps; three evaluations on `watched`.
    """
    from transformers import Trainer, TrainingArguments

    settings = arguments.settings
    batch = int(settings["batch_size"])
    accumulation = int(settings.get("gradient_accumulation", 1))
    together = batch * accumulation * process_count()
    steps = math.ceil(len(train) / together * float(settings["epochs"]))
    precision = network_precision(model, settings)
    seconds = seconds_per_step(model, train, collate, batch, precision) * accumulation
    print(
        f"{name}: {len(train)} windows, {seconds:.2f} s a step, {steps} steps; in {precision}",
        flush=True,
    )
    if arguments.max_minutes:
        steps = max(min(steps, int(arguments.max_minutes * 60 * 0.95 / seconds)), 4)
    print(f"{name}: {steps} steps, about {steps * seconds / 60:.0f} minutes", flush=True)
    training = TrainingArguments(
        output_dir=str(arguments.runs / name),
        per_device_train_batch_size=batch,
        per_device_eval_batch_size=batch,
        gradient_accumulation_steps=accumulation,
        max_steps=steps,
        warmup_steps=max(steps // 10, 1),
        bf16=precision.is_lower,
        logging_steps=max(steps // 20, 1),
        eval_strategy="steps",
        eval_steps=max(steps // 3, 1),
        save_steps=max(steps // 3, 1),
        save_total_limit=1,
        dataloader_drop_last=len(train) > batch,
        **trainer_habits(settings),
    )
    trainer = Trainer(
        model=model,
        args=training,
        train_dataset=train,  # type: ignore[arg-type]
        eval_dataset=watched,  # type: ignore[arg-type]
        data_collator=collate,
        callbacks=[TimeLimit(arguments.max_minutes)],
        optimizers=(torch.optim.AdamW(groups, weight_decay=0.01), None),
    )
    trainer.evaluate()
    trainer.train(resume_from_checkpoint=arguments.resume or None)
