"""A night of damaged input: ``python -m tests.fuzz --inputs 1000000 --seed 7``.

Inputs are tried in rounds of 200,000, shared among the targets as in the tests, each target in a
process of its own: one that dies, takes gigabytes or never ends is found too. What breaks the rule
is made small and kept in ``found/<target>/``; ``--replay`` tries all that lies there, and so do the
tests. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import resource
import sys
import time
from collections import Counter
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.fuzz.fuzzing import Fault, fault_of, shrunk
from tests.fuzz.targets import TARGETS

FOUND = Path(__file__).parent / "found"
PATIENCE = 60.0
"""Seconds after which an input that is still being read is given up."""
ADDRESSES = 6 * 2**30
"""Bytes by which the process of a target may grow."""
_ROUND = 10  # times the shares of the tests before the next target's turn


def main() -> int:
    """Fuzz until inputs or minutes are used up; 1 if anything was found."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("targets", nargs="*", help=f"any of {', '.join(TARGETS)}; all by default")
    parser.add_argument("--inputs", type=int, default=20_000)
    parser.add_argument("--minutes", type=float, default=600.0)
    parser.add_argument("--seed", default="0", help="other seeds make other inputs")
    parser.add_argument("--found", type=Path, default=FOUND, help="where findings are kept")
    parser.add_argument("--replay", action="store_true", help="try what was found before")
    arguments = parser.parse_args()
    names = arguments.targets or list(TARGETS)
    if unknown := sorted(set(names) - set(TARGETS)):
        parser.error(f"{', '.join(unknown)}: no such target; there are {', '.join(TARGETS)}")
    names = [name for name in names if not (of := TARGETS[name].needs) or find_spec(of)]
    if arguments.replay:
        return _replayed(names, arguments.found)
    night = Night(arguments.found, time.monotonic() + 60 * arguments.minutes)
    share = sum(TARGETS[name].share for name in names)
    number = 0
    while night.left(arguments.inputs):
        part = min(_ROUND, (arguments.inputs - night.tried) / share)
        for name in names:
            night.run(name, f"{arguments.seed} {number}", max(1, round(TARGETS[name].share * part)))
        number += 1
    told = {"inputs": night.tried, "found": dict(night.found), "seconds": round(night.seconds, 1)}
    print(json.dumps(told))  # noqa: T201
    return bool(night.found)


class Night:
    """What was tried and found so far."""

    def __init__(self, found: Path, until: float) -> None:
        self.tried = 0
        self.seconds = 0.0
        self.found: Counter[str] = Counter()
        self._folder, self._until = found, until
        self._kinds: set[tuple[str, str]] = set()
        self._context = multiprocessing.get_context("fork")

    def left(self, inputs: int) -> bool:
        """Whether there are inputs and time left."""
        return self.tried < inputs and time.monotonic() < self._until

    def run(self, name: str, seed: str, count: int) -> None:
        """Try so many inputs of a target; go on behind one that ends its process."""
        at = 0
        began = time.monotonic()
        while at < count and time.monotonic() < self._until:
            at = self._some(name, seed, range(at, count))
        self.tried += at
        self.seconds += time.monotonic() - began

    def _some(self, name: str, seed: str, numbers: range) -> int:
        """Try inputs until one ends the process; gives the number behind the last one tried."""
        here, there = self._context.Pipe(duplex=False)
        child = self._context.Process(
            target=_try, args=(name, seed, numbers, self._until, set(self._kinds), there)
        )
        child.start()
        there.close()
        reached, why = numbers.start, "the process died"
        try:
            while here.poll(PATIENCE):
                reached, fault = here.recv()
                if fault is not None:
                    self._keep(name, fault)
            why = f"no end within {PATIENCE:g} s"
        except EOFError:
            pass
        if why.startswith("no end"):
            child.kill()
        child.join()
        if child.exitcode and reached < numbers.stop:
            data = TARGETS[name].input(seed, reached)
            self._keep(name, Fault(data, why, f"exit {child.exitcode}"))
            return reached + 1
        return reached

    def _keep(self, name: str, fault: Fault) -> None:
        if (name, fault.kind) in self._kinds:
            return
        self._kinds.add((name, fault.kind))
        self.found[name] += 1
        path = self._folder / name / hashlib.sha256(fault.data).hexdigest()[:16]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(fault.data)
        print(f"{path}: {fault.kind}\n  {fault.data[:400]!r}\n{fault.told}\n", flush=True)  # noqa: T201


def _try(
    name: str, seed: str, numbers: range, until: float, known: set[tuple[str, str]], say: Any
) -> None:
    """In a process of its own: tells the number of each input behind it, and what was found."""
    target = TARGETS[name]
    fault_of(target, target.valid[0])  # what it imports is not counted
    if (told := Path("/proc/self/statm")).exists():  # Linux
        used = int(told.read_text("ascii").split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + ADDRESSES, resource.RLIM_INFINITY))
    for number in numbers:
        if time.monotonic() > until:
            break
        fault = fault_of(target, target.input(seed, number))
        if fault and (name, fault.kind) in known:
            fault = None
        if fault:
            known.add((name, fault.kind))
            fault = shrunk(target, fault)
        say.send((number + 1, fault))


def _replayed(names: list[str], folder: Path) -> int:
    broken = 0
    for path in sorted(path for name in names for path in (folder / name).glob("*")):
        if fault := fault_of(TARGETS[path.parent.name], path.read_bytes()):
            broken += 1
            print(f"{path}: {fault.kind}\n{fault.told}\n")  # noqa: T201
    return bool(broken)


if __name__ == "__main__":
    sys.exit(main())
