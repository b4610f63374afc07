"""Teach the LLaMA base to place chords on lyrics (LoRA; QLoRA in the full preset).

    python train/chords_tinyllama.py --data PATH [--preset embedded|full] [--config YAML]
        [--output DIR] [--resume] [--max-minutes N] [--songs N]

``--data`` is a folder with ``train.jsonl.gz``, ``validation.jsonl.gz`` and, for the card's test
figures, ``test.jsonl.gz`` (schema: see the JSON format of lead sheets). Checkpoints go to
``runs/``, the best one ends as adapter, rows and head, vocabulary and card in ``--output``.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))  # so that the script also runs from elsewhere

import engine  # noqa: F401 - settles how threads wait, before torch is imported

# isort: split
import argparse
import hashlib
import importlib.metadata
import math
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import torch
import yaml
from safetensors.torch import load_file, save_file
from torch import nn
from torch.optim.lr_scheduler import LambdaLR
from torch.utils.data import Dataset
from transformers import (
    AutoTokenizer,
    EarlyStoppingCallback,
    Trainer,
    TrainerCallback,
    TrainerControl,
    TrainerState,
    TrainingArguments,
)

from engine.corpora.chord_songs import read_chord_songs
from engine.evaluation.tasks.next_chord import best_trigram, chord_sequences, judged
from engine.generator.encoding import (
    Encoder,
    Header,
    ModelLine,
    Tokens,
    window_bounds,
    window_tokens,
)
from engine.generator.model import ChordModel, new_model, save_model
from engine.generator.songs import HomeSong, home_songs, vocabulary_of
from engine.generator.vocabulary import Vocabulary
from engine.models.bases import base_source
from engine.models.card import ModelCard
from engine.models.compute import AUTO, TRANSFORMER, training_precision
from engine.models.presets import Slot, slot
from engine.models.threads import asked_threads
from train.card import curves

ROOT = Path(__file__).parent.parent

TRAINABLE_FILE = "trainable.safetensors"
LIBRARIES = ("torch", "transformers", "peft", "accelerate", "bitsandbytes", "safetensors")
_RARE = 60  # genres with fewer songs are repeated
_PADDING = 64  # lengths within a batch differ by little, so padding is cheap


class ChordBatches(Dataset[dict[str, torch.Tensor]]):
    """Songs as ready batches of windows of like length, about `tokens_per_batch` tokens each.

    Parameters
    ----------
    drop : bool
        Hide genre, complexity and sections and tell chord counts at random, as training wants.
    """

    def __init__(
        self, encoder: Encoder, songs: Sequence[HomeSong], config: dict[str, Any], *, drop: bool
    ) -> None:
        self._encoder = encoder
        self._config = config
        self._drop = drop
        self._random = random.Random(config["seed"])  # noqa: S311
        vocabulary = encoder.vocabulary
        windows: list[tuple[int, HomeSong, Header, list[ModelLine], bool]] = []
        for song in songs:
            lines = song.model_lines(vocabulary)
            header = song.header(vocabulary)
            for start, stop in window_bounds(encoder, lines, config["window"]):
                part = lines[start:stop]
                tokens = window_tokens(encoder, header, part, song.key.mode, middle=start > 0)
                windows.append((len(tokens), song, header, part, start > 0))
        self.tokens = sum(window[0] for window in windows)
        self._random.shuffle(windows)
        windows.sort(key=lambda window: window[0] // _PADDING)
        self._batches: list[list[tuple[int, HomeSong, Header, list[ModelLine], bool]]] = []
        longest = 0
        for window in windows:
            longest = max(longest, window[0])
            batch = self._batches[-1] if self._batches else []
            if not batch or (len(batch) + 1) * longest > config["tokens_per_batch"]:
                self._batches.append([window])
                longest = window[0]
            else:
                batch.append(window)

    def __len__(self) -> int:
        return len(self._batches)

    def __getitem__(self, index: int) -> dict[str, torch.Tensor]:
        sequences = [self._encoded(window) for window in self._batches[index]]
        longest = max(len(tokens) for tokens in sequences)

        def padded(rows: list[list[int]], filler: int) -> torch.Tensor:
            return torch.tensor([row + [filler] * (longest - len(row)) for row in rows])

        # Padding stands on the right of a causal model, so no real token can see it.
        return {
            "input_ids": padded([tokens.ids for tokens in sequences], 0),
            "word_index": padded([tokens.words for tokens in sequences], 0),
            "targets": padded([tokens.targets for tokens in sequences], -100),
        }

    def _encoded(self, window: tuple[int, HomeSong, Header, list[ModelLine], bool]) -> Tokens:
        _length, song, header, lines, middle = window
        counts: list[int | None] | None = None
        if self._drop:
            chance, config = self._random.random, self._config
            if chance() < config["unknown_genre"]:
                header = replace(header, genre="genre:unknown")
            if chance() < config["unknown_complexity"]:
                header = replace(header, complexity="complexity:unknown")
            if chance() < config["unknown_section"]:
                lines = [
                    line if line.section == "final" else replace(line, section="none")
                    for line in lines
                ]
            told = config["told_count"]
            counts = [len(line.chords) if chance() < told else None for line in lines]
        mode = song.key.mode
        return window_tokens(self._encoder, header, lines, mode, middle=middle, counts=counts)


class ChordTrainer(Trainer):
    """A Trainer that keeps only what is trained, and whose learning rate knows the time budget."""

    def __init__(self, *, config: dict[str, Any], max_minutes: float, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._config = config
        self._seconds = max_minutes * 60
        self._started = time.monotonic()

    def create_optimizer(self, model: nn.Module | None = None) -> torch.optim.Optimizer:
        """AdamW with a rate of its own for our rows and head."""
        lora = [p for p in self.model.decoder.parameters() if p.requires_grad]
        own = [*self.model.tokens.parameters(), *self.model.words.parameters()]
        own += [*self.model.head.parameters()]
        config = self._config
        self.optimizer = torch.optim.AdamW(
            [
                {"params": lora, "lr": config["learning_rate"]},
                {"params": own, "lr": config["rows_learning_rate"]},
            ],
            weight_decay=config["weight_decay"],
            betas=(0.9, 0.98),
        )
        return self.optimizer

    def create_scheduler(
        self, num_training_steps: int, optimizer: torch.optim.Optimizer | None = None
    ) -> LambdaLR:
        """Warm up, then a cosine to a tenth, over the steps or the time budget: what ends first."""
        warmup = self._config["warmup"]

        def factor(step: int) -> float:
            done = max(step / max(num_training_steps, 1), self.share_of_time())
            if done < warmup:
                return max(done, 1 / max(num_training_steps, 1)) / warmup
            return 0.1 + 0.45 * (1 + math.cos(math.pi * min(1.0, (done - warmup) / (1 - warmup))))

        self.lr_scheduler = LambdaLR(optimizer or self.optimizer, factor)
        self._created_lr_scheduler = True
        return self.lr_scheduler

    def share_of_time(self) -> float:
        """How much of the time budget is gone."""
        return (time.monotonic() - self._started) / self._seconds

    def _save(self, output_dir: str | None = None, state_dict: Any = None) -> None:
        folder = Path(output_dir or self.args.output_dir)
        folder.mkdir(parents=True, exist_ok=True)
        save_file(trainable(self.model), folder / TRAINABLE_FILE)

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: Any = None) -> None:
        load_trainable(model or self.model, Path(resume_from_checkpoint))

    def _load_best_model(self) -> None:
        load_trainable(self.model, Path(self.state.best_model_checkpoint))


class TimeBudget(TrainerCallback):
    """Ends the run when the minutes are over, with a last evaluation and checkpoint."""

    trainer: ChordTrainer

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> TrainerControl:
        """Look at the clock."""
        if self.trainer.share_of_time() >= 1:
            control.should_training_stop = control.should_evaluate = control.should_save = True
        return control


def trainable(model: nn.Module) -> dict[str, torch.Tensor]:
    """Everything that is trained, by name."""
    return {
        name: parameter.detach().clone().contiguous()
        for name, parameter in model.named_parameters()
        if parameter.requires_grad
    }


def load_trainable(model: nn.Module, folder: Path) -> None:
    """Take back what `trainable` gave."""
    state = load_file(folder / TRAINABLE_FILE)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.requires_grad:
                parameter.copy_(state[name])


def repeated(found: Sequence[HomeSong], most: int) -> list[HomeSong]:
    """The songs, those of rare genres up to `most` times."""
    counts = Counter(song.genre for song in found)
    return [song for song in found for _ in range(max(1, min(most, _RARE // counts[song.genre])))]


def data_hash(folder: Path) -> str:
    """One sha256 over the split files, in name order."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.jsonl*")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def card(
    where: Slot, config: dict[str, Any], vocabulary: Vocabulary, data: Path, facts: dict[str, Any]
) -> ModelCard:
    """The card of a finished run; `facts` holds ``metrics`` and ``counts`` (songs per split)."""
    base = where.base
    if base is None:
        raise SystemExit("The slot 'tinyllama' has no base.")
    counts = facts["counts"]
    return ModelCard(
        name="tinyllama",
        family="LlamaForCausalLM with LoRA, grammar-constrained chord decoding",
        base=base.label,
        base_sha256=base.sha256,
        labels=vocabulary.chords,
        training_data=(
            f"English songs with chords placed on words: {counts['train']} to learn from, "
            f"{counts['validation']} to stop by, {counts.get('test', 0)} to test on, split by "
            "title. Most are in copyright and were used for research only; none of their words "
            "is shipped."
        ),
        training_data_sha256=data_hash(data),
        config=config,
        library_versions={name: importlib.metadata.version(name) for name in LIBRARIES},
        metrics=facts["metrics"],
        licence="MIT (adapter, rows and head); base: " + base.licence,
        limits=(
            "Learnt from English songbooks, mostly pop, rock and standards reduced for guitar and "
            "ukulele: chords are plainer than on records, inversions and extensions rare. Genres "
            "with few songs (blues, folk, r&b, electronic) are weakly learnt; punk, metal and "
            "reggae not at all (they borrow rock and pop). Keys and many genres of the training "
            "songs are estimates."
        ),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def figures(
    model: ChordModel, encoder: Encoder, splits: dict[str, list[HomeSong]], window: int
) -> dict[str, float]:
    """The card's metrics: validation and test, beside the trigram."""
    sequences = {name: chord_sequences(found, encoder.vocabulary) for name, found in splits.items()}
    trigram = best_trigram(
        sequences["train"], sequences["validation"], len(encoder.vocabulary.chords)
    )
    result: dict[str, float] = {}
    for name in ("validation", "test"):
        if name not in splits:
            continue
        for kind, value in judged(model, encoder, splits[name], window=window).items():
            result[f"{name}/{kind}_perplexity"] = round(value.perplexity, 4)
            result[f"{name}/{kind}_accuracy"] = round(value.accuracy, 4)
            result[f"{name}/{kind}_n"] = value.n
        baseline = trigram.judged(sequences[name])
        result[f"{name}/trigram_chord_perplexity"] = round(baseline.perplexity, 4)
        result[f"{name}/trigram_chord_accuracy"] = round(baseline.accuracy, 4)
    return result


def parsed_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the split files")
    parser.add_argument("--preset", default="embedded", choices=("embedded", "full"))
    parser.add_argument("--config", type=Path, help="YAML; default: the preset's own")
    parser.add_argument("--output", type=Path, help="default: the slot's folder in models/")
    parser.add_argument("--runs", type=Path, default=ROOT / "runs" / "chords_tinyllama")
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint")
    parser.add_argument("--max-minutes", type=float, default=40.0, help="of training proper")
    parser.add_argument("--songs", type=int, help="only so many training songs (a rehearsal)")
    parser.add_argument("--layers", type=int, help="overrides the configuration's")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, measure, write."""
    options = parsed_arguments(arguments)
    suffix = "" if options.preset == "embedded" else "_full"
    default = ROOT / "train" / "configs" / f"chords_tinyllama{suffix}.yaml"
    config: dict[str, Any] = yaml.safe_load((options.config or default).read_text("utf-8"))
    config["layers"] = options.layers or config["layers"]
    if threads := asked_threads() or config["threads"]:
        torch.set_num_threads(threads)
    torch.manual_seed(config["seed"])
    where = slot("tinyllama", options.preset)
    output = options.output or where.folder

    splits = {
        name: home_songs(read_chord_songs(path).songs)
        for name in ("train", "validation", "test")
        if (path := options.data / f"{name}.jsonl.gz").exists()
    }
    vocabulary = vocabulary_of(splits["train"])
    learnt = splits["train"][: options.songs]
    if where.base is None:
        raise SystemExit("The slot 'tinyllama' has no base.")
    tokenizer: Any = AutoTokenizer.from_pretrained(base_source(where.base))
    precision = training_precision(TRANSFORMER, config.get("precision", AUTO))
    model = new_model(where, vocabulary, tokenizer, config, precision.dtype)
    encoder = Encoder(vocabulary, tokenizer, model.base_size)
    learning = ChordBatches(encoder, repeated(learnt, config["rare_genres"]), config, drop=True)
    subset = splits["validation"][: config["evaluation_songs"]]
    stopping = ChordBatches(encoder, subset, config, drop=False)
    weights = sum(parameter.numel() for parameter in trainable(model).values())
    print(
        f"{len(learnt)} songs, {learning.tokens:,} tokens an epoch, {len(learning)} batches; "
        f"{weights:,} weights are trained on {config['layers']} layers of {where.base.label}.\n"
        f"In {precision}.\n"
        f"Cost: at most {config['epochs']} epochs or {options.max_minutes:g} minutes, then some "
        f"minutes to measure; some 1,400 tokens a second on two CPU cores with bfloat16; 3 GB of "
        f"memory there, 6 GB on a GPU for the full preset; checkpoints of "
        f"{weights * 12 / 1e6:.0f} MB in {options.runs}.",
        flush=True,
    )

    on_gpu = torch.cuda.is_available()
    budget = TimeBudget()
    trainer = ChordTrainer(
        config=config,
        max_minutes=options.max_minutes,
        model=model,
        args=TrainingArguments(
            output_dir=str(options.runs),
            num_train_epochs=config["epochs"],
            per_device_train_batch_size=1,  # an item is a batch already
            per_device_eval_batch_size=1,
            gradient_accumulation_steps=config["accumulation"],
            max_grad_norm=1.0,
            bf16=precision.is_lower,
            use_cpu=not on_gpu,
            eval_strategy="steps",
            eval_steps=config["evaluate_every"],
            save_strategy="steps",
            save_steps=config["evaluate_every"],
            save_total_limit=2,
            load_best_model_at_end=True,
            metric_for_best_model="eval_loss",
            greater_is_better=False,
            logging_steps=20,
            prediction_loss_only=True,
            label_names=["targets"],
            remove_unused_columns=False,
            report_to=[],
            seed=config["seed"],
            disable_tqdm=True,
            dataloader_pin_memory=on_gpu,
        ),
        train_dataset=learning,
        eval_dataset=stopping,
        data_collator=lambda items: items[0],
        callbacks=[EarlyStoppingCallback(config["patience"]), budget],
    )
    budget.trainer = trainer
    trainer.train(resume_from_checkpoint=options.resume)
    minutes = trainer.share_of_time() * options.max_minutes
    spent = options.runs / "minutes.txt"  # of the runs that this one goes on from
    if options.resume and spent.exists():
        minutes += float(spent.read_text("utf-8"))
    spent.write_text(f"{minutes}\n", "utf-8")

    output.mkdir(parents=True, exist_ok=True)
    (output / "card.json").unlink(missing_ok=True)
    save_model(model, output)
    vocabulary.write(output)
    model.eval()
    with torch.autocast("cuda" if on_gpu else "cpu", torch.bfloat16, precision.is_lower):
        metrics = figures(model, encoder, splits, config["window"])
    metrics["train/minutes"] = round(minutes, 1)
    metrics["train/steps"] = trainer.state.global_step
    metrics["train/epochs"] = round(trainer.state.epoch or 0.0, 2)
    facts = {"metrics": metrics, "counts": {name: len(found) for name, found in splits.items()}}
    config["history"] = curves(trainer.state.log_history)
    config["precision"] = str(precision)
    card(where, config, vocabulary, options.data, facts).write(output)
    print(f"Written to {output}: " + ", ".join(f"{k} {v}" for k, v in metrics.items()), flush=True)


if __name__ == "__main__":
    main()
