"""The training loop of the genre models: the loss, the Trainer, time, precision, progress."""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.metrics import accuracy_score
from torch import nn
from transformers import (
    EarlyStoppingCallback,
    Trainer,
    TrainerCallback,
    TrainingArguments,
)

from engine.classifiers.prediction import GENRES
from engine.classifiers.torch_classifier import load_into, load_tensors
from engine.models.bases import base_source
from engine.models.compute import AUTO, Precision, compute_device, training_precision
from engine.models.presets import Slot
from engine.models.trials import layer_kinds
from train.calibration import macro_f1
from train.command_line import is_main_process, process_count

ENCODER = "encoder.safetensors"


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
        self.register_state_dict_post_hook(_leave_out_frozen)
        self.register_load_state_dict_post_hook(_miss_no_frozen)

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


def _frozen(module: nn.Module) -> tuple[str, ...]:
    """How the names of what is not trained begin, and of what quantization keeps beside it."""
    return tuple(name for name, value in module.named_parameters() if not value.requires_grad)


def _leave_out_frozen(
    module: nn.Module, state: dict[str, torch.Tensor], prefix: str, _local: dict[str, Any]
) -> None:
    """Keep checkpoints small: a frozen base of 8 billion parameters would fill a disk."""
    left_out = tuple(prefix + name for name in _frozen(module))
    for key in [key for key in state if key.startswith(left_out)]:
        del state[key]


def _miss_no_frozen(module: nn.Module, keys: Any) -> None:
    """The other side of `_leave_out_frozen`: what it left out is not missing."""
    frozen = _frozen(module)
    keys.missing_keys[:] = [key for key in keys.missing_keys if not key.startswith(frozen)]


def training_encoder(
    own: Slot, settings: Mapping[str, Any], earlier: Path | None = None
) -> tuple[Any, Any]:
    """The slot's encoder, with the dropout and attention of a configuration; and its tokenizer.

    `earlier` is a folder where `train.roberta_mlm` left an encoder; None for the base as it is.
    """
    from transformers import AutoModel, AutoTokenizer

    assert own.base is not None  # noqa: S101 - presets give this slot a base
    source = base_source(own.base, print)
    options: dict[str, Any] = (
        {"attn_implementation": settings["attention"]} if settings.get("attention") else {}
    )
    encoder = AutoModel.from_pretrained(
        source,
        add_pooling_layer=False,
        hidden_dropout_prob=float(settings["encoder_dropout"]),
        attention_probs_dropout_prob=float(settings["encoder_dropout"]),
        **options,
    )
    if earlier:
        load_into(encoder, load_tensors(earlier / ENCODER), allow_missing=("embeddings.",))
    return encoder, AutoTokenizer.from_pretrained(source)


def compile_for_training(layers: Iterable[nn.Module]) -> None:
    """Compile each layer's forward pass for training steps, whose batches have one shape.

    Evaluation, where every batch has another, runs as it is. Needs a C++ compiler.
    """
    layers = list(layers)
    # All layers share one code object, and each is compiled anew for what it is given first, after
    # an evaluation and so on: past the default of 8 the rest would silently run uncompiled.
    torch._dynamo.config.recompile_limit = max(
        torch._dynamo.config.recompile_limit, 8 * len(layers)
    )
    for layer in layers:
        plain = layer.forward
        compiled = torch.compile(plain, dynamic=False)

        def forward(
            *inputs: Any,
            _layer: nn.Module = layer,
            _plain: Callable[..., Any] = plain,
            _compiled: Callable[..., Any] = compiled,
            **keywords: Any,
        ) -> Any:
            return (_compiled if _layer.training else _plain)(*inputs, **keywords)

        layer.forward = forward


class TimeLimit(TrainerCallback):
    """Stops a run that would outlast its minutes; the best checkpoint so far is kept."""

    def __init__(self, minutes: float | None) -> None:
        self.end = time.monotonic() + 60 * minutes if minutes else math.inf

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> Any:
        """Ask the Trainer to stop and evaluate once the time is over."""
        if time.monotonic() > self.end:
            control.should_evaluate = control.should_save = control.should_training_stop = True
        return control


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


