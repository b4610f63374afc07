"""What the benchmarks share: the lyric, medians, a busy neighbour, precision, the last line.

Every figure is taken twice, on a quiet machine and beside one process that never rests: on a laptop
something always runs. The second may be at most `MOST_SLOWER` times the first.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

import engine  # noqa: E402, F401 - settles how threads wait, before torch is imported

MOST_SLOWER = 2.2
# Ends by itself if the benchmark is killed: its parent is then another process.
_SPIN = "import os\nparent = os.getppid()\nwhile os.getppid() == parent:\n    sum(range(100000))\n"


def parsed_arguments(
    about: str | None, *, precision: bool = True, **options: dict[str, Any]
) -> argparse.Namespace:
    """The command line of a benchmark, with ``--precision`` where it loads models.

    `options` are those of one benchmark: name to the keywords of `add_argument`.
    """
    parser = argparse.ArgumentParser(description=(about or "").splitlines()[0])
    for name, keywords in options.items():
        parser.add_argument("--" + name.replace("_", "-"), **keywords)
    if precision:
        parser.add_argument(
            "--precision",
            nargs="+",
            choices=("auto", "float32", "bfloat16", "int8"),
            default=["auto"],
            help="measure in each of these (default: what is faster here)",
        )
    return parser.parse_args()


def in_precision(name: str) -> str:
    """Have models that are loaded from here on compute so; what that is on this machine."""
    from engine.models.compute import ASKED, SETTING, serving_precision

    os.environ[SETTING] = name
    return serving_precision(whole=ASKED).name


@contextmanager
def busy_neighbour() -> Iterator[None]:
    """One process that keeps a core busy meanwhile; it always ends."""
    spinning = subprocess.Popen([sys.executable, "-c", _SPIN])  # noqa: S603 - ours
    try:
        time.sleep(0.3)
        yield
    finally:
        spinning.kill()
        spinning.wait()


def median_seconds(task: Callable[[], object], runs: int, warm_ups: int = 2) -> float:
    """Median wall time of a call, after some to warm up."""
    for _ in range(warm_ups):
        task()
    times: list[float] = []
    for _ in range(runs):
        began = time.perf_counter()
        task()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def quiet_and_busy(measure: Callable[[], float]) -> dict[str, float]:
    """A figure in seconds, quiet and beside a busy process, and how many times slower that is."""
    quiet = measure()
    with busy_neighbour():
        busy = measure()
    return {"quiet": round(quiet, 4), "busy": round(busy, 4), "slower": round(busy / quiet, 2)}


def told(name: str, found: dict[str, float]) -> None:
    """Print a figure for people."""
    much = "" if found["slower"] <= MOST_SLOWER else f", more than {MOST_SLOWER} times"
    print(
        f"{name}: {found['quiet']:.3f} s, beside a busy process {found['busy']:.3f} s "
        f"({found['slower']:.2f} times{much})",
        flush=True,
    )


def last_line(bench: str, **found: Any) -> None:
    """Print everything again as one JSON object, with the threads and the chip it was taken on."""
    import torch

    chip = torch.backends.cpu.get_cpu_capability()
    print(json.dumps({"bench": bench, **found, "threads": torch.get_num_threads(), "chip": chip}))


def wait_until_up(address: str, seconds: float = 60) -> None:
    """Return when an app of ours answers; `OSError` if it does not in that time."""
    end = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=5).close()  # noqa: S310 - ours
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.02)
        else:
            return


def seconds(task: Callable[[], Any]) -> float:
    """Wall time of a call."""
    began = time.perf_counter()
    task()
    return time.perf_counter() - began


def p95(times: list[float]) -> float:
    """The time that 95 of 100 stay within."""
    return sorted(times)[int(0.95 * len(times))]


def questions_told(name: str, asked: Sequence[Callable[[], Any]], **figures: Any) -> None:
    """Ask questions on a quiet machine and on a busy one; print how long, and the last line."""
    quiet = [seconds(ask) for ask in asked]
    with busy_neighbour():
        busy = [seconds(ask) for ask in asked]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{len(asked)} questions: p95 {p95(quiet):.3f} s, slowest {max(quiet):.3f} s; beside a "
        f"busy process p95 {p95(busy):.3f} s; {memory:,.0f} MiB of memory",
        flush=True,
    )
    last_line(
        name,
        **figures,
        p95={kind: round(p95(of), 3) for kind, of in (("quiet", quiet), ("busy", busy))},
        slowest=round(max(quiet), 3),
        mib=round(memory),
    )
