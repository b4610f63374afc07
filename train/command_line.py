"""The command line that every training script has, and what it says of folders and processes."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from engine.arguments import ArgumentParser
from engine.errors import EngineError, InputError
from engine.models.presets import Slot, slot
from engine.models.threads import asked_threads
from engine.optional import need_training_group
from train.settings import CONFIGS, read_settings


def parse_arguments(
    description: str,
    name: str,
    settings: type | None = None,
    given: Sequence[str] | None = None,
    *,
    steps: bool = True,
    **extra: dict[str, Any],
) -> argparse.Namespace:
    """The command line every training script has; ``--config`` values come from one YAML file.

    Parameters
    ----------
    description : str
        The script's docstring.
    name : str
        How its files in ``train/configs`` are called.
    settings : type, optional
        The dataclass that such a file fills; a script without one has no ``--config``.
    given : sequence of str, optional
        Words of the command line; by default those that the process was started with.
    steps : bool
        Whether a script with settings trains in steps, which can be resumed and fitted into a time.
    extra : dict
        Options of one script only: name (with underscores) to `add_argument`'s keywords.
    """
    parser = ArgumentParser(description=description.split("\n", 1)[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with the splits")
    parser.add_argument("--preset", choices=["embedded", "full"], default="embedded")
    if settings:
        parser.add_argument(
            "--config", type=Path, help=f"YAML file; default: train/configs/{name}[_full].yaml"
        )
    parser.add_argument(
        "--output", type=Path, help="folder of the models' folders; default: models/"
    )
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="checkpoints and logs")
    if settings and steps:
        parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint")
        parser.add_argument(
            "--max-minutes", type=float, help="fit the schedule into this much time"
        )
    parser.add_argument("--limit", type=int, help="songs per split, for a rehearsal")
    for option, keywords in extra.items():
        parser.add_argument("--" + option.replace("_", "-"), **keywords)
    arguments = parser.parse_args(given)
    need_training_group("What trainings need", "peft", "accelerate", "bitsandbytes")
    if asked := asked_threads():
        torch.set_num_threads(asked)
    if torch.cuda.is_available():  # before anything is loaded: each process has a GPU of its own
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")))
    if settings:
        path = arguments.config or shipped_settings(name, arguments.preset)
        arguments.settings = read_settings(path, settings)
    return arguments


def shipped_settings(name: str, preset: str) -> Path:
    """The file of a script's settings for a preset.

    Raises
    ------
    InputError
        If the full preset has none: its model is then that of the embedded preset.
    """
    if preset != "full":
        return CONFIGS / f"{name}.yaml"
    path = CONFIGS / f"{name}_full.yaml"
    if not path.exists():
        raise InputError(
            f"There is no train/configs/{path.name}: both presets take this model from one folder, "
            "so train it without --preset full."
        )
    return path


def run(main: Callable[[], Any]) -> None:
    """Run a script and leave with the status it returns, 0 where it returns none.

    What was given wrongly is told in a line on stderr, with exit status 2.
    """
    try:
        status = main()
    except EngineError as error:
        print(error, file=sys.stderr)
        status = 2
    sys.exit(status)


def is_main_process() -> bool:
    """Whether this process writes: one of several under ``accelerate launch`` does."""
    return int(os.environ.get("RANK", "0")) == 0


def process_count() -> int:
    """How many processes train together."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def output_slot(name: str, arguments: argparse.Namespace) -> Slot:
    """The preset's slot; its folder, and those of models it reads, in ``--output`` if given."""
    models = arguments.output.resolve() if arguments.output else None
    return replace(slot(name, arguments.preset), models=models)
