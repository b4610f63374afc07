"""A quick look at what songs are like: a generator beside humans, and the range to be in.

    python bench/check_written_songs.py --data FOLDER [--songs 40] [--seeds 1] [--genre jazz]

FOLDER holds test.jsonl.gz, songs with chords. Nothing is recorded; `python -m engine written`
measures all songs and records them. Intervals are 95%, by resampling artists; "in" says that the
figure is in its range, "near" that its interval reaches into it. The last line of stdout is one
JSON object.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from engine.evaluation.files import evaluated_file
from engine.evaluation.metrics.uncertainty import intervals
from engine.evaluation.metrics.written import PREFIX
from engine.evaluation.tasks.task import Request
from engine.evaluation.tasks.written import HUMAN, TASK, written_assignment
from engine.generator import GENERATORS

RANGES = {
    "line-sameness": (0.80, 0.95),
    "xyxy": (0.0, 0.13),
    "two-commonest": (0.52, 0.65),
    "distinct-chords": (5.5, 7.5),
    "function-word": (0.0, 0.22),
    "song-ends-i": (0.60, 0.85),
    "section-ends-v": (0.22, 1.0),
    "downbeat-function-word": (0.0, 0.20),
    "equal-bars": (0.95, 1.0),
    "kept": (1.0, 1.0),
}
GENRE_RANGES = {"jazz": {"song-ends-i": (0.75, 1.0)}}


def measured(data: Path, names: list[str], options: argparse.Namespace) -> dict[str, Any]:
    """Each model's table of sums, what can be told from it, and the seconds it took a song."""
    request = Request(data, limit=options.songs, seed=options.seed)
    job = written_assignment(request, options.seeds)
    found: dict[str, Any] = {}
    for name in names:
        subject = job.load(name)
        began = time.perf_counter()
        rows: list[dict[str, Any]] = []
        for number in range(len(job.ids)):
            rows += subject.answer([number])
            print(f"\r{name} {number + 1}/{len(job.ids)}", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
        seconds = (time.perf_counter() - began) / len(job.ids)
        found[name] = (*job.table(rows), seconds)
    return found


def verdict(value: float, low: float, high: float, wanted: tuple[float, float]) -> str:
    """Where a figure stands to its range."""
    if wanted[0] <= value <= wanted[1]:
        return "in"
    return "near" if low <= wanted[1] and high >= wanted[0] else "OUT"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", choices=[name for name in TASK.names if name != HUMAN])
    parser.add_argument("--songs", type=int, help="drawn by --seed (default: all)")
    parser.add_argument("--seeds", type=int, default=1, help="versions of each song")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--genre", help="show only songs of this genre")
    options = parser.parse_args()
    model = options.model or next(iter(GENERATORS))
    data = evaluated_file(options.data, TASK.extensions)
    found = measured(data, [HUMAN, model], options)
    tables = {
        name: table[table["genre"] == options.genre] if options.genre else table
        for name, (table, _, _) in found.items()
    }
    songs = len(tables[model])
    if not songs:
        sys.exit(f"None of these songs is {options.genre}.")
    shown = [one for one in found[HUMAN][1] if one in found[model][1]]
    bounds = {name: intervals(table, shown) for name, table in tables.items()}
    ranges = RANGES | GENRE_RANGES.get(options.genre or "", {})
    print(f"{songs} songs, {options.seeds} version(s) each, {found[model][2]:.2f} s a song")
    print(f"{'':26}{'human':>22}{model:>24}   range")
    values: dict[str, float] = {}
    missed: list[str] = []
    for metric in shown:
        name = metric.name.removeprefix(PREFIX)
        told = f"{name:26}"
        for who in (HUMAN, model):
            low, high = bounds[who][metric.name]
            values[name] = round(metric.of(tables[who]), 4)
            told += f"{values[name]:>9.3f} [{low:.2f}, {high:.2f}]"
        if wanted := ranges.get(name):
            said = verdict(values[name], *bounds[model][metric.name], wanted)
            told += f"   {wanted[0]:g} to {wanted[1]:g}: {said}"
            missed += [name] if said != "in" else []
        print(told)
    about = {"check": "written songs", "model": model, "songs": songs, "not in range": missed}
    print(json.dumps(about | values))


if __name__ == "__main__":
    main()
