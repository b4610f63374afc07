"""Everything that is to be measured of the full preset on one GPU, by one command.

``python bench/gpu_figures.py --output figures.json``. It makes randomly initialised bases of
exactly the shapes of Llama-3.1-8B, TinyLlama-1.1B and RoBERTa-base (`gpu_shapes`), trains on each
by the full preset's own commands and plainly (`gpu_training`), and asks the models so trained
(`gpu_answers`). What it will cost is printed first; each part is a process of its own with a time
of its own, what fails is told and the others go on, and the file is written anew after each part.
``--seconds`` is when all has ended; parts for which no time is left are left out. The exit status
is 0 if every part was measured. ``--rehearse`` does the same with small shapes on any machine.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from gpu_answers import chord_answers, genre_answers, timed_part
from gpu_shapes import FULL, REHEARSED, base_variables, llama_config, make_bases
from gpu_songs import all_words
from gpu_training import (
    Place,
    chords,
    llama,
    plain_chords,
    plain_llama,
    plain_roberta,
    roberta,
    shipped_beside,
)

from engine.models.compute import compute_device

_MARGIN = 10.0  # seconds kept for writing the figures
_SHIPPED = {"bilstm-gru": "bilstm-gru", "chord-placement": "chord-placement"}
_RATIOS = {
    "llama": "llama-plain",
    "llama-usual": "llama-usual-plain",
    "chords": "chords-plain",
    "roberta": "roberta-plain",
}


@dataclass(frozen=True)
class Part:
    """One thing to be measured.

    Attributes
    ----------
    about : str
        What it does, for whoever waits.
    seconds : float
        The most it may take.
    work : callable
    """

    about: str
    seconds: float
    work: Callable[[Place], dict[str, Any]]


def _bases(place: Place) -> dict[str, Any]:
    shapes = REHEARSED if place.rehearsal else FULL
    make_bases(place.folder / "bases", shapes, all_words(), compute_device())
    size = sum(path.stat().st_size for path in (place.folder / "bases").rglob("*.safetensors"))
    return {"gigabytes_on_disk": round(size / 1e9, 3)}


PARTS: Mapping[str, Part] = {
    "bases": Part("random weights in the folder", 120, _bases),
    "llama": Part("Llama-3.1-8B, genre, windows of 512 tokens", 150, llama),
    "llama-plain": Part("the same by plain peft", 90, plain_llama),
    "answer-llama": Part("genre by Llama-3.1-8B", 60, lambda at: genre_answers(at, "llama")),
    "chords": Part("TinyLlama-1.1B, chords, then the memory", 150, chords),
    "chords-plain": Part("the same by plain peft", 60, plain_chords),
    "answer-chords": Part("chords on 16 lines", 60, chord_answers),
    "roberta": Part("RoBERTa-base, genre", 90, roberta),
    "roberta-plain": Part("the same by the Trainer alone", 60, plain_roberta),
    "answer-roberta": Part("genre by RoBERTa", 40, lambda at: genre_answers(at, "roberta")),
    "llama-usual": Part("Llama-3.1-8B, songs of usual lengths", 120, lambda at: llama(at, "usual")),
    "llama-usual-plain": Part("by plain peft", 90, lambda at: plain_llama(at, "usual")),
}


def main(given: Sequence[str] | None = None) -> int:
    """Measure, write, and give the exit status."""
    arguments = _parsed(given)
    if arguments.part:
        return _one_part(arguments)
    names = arguments.only or list(PARTS)
    print(cost(arguments), flush=True)
    began = time.monotonic()
    found: dict[str, Any] = {"machine": machine(), "steps": arguments.steps, "parts": {}}
    found["rehearsal"] = arguments.rehearse
    with _folder(arguments.folder) as folder:
        for name in names:
            left = arguments.seconds - _MARGIN - (time.monotonic() - began)
            found["parts"][name] = _measured(name, folder, arguments, left)
            told = json.dumps(found["parts"][name])
            print(f"{name}: {told}", flush=True)
            found["faster_than_plain"] = ratios(found["parts"])
            arguments.output.write_text(json.dumps(found, indent=1), "utf-8")
    failed = [name for name, of in found["parts"].items() if "problem" in of]
    if failed:
        print(f"Not measured: {', '.join(failed)}.", file=sys.stderr)
    print(json.dumps({"bench": "gpu", **found}))
    return 1 if failed else 0


def cost(arguments: argparse.Namespace) -> str:
    """What will be done and what it takes, in lines."""
    from train.gpu_memory import Decoder, training_memory

    names = arguments.only or list(PARTS)
    shapes = REHEARSED if arguments.rehearse else FULL
    window = 48 if arguments.rehearse else 512
    lines = [f"At most {arguments.seconds:.0f} s in all; parts and the most each may take:"]
    lines += [f"  {name}: {PARTS[name].about}, {PARTS[name].seconds:.0f} s" for name in names]
    eight = training_memory(Decoder.of(llama_config(shapes.llama)), 8 * window, 16)
    one = training_memory(Decoder.of(llama_config(shapes.tinyllama)), 8192, 16, state_bytes=8)
    lines.append(f"Memory that training should take: LLaMA, 8 windows of {window} tokens: {eight}")
    lines.append(f"  TinyLlama, 8,192 tokens: {one}")
    lines.append(f"About {0.1 if arguments.rehearse else 10} GB are written to a folder.")
    return "\n".join(lines)


def machine() -> dict[str, str]:
    """What the figures were taken on."""
    import transformers

    card = torch.cuda.get_device_name() if torch.cuda.is_available() else "none"
    versions = {"torch": torch.__version__, "transformers": transformers.__version__}
    return {"card": card, "python": platform.python_version(), **versions}


def ratios(parts: Mapping[str, dict[str, Any]]) -> dict[str, float]:
    """Tokens a second beside those of plain training, where both were measured."""
    speed = {name: of["tokens_per_second"] for name, of in parts.items() if "passes" in of}
    return {
        name: round(speed[name] / speed[plain], 2)
        for name, plain in _RATIOS.items()
        if name in speed and plain in speed
    }


def finished(command: Sequence[str], seconds: float) -> str:
    """Run a command for at most so long, with all it starts; what went wrong, "" if nothing."""
    process = subprocess.Popen(command, start_new_session=True)  # noqa: S603 - our own
    try:
        status = process.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return f"not done within {seconds:.0f} s"
    return f"ended with status {status}" if status else ""


def _measured(
    name: str, folder: Path, arguments: argparse.Namespace, left: float
) -> dict[str, Any]:
    """What a part found, or its problem."""
    seconds = min(PARTS[name].seconds, left)
    if seconds <= 0:
        return {"problem": "no time left"}
    place = Place(folder, arguments.steps, arguments.rehearse)
    if arguments.rehearse:  # here, so that it is quick: what a part leaves in memory is little
        with _environment(folder):
            return _tried(name, place)
    told = folder / f"{name}.json"
    command = [sys.executable, __file__, "--part", name, "--folder", str(folder)]
    command += ["--output", str(told), "--steps", str(arguments.steps)]
    problem = finished(command, seconds)
    found = json.loads(told.read_text("utf-8")) if told.exists() else {}
    return found if found or not problem else {"problem": problem}


def _one_part(arguments: argparse.Namespace) -> int:
    place = Place(arguments.folder, arguments.steps, arguments.rehearse)
    with _environment(place.folder):
        found = _tried(arguments.part, place)
    arguments.output.write_text(json.dumps(found), "utf-8")
    return 1 if "problem" in found else 0


def _tried(name: str, place: Place) -> dict[str, Any]:
    """What a part found; whatever it raises is its problem, not that of the others."""
    try:
        shipped_beside(_SHIPPED)
        return timed_part(lambda: PARTS[name].work(place))
    except Exception as error:  # noqa: BLE001 - a part may fail in any library
        traceback.print_exc()
        return {"problem": f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"}


@contextmanager
def _environment(folder: Path) -> Iterator[None]:
    """Have the full preset find its bases and models in the folder."""
    models = folder / "models"
    models.mkdir(exist_ok=True)
    before = dict(os.environ)
    os.environ.update(base_variables(folder / "bases"), LYRICLAB_MODELS=str(models))
    os.environ.setdefault("PYTORCH_CUDA_ALLOC_CONF", "expandable_segments:True")
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def _folder(given: Path | None) -> Iterator[Path]:
    """The folder named, kept; or one that goes with its gigabytes when all is done."""
    if given:
        given.mkdir(parents=True, exist_ok=True)
        yield given
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def _parsed(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--output", type=Path, required=True, help="JSON file of the figures")
    parser.add_argument("--seconds", type=float, default=570, help="when all has ended")
    parser.add_argument("--steps", type=int, default=8, help="of the optimizer, in each training")
    parser.add_argument("--only", nargs="+", choices=list(PARTS), help="these parts, in order")
    parser.add_argument("--folder", type=Path, help="for bases and runs; kept for another call")
    parser.add_argument("--rehearse", action="store_true", help="small shapes, on any machine")
    parser.add_argument("--part", choices=list(PARTS), help=argparse.SUPPRESS)
    arguments = parser.parse_args(given)
    if not arguments.rehearse and not arguments.part and not torch.cuda.is_available():
        parser.error("there is no GPU here; --rehearse tries all of it with small shapes")
    return arguments


if __name__ == "__main__":
    sys.exit(main())
