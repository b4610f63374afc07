"""Trainings of the full preset by its own commands, timed; and plain ones on the same bases.

Ours are the `main` of `train.genre_llama`, `train.chords_tinyllama`, `train.chords_memory` and
`train.genre_roberta` with the shipped settings, but for few songs and steps. Plain is what the
documentation of peft shows (`prepare_model_for_kbit_training`, LoRA of the same rank with dropout
.05 on the same layers, the Trainer with paged 8-bit AdamW, checkpoints, bfloat16, batches padded to
their longest text) on the same packed weights; for RoBERTa the Trainer alone, as ours has no LoRA.
Tokens are those of the texts: padding does not count, on either side.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
import yaml
from gpu_songs import write_chord_songs, write_genre_songs

from engine.models.folders import models_folder
from engine.models.presets import slot
from train.settings import CONFIGS

_WARM_UP = 3  # steps that are not counted
_OURS = {"epochs": 1, "evaluations": 1, "patience": 1}


@dataclass(frozen=True)
class Place:
    """Where a part finds and leaves what it needs, and how much it is to do.

    Attributes
    ----------
    folder : Path
        Bases, songs, runs and models.
    steps : int
        Of the optimizer, in each training.
    rehearsal : bool
        Whether shapes are small and the machine any.
    """

    folder: Path
    steps: int
    rehearsal: bool

    @property
    def window(self) -> int:
        """Tokens of a window."""
        return 48 if self.rehearsal else 512

    def settings(self, name: str, **changes: Any) -> Path:
        """A shipped configuration of the full preset, changed."""
        found = yaml.safe_load((CONFIGS / f"{name}_full.yaml").read_text("utf-8")) | changes
        if self.rehearsal:
            simple = {"precision": "float32", "optimizer": "adamw_torch"}
            found |= {key: value for key, value in simple.items() if key in found}
        path = self.folder / f"{name}.yaml"
        path.write_text(yaml.safe_dump(found), "utf-8")
        return path

    def songs(self, kind: str, train: int) -> Path:
        """Songs for genre: of texts that fill a window (``full``), or of usual lengths."""
        folder = self.folder / f"songs-{kind}"
        words = (self.window, self.window + 40) if kind == "full" else (self.window // 6, 350)
        write_genre_songs(folder, {"train": train, "validation": 24, "test": 24}, words)
        return folder


@dataclass
class Watch:
    """When each pass of a training began and of how many tokens it was; memory at its peak."""

    marks: list[tuple[float, Any]] = field(default_factory=list)
    peak: int = 0
    card: int = 0

    def mark(self, tokens: Any) -> None:
        """A pass begins."""
        if torch.cuda.is_available():
            torch.cuda.synchronize()
            self.peak = torch.cuda.max_memory_allocated()
            free, whole = torch.cuda.mem_get_info()
            self.card = max(self.card, whole - free)
        self.marks.append((time.perf_counter(), tokens))

    def figures(self, steps: int, history: list[dict[str, float]]) -> dict[str, Any]:
        """Speed over the last `steps` passes but for the first few, losses, gigabytes."""
        last = self.marks[-steps:]
        last = last[min(_WARM_UP, len(last) - 2) :]
        seconds = last[-1][0] - last[0][0]
        tokens = sum(int(of) for _, of in last[:-1])
        losses = [entry["loss"] for entry in history if "loss" in entry]
        return {
            "tokens_per_second": round(tokens / seconds, 1),
            "tokens_per_pass": round(tokens / (len(last) - 1), 1),
            "passes": len(last) - 1,
            "first_loss": round(losses[0], 4),
            "last_loss": round(losses[-1], 4),
            "loss_falls": losses[-1] < losses[0],
            # As PyTorch allocates it; and all that is taken of the card, pages of bitsandbytes and
            # the driver's own included.
            "peak_gigabytes": round(self.peak / 1e9, 3) if self.peak else None,
            "card_gigabytes": round(self.card / 1e9, 3) if self.card else None,
        }


@contextmanager
def marked(owner: Any, name: str, tokens: Callable[..., Any]) -> Iterator[Watch]:
    """Watch calls of a method in training; `tokens` is given what the method is."""
    watch, plain = Watch(), getattr(owner, name)

    def watched(self: Any, *inputs: Any, **options: Any) -> Any:
        if torch.is_grad_enabled():
            watch.mark(tokens(self, *inputs, **options))
        return plain(self, *inputs, **options)

    if torch.cuda.is_available():
        torch.cuda.reset_peak_memory_stats()
    setattr(owner, name, watched)
    try:
        yield watch
    finally:
        setattr(owner, name, plain)


def called(main: Callable[[], Any], *words: str | Path) -> None:
    """Run a command in this process."""
    before = sys.argv
    sys.argv = ["train", *map(str, words)]
    try:
        main()
    finally:
        sys.argv = before


def logged(run: Path) -> list[dict[str, float]]:
    """The log that a training left."""
    return json.loads((run / "history.json").read_text("utf-8"))


def llama(place: Place, kind: str = "full") -> dict[str, Any]:
    """``python -m train.genre_llama --preset full``, whole."""
    from train import genre_llama
    from train.frozen_states import WindowReader

    batch, accumulation = 8, 1 if place.rehearsal else 4
    changes: dict[str, Any] = {"warm_start_songs": 24, "validation_songs": 24, "forms": 0}
    if place.rehearsal:
        changes |= {"rank": 4}
    config = place.settings(
        "genre_llama",
        **_OURS,
        **changes,
        window=place.window,
        windows=1,
        gradient_accumulation=accumulation,
    )
    data = place.songs(kind, batch * accumulation * place.steps)
    runs = place.folder / f"runs-{kind}"

    def tokens(reader: Any, _network: Any, chosen: list[int], _song: Any) -> int:
        return sum(len(reader.windows[number]) for number in chosen)

    with marked(WindowReader, "__call__", tokens) as watch:
        arguments = ("--preset", "full", "--data", data, "--runs", runs, "--config", config)
        called(genre_llama.main, *arguments)
    return watch.figures(place.steps * accumulation, logged(runs / "llama"))


def plain_llama(place: Place, kind: str = "full") -> dict[str, Any]:
    """Plain peft on the same songs, cut to one window each."""
    from transformers import AutoModelForSequenceClassification

    from engine.classifiers.llama import load_tokenizer, lyric_windows
    from engine.classifiers.prediction import GENRES
    from train.genre_data import read_split

    batch, accumulation = 8, 1 if place.rehearsal else 4
    split = read_split(place.songs(kind, batch * accumulation * place.steps), "train")
    tokenizer = load_tokenizer(slot("llama", "full"))
    rows = [
        {
            "input_ids": lyric_windows(tokenizer, lyric.text, place.window, 1)[0],
            "labels": int(label),
        }
        for lyric, label in zip(split.lyrics, split.labels, strict=True)
    ]
    model = _packed(place, "llama", AutoModelForSequenceClassification, num_labels=len(GENRES))
    return _plain_run(place, model, rows, tokenizer, (batch, accumulation), "paged_adamw_8bit")


def chords(place: Place) -> dict[str, Any]:
    """``python -m train.chords_tinyllama --preset full`` and, after it, ``chords_memory``."""
    from train import chords_memory, chords_tinyllama

    data = place.folder / "songs-chords"
    write_chord_songs(data)
    changes: dict[str, Any] = {"rare_genres": 1, "progression_epochs": 0, "evaluation_songs": 10}
    changes |= {"gradient_accumulation": 1, "epochs": 8}
    if place.rehearsal:
        changes |= {"rank": 4, "layers": 2, "tokens_per_batch": 4096, "epochs": 1}
    config = place.settings("chords_tinyllama", **(_OURS | changes))
    runs = place.folder / "runs-chords"
    # The embeddings' row 0 begins a text and is padding too: a text has one such token.
    counted = lambda _self, labels, input_ids, **_: (input_ids != 0).sum()  # noqa: E731
    with marked(chords_tinyllama.ChordLoss, "forward", counted) as watch:
        words = ("--preset", "full", "--data", data, "--runs", runs, "--config", config)
        chords_tinyllama.main([str(word) for word in words])
    log = logged(runs / "tinyllama")
    steps = int(max(entry.get("step", 0) for entry in log))
    found = watch.figures(steps, log)
    smaller = {"epochs": 1, "folds": 2}
    if place.rehearsal:
        smaller |= {"order": 3, "width": 16, "networks": 1}
    config = place.settings("chords_memory", **smaller)
    words = ("--preset", "full", "--data", data, "--runs", runs, "--config", config)
    chords_memory.main([*map(str, words), "--progressions", str(data / "progressions")])
    return found


def plain_chords(place: Place) -> dict[str, Any]:
    """Plain peft on next words of as many and as long texts, over the base's whole vocabulary."""
    from transformers import AutoModelForCausalLM

    from engine.models.bases import base_source
    from engine.models.tokenizers import tokenizer_of

    where = slot("tinyllama", "full")
    assert where.base is not None  # noqa: S101 - the preset gives it one
    tokenizer = tokenizer_of(base_source(where.base))
    length, batch = (place.window, 2) if place.rehearsal else (1024, 8)
    numbers = torch.Generator().manual_seed(0)
    ids = torch.randint(5, len(tokenizer), (batch * 2 * place.steps, length), generator=numbers)
    rows = [{"input_ids": row, "labels": row} for row in ids.tolist()]
    model = _packed(place, "tinyllama", AutoModelForCausalLM)
    return _plain_run(place, model, rows, tokenizer, (batch, 2), "adamw_torch")


