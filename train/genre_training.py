"""What the three genre training scripts share: arguments, the Trainer, calibration, the card."""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import math
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import torch
import yaml
from scipy.special import log_softmax, softmax
from sklearn.metrics import accuracy_score, f1_score
from torch import nn
from transformers import (
    EarlyStoppingCallback,
    Trainer,
    TrainerCallback,
    TrainingArguments,
)

from engine.classifiers import load_classifier
from engine.classifiers.torch_classifier import load_into, load_tensors
from engine.evaluation.genre_task import card_revision
from engine.modelcard import ModelCard
from engine.prediction import GENRES, GenreClassifier
from engine.weights import Slot, base_source, compute_device, models_folder, slot
from train.genre_data import GenreSplit, corpus_sha256, log_prior

ENCODER = "encoder.safetensors"
# What of a Trainer's log counts on when a second run starts from a first one's weights.
COUNTED = ("step", "epoch")
LIBRARIES = (
    "torch",
    "transformers",
    "peft",
    "accelerate",
    "bitsandbytes",
    "tokenizers",
    "safetensors",
)
LICENCE = (
    "MIT for the weights trained here; the base keeps its own licence (see engine/presets.toml). "
    "The training lyrics are their writers' and are not distributed."
)
LIMITS = (
    "English lyrics and twelve genres only; words alone cannot tell rock from pop as sound does, "
    "and annotators themselves agree on about 71% of the songs they share."
)


def parse_arguments(description: str, name: str, **extra: dict[str, Any]) -> argparse.Namespace:
    """The command line every genre script has; ``--config`` values come from one YAML file.

    `extra` are options of one script only: name (with underscores) to `add_argument`'s keywords.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--data", type=Path, required=True, help="folder with the parquet splits")
    parser.add_argument("--preset", choices=["embedded", "full"], default="embedded")
    parser.add_argument(
        "--config", type=Path, help="YAML file; default: train/configs/NAME[_full].yaml"
    )
    parser.add_argument(
        "--output", type=Path, help="where weights go; default: the preset's folder"
    )
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="checkpoints and logs")
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint")
    parser.add_argument("--max-minutes", type=float, help="fit the schedule into this much time")
    parser.add_argument("--limit", type=int, help="songs per split, for a rehearsal")
    for option, keywords in extra.items():
        parser.add_argument("--" + option.replace("_", "-"), **keywords)
    arguments = parser.parse_args()
    if torch.cuda.is_available():  # before anything is loaded: each process has a GPU of its own
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")))
    suffix = "_full" if arguments.preset == "full" else ""
    path = arguments.config or Path(__file__).parent / "configs" / f"{name}{suffix}.yaml"
    arguments.settings = yaml.safe_load(path.read_text("utf-8"))
    return arguments


def is_main_process() -> bool:
    """Whether this process writes: one of several under ``accelerate launch`` does."""
    return int(os.environ.get("RANK", "0")) == 0


def process_count() -> int:
    """How many processes train together."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def output_slot(name: str, arguments: argparse.Namespace) -> Slot:
    """The preset's slot, with its folder moved to ``--output`` if that was given."""
    found = slot(name, arguments.preset)
    if arguments.output:
        os.environ["LYRICLAB_MODELS"] = str(arguments.output.resolve())
    (models_folder() / found.adapter).mkdir(parents=True, exist_ok=True)
    return found


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
    bf16 = bool(settings.get("bf16", False))
    seconds = seconds_per_step(model, train_rows, collate, batch, bf16) * accumulation
    evaluations = int(settings.get("evaluations", 6))
    trainable = sum(p.numel() for p in model.parameters() if p.requires_grad)
    if is_main_process():
        print(
            f"{name}: {len(train_rows)} songs, {trainable / 1e6:.1f} M trainable parameters, "
            f"{seconds:.2f} s a step, {steps} steps: "
            f"about {steps * seconds / 60:.0f} minutes and evaluations"
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
        bf16=bf16,
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
    bf16: bool,
) -> float:
    """Mean of three batches forward and backward, after five that may compile."""
    device = compute_device()
    model.to(device).train()
    times: list[float] = []
    for index in range(8):
        chosen = [rows[(index * batch + i) * 7919 % len(rows)] for i in range(batch)]
        inputs = {key: value.to(device) for key, value in collate(chosen).items()}
        start = time.perf_counter()
        with torch.autocast(device.type, torch.bfloat16, enabled=bf16):
            loss = model(**inputs)["loss"]
        loss.backward()
        times.append(time.perf_counter() - start)
        model.zero_grad()
    return sum(times[5:]) / 3


