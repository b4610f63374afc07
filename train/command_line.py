"""The command line that every training script has, and what it says of folders and processes."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

import torch
import yaml

from engine.models.folders import models_folder
from engine.models.presets import Slot, slot
from engine.models.threads import asked_threads


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
    if asked := asked_threads():
        torch.set_num_threads(asked)
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