class _GenreTrainer(Trainer):
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
    model: GenreLoss,
    train_rows: Sequence[Mapping[str, Any]],
    validation_rows: Sequence[Mapping[str, Any]],
    collate: Callable[[list[Any]], dict[str, torch.Tensor]],
    arguments: argparse.Namespace,
    name: str,
    parameter_groups: list[dict[str, Any]],
) -> list[dict[str, float]]:
    """Train with early stopping on validation; the best weights end up in `model`.

    Prints the cost first: seconds per step from three timed steps, after five that may compile.
    With ``--max-minutes`` the number of steps is cut so that the learning-rate schedule ends in
    time.
    """
    settings = arguments.settings
    batch = int(settings["batch_size"])
    accumulation = int(settings["gradient_accumulation"])
    together = batch * accumulation * process_count()
    steps = math.ceil(len(train_rows) / together) * int(settings["epochs"])
    precision = network_precision(model, settings)
    seconds = seconds_per_step(model, train_rows, collate, batch, precision) * accumulation
    evaluations = int(settings.get("evaluations", 6))
    trainable = sum(p.numel() for p in model.parameters() if p.requires_grad)
    if is_main_process():
        print(
            f"{name}: {len(train_rows)} songs, {trainable / 1e6:.1f} M trainable parameters, "
            f"{seconds:.2f} s a step, {steps} steps: "
            f"about {steps * seconds / 60:.0f} minutes and evaluations; in {precision}"
        )
    if arguments.max_minutes:
        share = float(settings.get("training_share", 0.85))
        steps = max(min(steps, int(arguments.max_minutes * 60 * share / seconds)), 4)
        print(f"{name}: {steps} steps fit into {arguments.max_minutes:g} minutes")
    every = max(steps // evaluations, 1)
    run = arguments.runs / name
    # Macro F1 of a few hundred songs hangs on a handful of rare ones; the loss is steadier.
    select_by = settings.get("select_by", "macro_f1")
    training = TrainingArguments(
        output_dir=str(run),
        per_device_train_batch_size=batch,
        per_device_eval_batch_size=int(settings.get("eval_batch_size", batch)),
        gradient_accumulation_steps=accumulation,
        max_steps=steps,
        lr_scheduler_type=settings.get("schedule", "linear"),
        warmup_steps=max(int(steps * 0.06), 1),
        weight_decay=float(settings.get("weight_decay", 0.01)),
        max_grad_norm=1.0,
        optim=settings.get("optimizer", "adamw_torch"),
        bf16=precision.is_lower,
        train_sampling_strategy=settings.get("sampling", "group_by_length"),
        dataloader_drop_last=len(train_rows) > batch,
        logging_steps=max(every // 4, 1),
        eval_strategy="steps",
        eval_steps=every,
        save_strategy="steps",
        save_steps=every,
        save_total_limit=2,
        load_best_model_at_end=True,
        metric_for_best_model=select_by,
        greater_is_better=select_by != "loss",
        **trainer_habits(settings),
    )
    names = {parameter: name for name, parameter in model.named_parameters()}
    trainer = _GenreTrainer(
        [{**group, "params": [names[p] for p in group["params"]]} for group in parameter_groups],
        model=model,
        args=training,
        train_dataset=train_rows,  # type: ignore[arg-type]
        eval_dataset=validation_rows,  # type: ignore[arg-type]
        data_collator=collate,
        compute_metrics=genre_metrics,
        callbacks=[
            EarlyStoppingCallback(int(settings.get("patience", 3))),
            TimeLimit(arguments.max_minutes),
        ],
    )
    trainer.train(resume_from_checkpoint=arguments.resume or None)
    history = [dict(entry) for entry in trainer.state.log_history]
    if is_main_process():
        run.mkdir(parents=True, exist_ok=True)
        (run / "history.json").write_text(json.dumps(history, indent=1), "utf-8")
    return history


def network_precision(network: nn.Module, settings: Mapping[str, Any]) -> Precision:
    """In which numbers this network is trained, by what it is made of and the configuration."""
    return training_precision(layer_kinds(network), settings.get("precision", AUTO))


def trainer_habits(settings: Mapping[str, Any]) -> dict[str, Any]:
    """What all `TrainingArguments` share: batches of our own, plain logs, a GPU if there is one."""
    on_gpu = torch.cuda.is_available()
    return {
        "remove_unused_columns": False,
        "label_names": ["labels"],
        "seed": int(settings.get("seed", 0)),
        "report_to": [],
        "disable_tqdm": True,
        "use_cpu": not on_gpu,
        "dataloader_pin_memory": on_gpu,
        # Every parameter that is trained takes part in every step.
        "ddp_find_unused_parameters": False,
    }


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