def roberta(place: Place) -> dict[str, Any]:
    """``python -m train.genre_roberta --preset full``, fed by the shipped BiLSTM-GRU."""
    import numpy as np

    from engine.classifiers import load_from
    from train import genre_roberta
    from train.genre_data import read_split
    from train.genre_loss import GenreLoss

    batch, accumulation = 16, 1 if place.rehearsal else 2
    data = place.songs("full", batch * accumulation * place.steps)
    songs = read_split(data, "train")
    bilstm: Any = load_from(slot("bilstm-gru", "full"))
    with torch.inference_mode():
        genres, tags = bilstm.heard(songs.lyrics)
    features = place.folder / "cross_fit.npz"
    keys = songs.keys()
    np.savez(features, songs=keys, genres=genres.cpu().numpy(), tags=tags.cpu().numpy())
    config = place.settings(
        "genre_roberta",
        **_OURS,
        validation_songs=24,
        forms=0,
        direct_pairs=50,
        window=place.window,
        windows=1,
        gradient_accumulation=accumulation,
    )
    runs = place.folder / "runs-roberta"
    counted = lambda _self, labels, weights, **read: read["attention_mask"].sum()  # noqa: E731
    with marked(GenreLoss, "forward", counted) as watch:
        arguments = ("--preset", "full", "--data", data, "--runs", runs, "--config", config)
        called(genre_roberta.main, *arguments, "--features", features)
    return watch.figures(place.steps * accumulation, logged(runs / "roberta"))