def fitted_temperature(logits: np.ndarray[Any, Any], labels: np.ndarray[Any, Any]) -> float:
    """The temperature of least negative log likelihood.

    Guo et al. 2017 (arXiv:1706.04599), section 4.2.
    """
    from scipy.optimize import minimize_scalar

    def loss(log_temperature: float) -> float:
        scaled = log_softmax(logits / math.exp(log_temperature), axis=-1)
        return float(-scaled[np.arange(len(labels)), labels].mean())

    return float(math.exp(minimize_scalar(loss, bounds=(-2, 2), method="bounded").x))


def likelihood_weights(
    parts: Sequence[np.ndarray[Any, Any]], labels: np.ndarray[Any, Any]
) -> np.ndarray[Any, Any]:
    """Weights (parts,), none below 0, of the log-linear pool of logits of greatest likelihood.

    A part is (songs, genres), or (genres,) if it is the same for all songs, as a log prior is.
    Convex: a multinomial logistic regression with one coefficient a part.
    """
    from scipy.optimize import minimize

    shape = len(labels), parts[0].shape[-1]
    stacked = np.stack([np.broadcast_to(part, shape) for part in parts]).astype(float)
    rows = np.arange(len(labels))
    told = stacked[:, rows, labels].mean(-1)

    def loss(weights: np.ndarray[Any, Any]) -> tuple[float, np.ndarray[Any, Any]]:
        scaled = log_softmax(np.tensordot(weights, stacked, 1), axis=-1)
        expected = (stacked * np.exp(scaled)).sum(-1).mean(-1)
        return -float(scaled[rows, labels].mean()), expected - told

    start = np.full(len(parts), 1 / len(parts))
    bounds = [(0, None)] * len(parts)
    return minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x


def likelihood_loss(parts: Sequence[np.ndarray[Any, Any]], labels: np.ndarray[Any, Any]) -> float:
    """Negative log likelihood a song, in nats, of the pool by `likelihood_weights`."""
    weights = likelihood_weights(parts, labels)
    pooled = sum(weight * part for weight, part in zip(weights, parts, strict=True))
    return -float(log_softmax(pooled, axis=-1)[np.arange(len(labels)), labels].mean())


