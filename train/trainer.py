"""The training loop that all models share: time, precision, checkpoints, progress."""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import nn
from transformers import (
    EarlyStoppingCallback,
    Trainer,
    TrainerCallback,
    TrainingArguments,
)

from engine.models.compute import Precision, compute_device, training_precision
from engine.models.trials import layer_kinds
from train.command_line import is_main_process, process_count
from train.settings import FitSettings
from train.whole_checkpoints import last_whole_checkpoint


class TimeLimit(TrainerCallback):
    """Stops a run that would outlast its minutes; the best checkpoint so far is kept."""

    def __init__(self, minutes: float | None) -> None:
        self.end = time.monotonic() + 60 * minutes if minutes else math.inf

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> Any:
        """Ask the Trainer to stop and evaluate once the time is over."""
        if time.monotonic() > self.end:
            control.should_evaluate = control.should_save = control.should_training_stop = True
        return control


class _GroupTrainer(Trainer):
    """A Trainer with rates by group of parameters, that judges every validation song.

    `groups` are those of an optimizer, with the names of parameters in their place: sharding puts
    others under the same names. The Trainer itself drops a last, short batch of validation too.
    """

    def __init__(self, groups: Sequence[Mapping[str, Any]], **options: Any) -> None:
        super().__init__(**options)
        self.groups = groups

    def create_optimizer(self, model: Any = None) -> torch.optim.Optimizer:
        of = dict((self.model if model is None else model).named_parameters())
        groups = [
            {
                "weight_decay": self.args.weight_decay,
                **group,
                "params": [of[name] for name in group["params"]],
            }
            for group in self.groups
        ]
        kind, options = self.get_optimizer_cls_and_kwargs(self.args)
        self.optimizer = kind(groups, **options)
        return self.optimizer

    def get_eval_dataloader(self, eval_dataset: Any = None) -> Any:
        dropped, self.args.dataloader_drop_last = self.args.dataloader_drop_last, False
        try:
            return super().get_eval_dataloader(eval_dataset)
        finally:
            self.args.dataloader_drop_last = dropped


def fit(
    model: nn.Module,
    train_rows: Sequence[Mapping[str, Any]],
    watched_rows: Sequence[Mapping[str, Any]],
    collate: Callable[[list[Any]], dict[str, torch.Tensor]],
    arguments: argparse.Namespace,
    name: str,
    parameter_groups: list[dict[str, Any]],
    metrics: Callable[[Any], dict[str, float]] | None = None,
) -> list[dict[str, float]]:
    """Train with early stopping on validation; the best weights end up in `model`.

    `model` gives a loss under ``"loss"``. Prints the cost first: seconds per step from three timed
    steps, after five that may compile. With ``--max-minutes`` the number of steps is cut so that
    the learning-rate schedule ends in time. Returns the log, which is in ``runs/NAME`` too.
    """
    settings: FitSettings = arguments.settings
    batch, accumulation = settings.batch_size, settings.gradient_accumulation
    together = batch * accumulation * process_count()
    steps = max(int(math.ceil(len(train_rows) / together) * settings.epochs), 1)
    precision = network_precision(model, settings)
    seconds = seconds_per_step(model, train_rows, collate, batch, precision) * accumulation
    trainable = sum(p.numel() for p in model.parameters() if p.requires_grad)
    if is_main_process():
        print(
            f"{name}: {len(train_rows)} to learn from, {trainable / 1e6:.1f} M trainable "
            f"parameters, {seconds:.2f} s a step, {steps} steps: "
            f"about {steps * seconds / 60:.0f} minutes and evaluations; in {precision}",
            flush=True,
        )
    if arguments.max_minutes:
        share = settings.training_share
        steps = max(min(steps, int(arguments.max_minutes * 60 * share / seconds)), 4)
        print(f"{name}: {steps} steps fit into {arguments.max_minutes:g} minutes", flush=True)
    run = arguments.runs / name
    names = {parameter: name for name, parameter in model.named_parameters()}
    trainer = _GroupTrainer(
        [{**group, "params": [names[p] for p in group["params"]]} for group in parameter_groups],
        model=model,
        args=training_arguments(
            settings, run, steps, precision=precision, whole=len(train_rows) > batch
        ),
        train_dataset=train_rows,  # type: ignore[arg-type]
        eval_dataset=watched_rows,  # type: ignore[arg-type]
        data_collator=collate,
        compute_metrics=metrics,
        callbacks=[
            EarlyStoppingCallback(settings.patience),
            TimeLimit(arguments.max_minutes),
        ],
    )
    whole = last_whole_checkpoint(run) if arguments.resume else None
    if arguments.resume and is_main_process():
        place = f"goes on from {whole.name}" if whole else "has no whole checkpoint: it begins anew"
        print(f"{name}: {place}", flush=True)
    trainer.train(resume_from_checkpoint=str(whole) if whole else None)
    history = [dict(entry) for entry in trainer.state.log_history]
    if is_main_process():
        run.mkdir(parents=True, exist_ok=True)
        (run / "history.json").write_text(json.dumps(history, indent=1), "utf-8")
    return history