def plain_roberta(place: Place) -> dict[str, Any]:
    """The Trainer on the same songs, every weight learnt, as its documentation shows."""
    from transformers import AutoModelForSequenceClassification

    from engine.classifiers.prediction import GENRES
    from engine.classifiers.torch_classifier import distinct_text
    from engine.models.bases import base_source
    from engine.models.tokenizers import tokenizer_of
    from train.genre_data import read_split

    batch, accumulation = 16, 1 if place.rehearsal else 2
    split = read_split(place.songs("full", batch * accumulation * place.steps), "train")
    base = slot("roberta", "full").base
    assert base is not None  # noqa: S101 - the preset gives it one
    tokenizer = tokenizer_of(base_source(base))
    rows = [
        {
            "input_ids": tokenizer(distinct_text(lyric.text))["input_ids"][: place.window],
            "labels": int(label),
        }
        for lyric, label in zip(split.lyrics, split.labels, strict=True)
    ]
    model = AutoModelForSequenceClassification.from_pretrained(
        base_source(base), num_labels=len(GENRES)
    )
    return _plain_run(place, model, rows, tokenizer, (batch, accumulation), "adamw_torch")


def _packed(place: Place, name: str, kind: Any, **options: Any) -> Any:
    """A base of the full preset in 4 bits with peft's LoRA, made ready as peft says."""
    from peft import LoraConfig, get_peft_model, prepare_model_for_kbit_training

    from engine.models.bases import base_source
    from engine.models.quantization import quantization_config

    where = slot(name, "full")
    assert where.base is not None  # noqa: S101 - the preset gives it one
    model = kind.from_pretrained(
        base_source(where.base),
        dtype=torch.bfloat16,
        quantization_config=quantization_config("nf4"),
        **options,
    )
    for module in model.modules():
        if hasattr(module, "support_avx512bf16_for_cpu"):  # see engine.models.quantization
            module.support_avx512bf16_for_cpu = False
    shipped = yaml.safe_load((CONFIGS / "genre_llama_full.yaml").read_text("utf-8"))
    prepared = prepare_model_for_kbit_training(
        model, gradient_checkpointing_kwargs={"use_reentrant": False}
    )
    adapted: Any = get_peft_model(
        prepared,
        LoraConfig(
            r=4 if place.rehearsal else shipped["rank"],
            lora_alpha=shipped["alpha"],
            lora_dropout=0.05,
            target_modules=shipped["target_modules"],
            task_type="SEQ_CLS" if "num_labels" in options else "CAUSAL_LM",
        ),
    )
    return adapted


