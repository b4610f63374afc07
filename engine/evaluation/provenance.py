"""Where and when a number was made: hardware, commit, time, memory."""

from __future__ import annotations

import datetime
import os
import platform
import subprocess
from functools import cache
from pathlib import Path

from engine.models import memory

_MATTERS = (
    "engine/*.py",
    "engine/batch",
    "engine/classifiers",
    "engine/corpora",
    "engine/evaluation",
    "engine/explanation",
    "engine/formats",
    "engine/generator",
    "engine/models",
    "engine/music",
    "models",
)


@cache
def device_name() -> str:
    """The accelerator's name, or the processor's and how many cores may be used."""
    import torch

    if torch.cuda.is_available():
        return str(torch.cuda.get_device_name())
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"CPU {_processor()}, {cores} cores"


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text("utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    for line in text.splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


@cache
def git_commit() -> str:
    """The commit of the code, "+changes" if what evaluations use was edited, or "unknown"."""
    root = Path(__file__).parent.parent.parent
    try:
        commit = _git(root, "rev-parse", "--short=12", "HEAD")
        edited = _git(root, "status", "--porcelain", "--untracked-files=no", "--", *_MATTERS)
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return commit + ("+changes" if edited else "")


def _git(root: Path, *arguments: str) -> str:
    command = ["git", "-C", str(root), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=20)  # noqa: S603
    return done.stdout.strip()


def utc_now() -> str:
    """The time now, in UTC, to the second, ISO 8601."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


class PeakMemory:
    """Highest resident memory since this was made, above what was resident then, in MB.

    The kernel's own high-water mark is reset where that is allowed (Linux); elsewhere
    `megabytes` is None.
    """

    def __init__(self) -> None:
        try:
            Path("/proc/self/clear_refs").write_text("5", "ascii")
            self._before = memory.resident_bytes() / 2**20
        except OSError:
            self._before = None

    @property
    def megabytes(self) -> float | None:
        """MB, or None where it cannot be told."""
        peak = _highest_megabytes()
        if self._before is None or peak is None:
            return None
        return max(0.0, peak - self._before)


def _highest_megabytes() -> float | None:
    """The kernel's high-water mark, which psutil does not tell."""
    try:
        text = Path("/proc/self/status").read_text("ascii", errors="replace")
    except OSError:
        return None
    for line in text.splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return None