def training_arguments(
    settings: FitSettings, run: Path, steps: int, *, precision: Precision, whole: bool
) -> TrainingArguments:
    """Settings in the Trainer's own words; `whole` if every batch of training has to be full."""
    every = max(steps // settings.evaluations, 1)
    on_gpu = torch.cuda.is_available()
    return TrainingArguments(
        output_dir=str(run),
        per_device_train_batch_size=settings.batch_size,
        per_device_eval_batch_size=settings.eval_batch_size or settings.batch_size,
        gradient_accumulation_steps=settings.gradient_accumulation,
        max_steps=steps,
        lr_scheduler_type=settings.schedule,
        lr_scheduler_kwargs={"min_lr_rate": settings.least_rate} if settings.least_rate else {},
        warmup_steps=max(int(steps * settings.warmup), 1),
        weight_decay=settings.weight_decay,
        adam_beta2=settings.beta2,
        max_grad_norm=1.0,
        optim=settings.optimizer,
        bf16=precision.is_lower,
        train_sampling_strategy=settings.sampling,
        dataloader_drop_last=whole,
        logging_steps=max(every // 4, 1),
        eval_on_start=settings.evaluate_first,
        eval_strategy="steps",
        eval_steps=every,
        save_strategy="steps",
        save_steps=every,
        save_total_limit=2,
        load_best_model_at_end=True,
        # Macro F1 of a few hundred songs hangs on a handful of rare ones; the loss is steadier.
        metric_for_best_model=settings.select_by,
        greater_is_better=settings.select_by != "loss",
        remove_unused_columns=False,  # batches are of our own making
        label_names=["labels"],
        seed=settings.seed,
        report_to=[],
        disable_tqdm=True,
        use_cpu=not on_gpu,
        dataloader_pin_memory=on_gpu,
        ddp_find_unused_parameters=False,  # every parameter that is trained is in every step
    )


def network_precision(network: nn.Module, settings: FitSettings) -> Precision:
    """In which numbers this network is trained, by what it is made of and the configuration."""
    return training_precision(layer_kinds(network), settings.precision)


def seconds_per_step(
    model: nn.Module,
    rows: Sequence[Mapping[str, Any]],
    collate: Callable[[list[Any]], dict[str, torch.Tensor]],
    batch: int,
    precision: Precision,
) -> float:
    """Mean of three batches forward and backward, after five that may compile."""
    device = compute_device()
    model.to(device).train()
    times: list[float] = []
    for index in range(8):
        chosen = [rows[(index * batch + i) * 7919 % len(rows)] for i in range(batch)]
        inputs = {key: value.to(device) for key, value in collate(chosen).items()}
        start = time.perf_counter()
        with torch.autocast(device.type, torch.bfloat16, enabled=precision.is_lower):
            loss = model(**inputs)["loss"]
        loss.backward()
        times.append(time.perf_counter() - start)
        model.zero_grad()
    return sum(times[5:]) / 3