def fitted_temperatures(
    logits: np.ndarray[Any, Any],
    labels: np.ndarray[Any, Any],
    shift: np.ndarray[Any, Any],
    prior: np.ndarray[Any, Any],
) -> list[float]:
    """A temperature for songs answered with each genre, of least negative log likelihood.

    Of logits to which the shift for macro F1 is added already: a genre that it favours more than
    likelihood would (`likelihood_shift`) is answered too surely. So log temperatures are linear in
    that favour. Two numbers are fitted, no answer changes.
    """
    from scipy.optimize import minimize

    favour = shift - likelihood_shift(logits - shift, labels, prior)
    favour = favour - favour.min()
    answers = logits.argmax(-1)

    def temperatures(fitted: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        return np.exp((fitted[0] + fitted[1] * favour).clip(-3, 3))

    def loss(fitted: np.ndarray[Any, Any]) -> float:
        scaled = log_softmax(logits / temperatures(fitted)[answers][:, None], axis=-1)
        return -float(scaled[np.arange(len(labels)), labels].mean())

    start = np.array([math.log(fitted_temperature(logits, labels)), 0.0])
    found = minimize(loss, start, method="Nelder-Mead", options={"maxiter": 400}).x
    return [round(float(value), 4) for value in temperatures(found)]


def likelihood_shift(
    logits: np.ndarray[Any, Any], labels: np.ndarray[Any, Any], prior: np.ndarray[Any, Any]
) -> np.ndarray[Any, Any]:
    """How much of the log prior (genres,) likelihood adds to these logits, at their own scale."""
    own, whole = likelihood_weights([logits, prior], labels)
    return whole / max(own, 1e-6) * prior


def fitted_shift(
    logits: np.ndarray[Any, Any], labels: np.ndarray[Any, Any], prior: np.ndarray[Any, Any]
) -> np.ndarray[Any, Any]:
    """What to add to each genre's logit (genres,) for the best macro F1 to expect.

    Songs of rare genres are few: by the labels themselves, one song more or less decides. So labels
    only fit scale and prior by likelihood, and macro F1 is the one to expect if each song has each
    genre with the probability so found (`expected_macro_f1`). From the share of the prior that does
    best, each genre's shift is moved up and down while that gains.
    """
    own, whole = likelihood_weights([logits, prior], labels)
    probabilities = softmax(own * logits + whole * prior, axis=-1)
    shift = best_shift(own * logits, probabilities, whole * prior)
    return np.round((shift - shift.max()) / max(own, 1e-6), 4)


def best_shift(
    logits: np.ndarray[Any, Any],
    probabilities: np.ndarray[Any, Any],
    prior: np.ndarray[Any, Any],
) -> np.ndarray[Any, Any]:
    """The shift (genres,) of highest expected macro F1 that coordinate ascent finds.

    It starts from the share of the log prior, none to all, that does best.
    """

    def expected(shift: np.ndarray[Any, Any]) -> float:
        return expected_macro_f1(probabilities, (logits + shift).argmax(-1))

    best = max((share * prior for share in np.arange(0, 1.01, 0.05)), key=expected)
    score = expected(best)
    for step in (0.4, 0.2, 0.1):
        for genre in 3 * list(range(len(prior))):
            for move in (-step, step):
                moved = best.copy()
                moved[genre] += move
                if expected(moved) > score:
                    best, score = moved, expected(moved)
    return best


def expected_macro_f1(probabilities: np.ndarray[Any, Any], answers: np.ndarray[Any, Any]) -> float:
    """Macro F1 of answers (songs,), each genre's counts replaced by what probabilities expect.

    Plug-in F1, as in Lipton, Elkan and Narayanaswamy 2014 (arXiv:1402.1892), section 4.
    """
    genres = probabilities.shape[-1]
    said = np.bincount(answers, minlength=genres)
    told = probabilities[np.arange(len(answers)), answers]
    right = np.bincount(answers, weights=told, minlength=genres)
    return float(np.mean(2 * right / (said + probabilities.sum(0)).clip(min=1e-12)))


def finish(
    name: str,
    family: str,
    arguments: argparse.Namespace,
    splits: Mapping[str, GenreSplit],
    config: dict[str, Any],
    history: list[dict[str, float]],
    adjusted: Callable[[], np.ndarray[Any, Any]] | None = None,
) -> None:
    """Write the card, then calibrate on validation and measure on test through the serving path.

    Calibration: what is added to each genre's logit (by the macro F1 to expect), then temperatures
    (by log likelihood). `adjusted`, for a model with more to fit on validation, is
    called once the card stands, writes what it fitted and returns the logits that it leads to.
    """
    own = slot(name, arguments.preset)
    folder = own.folder
    card = ModelCard(
        name=name,
        family=family,
        base=own.base_label,
        base_sha256=own.base.sha256 if own.base else None,
        labels=GENRES,
        training_data="12-genre corpus of English lyrics, split by artist: train, validation",
        training_data_sha256=corpus_sha256(arguments.data),
        config={
            **config,
            "settings": arguments.settings,
            "history": curves(history),
        },
        library_versions={lib: importlib.metadata.version(lib) for lib in LIBRARIES},
        metrics={"train/songs": len(splits["train"])},
        licence=LICENCE,
        limits=LIMITS,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    card.write(folder)
    logits = adjusted() if adjusted else None
    calibrate(card, name, arguments.preset, splits, arguments.runs, logits)
    test = splits["test"]
    card.metrics.update(
        measured("test", log_probabilities(name, arguments.preset, test), test.labels)
    )
    card.write(folder)
    print(json.dumps(card.metrics))


def calibrate(
    card: ModelCard,
    name: str,
    preset: str,
    splits: Mapping[str, GenreSplit],
    runs: Path,
    logits: np.ndarray[Any, Any] | None = None,
) -> None:
    """Fit shifts and temperatures on validation and write the card.

    `logits` are the uncalibrated ones on validation where they are known already. Calibrated log
    probabilities go to ``runs/NAME/validation.npz`` for `train.genre_combined`.
    """
    folder = slot(name, preset).folder
    card.config.update(prior_shift=[0.0] * len(GENRES), temperatures=[1.0] * len(GENRES))
    card.write(folder)
    validation, prior = splits["validation"], log_prior(splits["train"].labels)
    if logits is None:
        logits = log_probabilities(name, preset, validation)
    shift = fitted_shift(logits, validation.labels, prior)
    logits = logits + shift
    temperatures = fitted_temperatures(logits, validation.labels, shift, prior)
    print(f"{name}: shifts {shift.tolist()}, temperatures {temperatures}")
    card.config["prior_shift"] = shift.tolist()
    card.config["temperatures"] = temperatures
    card.metrics.update(measured("validation", logits, validation.labels))
    card.write(folder)
    (runs / name).mkdir(parents=True, exist_ok=True)
    scaled = logits / np.array(temperatures)[logits.argmax(-1)][:, None]
    np.savez(
        runs / name / "validation.npz",
        log_probabilities=log_softmax(scaled, axis=-1),
        labels=validation.labels,
        revision=card_revision(ModelCard.read(folder)),
    )


def log_probabilities(name: str, preset: str, split: GenreSplit) -> np.ndarray[Any, Any]:
    """Log probabilities (songs, genres) through the serving path."""
    return answered(load_classifier(name, preset), split)


def answered(classifier: GenreClassifier, split: GenreSplit) -> np.ndarray[Any, Any]:
    """Log probabilities (songs, genres) of a loaded model."""
    predictions = classifier.predict(split.lyrics)
    return np.log(np.array([p.probabilities for p in predictions]).clip(1e-12))


def measured(
    split: str, logits: np.ndarray[Any, Any], labels: np.ndarray[Any, Any]
) -> dict[str, float]:
    """Accuracy and macro F1 under the names a card uses."""
    predicted = logits.argmax(-1)
    return {
        f"{split}/accuracy": round(float(accuracy_score(labels, predicted)), 4),
        f"{split}/macro_f1": round(macro_f1(predicted, labels), 4),
        f"{split}/songs": len(labels),
    }


def macro_f1(predicted: np.ndarray[Any, Any], labels: np.ndarray[Any, Any]) -> float:
    """Unweighted mean of F1 over the 12 genres; one that never comes and is never said counts 0."""
    return float(
        f1_score(labels, predicted, average="macro", labels=range(len(GENRES)), zero_division=0)
    )


def continued(
    earlier: Sequence[Mapping[str, float]], history: Iterable[Mapping[str, float]]
) -> list[dict[str, float]]:
    """One log of two runs, the second of which started from the first's weights.

    Steps and epochs count on from where the first ended.
    """
    ends = {key: max((entry.get(key, 0) for entry in earlier), default=0) for key in COUNTED}
    later = [{key: value + ends.get(key, 0) for key, value in entry.items()} for entry in history]
    return [*map(dict, earlier), *later]


def curves(history: Iterable[Mapping[str, float]]) -> list[dict[str, float]]:
    """What of a Trainer's log a card keeps: losses and scores by step."""
    kept = ("step", "epoch", "loss", "eval_loss", "eval_accuracy", "eval_macro_f1")
    return [
        {key: round(float(entry[key]), 5) for key in kept if key in entry}
        for entry in history
        if "loss" in entry or "eval_loss" in entry
    ]
