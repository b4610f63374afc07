"""One reader, one input, one rule: a result within bounds, or one clear sentence, in bounded time.

A case is named by its target, a seed and a number, from which its bytes follow; what breaks the
rule is a `Fault`, made as small as it can be while it breaks the rule in the same way.
"""

from __future__ import annotations

import resource
import signal
import sys
import traceback
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any

from engine.errors import InputError
from tests.fuzz.damage import Damage, damaged, unchanged

SECONDS = 10.0
"""Processor time that one input may take; most take a thousandth of a second."""
MEGABYTES = 400
"""By so much one input may raise the most memory that the process has had."""
LONGEST_SENTENCE = 1100
_TRIES = 300
_VALID = 0.03  # share of inputs that are left as they are
_HERE = str(Path(__file__).parents[2])


@dataclass(frozen=True)
class Target:
    """A reader of strangers' input.

    Attributes
    ----------
    read : callable
        Takes the bytes; may check what it gives, by `assert`.
    seeds : callable
        Valid inputs, which are damaged.
    damage : Damage
    share : int
        Inputs of 20,000: few for a reader that is slow by its nature.
    refusals : tuple of exceptions
        What may be raised, with one sentence.
    needs : str
        A module that is installed apart; without it the target is left out.
    """

    read: Callable[[bytes], object]
    seeds: Callable[[], Sequence[bytes]]
    damage: Damage = damaged
    share: int = 100
    refusals: tuple[type[Exception], ...] = (InputError,)
    needs: str = ""

    @cached_property
    def valid(self) -> Sequence[bytes]:
        """The valid inputs."""
        return self.seeds()

    def input(self, seed: str, number: int) -> bytes:
        """The bytes of a case."""
        random = Random(f"{seed} {number}")  # noqa: S311 - not for secrets
        damage = unchanged if random.random() < _VALID else self.damage
        return damage(random, self.valid)


@dataclass(frozen=True)
class Fault:
    """What broke the rule: the input, in which way, and what to tell of it."""

    data: bytes
    kind: str
    told: str


class _EndlessError(BaseException):
    """No `except Exception` of a reader takes it for one of its own."""


def fault_of(target: Target, data: bytes, seconds: float = SECONDS) -> Fault | None:
    """The fault of an input; None where the rule is kept."""
    before = _most_memory()
    try:
        with _alarm(seconds):
            target.read(data)
    except target.refusals as error:
        if problem := wrong_sentence(str(error)):
            return Fault(data, f"{problem} {_place(error)}", repr(str(error))[:2000])
    except _EndlessError as error:
        return Fault(data, f"more than {seconds:g} s {_place(error)}", _trace(error))
    except (KeyboardInterrupt, GeneratorExit):
        raise
    except BaseException as error:  # noqa: BLE001 - whatever a reader raises is the finding
        return Fault(data, f"{type(error).__name__} {_place(error)}", _trace(error))
    grown = _most_memory() - before
    return Fault(data, "memory", f"{grown} MB more") if grown > MEGABYTES else None


def wrong_sentence(text: str) -> str:
    """What keeps a message from being one clear sentence; "" for one that is."""
    if not text.strip():
        return "an empty message"
    if len(text) > LONGEST_SENTENCE:
        return "an endless message"
    if any(unicodedata.category(sign) in {"Cc", "Cs", "Zl", "Zp"} for sign in text):
        return "a message of more than one line, or with controls"
    if not text.rstrip().endswith((".", "!", "?", "…")):
        return "a message that is no sentence"
    return ""


def shrunk(target: Target, fault: Fault, seconds: float = SECONDS) -> Fault:
    """The same fault with as few bytes as some hundred tries find."""
    size = max(1, len(fault.data) // 2)
    tries = _TRIES if "more than" not in fault.kind else 20
    while size and tries:
        at = 0
        while at < len(fault.data) and tries:
            tries -= 1
            shorter = fault.data[:at] + fault.data[at + size :]
            found = fault_of(target, shorter, seconds)
            if found and found.kind == fault.kind:
                fault = found
            else:
                at += size
        size //= 2
    return fault


def faults(target: Target, seed: str, numbers: range) -> Iterator[Fault | None]:
    """What becomes of each input of a seed."""
    for number in numbers:
        yield fault_of(target, target.input(seed, number))


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Raise within what takes more processor time than this."""

    def ring(_signal: int, _frame: Any) -> None:
        raise _EndlessError

    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _most_memory() -> int:
    """The most memory that the process has had, in MB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most // (2**20 if sys.platform == "darwin" else 2**10)


def _place(error: BaseException) -> str:
    """The last line of ours that an error went through."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.filename.startswith(_HERE) and ".venv" not in frame.filename:
            return f"in {frame.filename.removeprefix(_HERE)[1:]}, {frame.name}"
    return "elsewhere"


def _trace(error: BaseException) -> str:
    return "".join(traceback.format_exception(error, limit=-12))[-4000:]