def _plain_run(
    place: Place,
    model: Any,
    rows: list[dict[str, Any]],
    tokenizer: Any,
    sizes: tuple[int, int],
    optimizer: str,
) -> dict[str, Any]:
    """The Trainer over rows of ids and labels, timed as ours is; `sizes`: batch, accumulation."""
    from transformers import DataCollatorForSeq2Seq, DataCollatorWithPadding, Trainer
    from transformers import TrainingArguments as Arguments

    batch, accumulation = sizes
    per_token = isinstance(rows[0]["labels"], list)
    collator = DataCollatorForSeq2Seq if per_token else DataCollatorWithPadding
    model.config.pad_token_id = tokenizer.pad_token_id
    trainer = Trainer(
        model=model,
        args=Arguments(
            output_dir=str(place.folder / "runs-plain"),
            per_device_train_batch_size=batch,
            gradient_accumulation_steps=accumulation,
            max_steps=place.steps,
            learning_rate=1e-4,
            warmup_steps=1,
            logging_steps=max(place.steps // 4, 1),
            save_strategy="no",
            optim="adamw_torch" if place.rehearsal else optimizer,
            bf16=not place.rehearsal,
            use_cpu=not torch.cuda.is_available(),
            report_to=[],
            disable_tqdm=True,
        ),
        train_dataset=rows,  # type: ignore[arg-type]
        data_collator=collator(tokenizer),
    )
    counted = lambda _self, _model, inputs, *_, **__: inputs["attention_mask"].sum()  # noqa: E731
    with marked(Trainer, "training_step", counted) as watch:
        trainer.train()
    return watch.figures(place.steps * accumulation, trainer.state.log_history)


def shipped_beside(names: dict[str, str]) -> None:
    """Put shipped models into the folder of models, by the names that the full preset has."""
    import shutil

    from measuring import ROOT

    for name, target in names.items():
        folder = models_folder() / target
        if not folder.exists():
            shutil.copytree(ROOT / "models" / name, folder)
