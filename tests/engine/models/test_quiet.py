"""Libraries are told to be quiet in one place."""

from __future__ import annotations

import importlib
import logging
import re
import threading
from pathlib import Path

import pytest

import train
from engine.models import quiet

ENGINE = Path(quiet.__file__).parents[1]
_SILENCING = re.compile(
    r"set_verbosity|disable_progress_bar|filterwarnings|simplefilter|catch_warnings|\.setLevel\("
)


def test_nobody_else_silences_libraries() -> None:
    """Levels set for a while and restored are wrong as soon as two threads overlap.

    Apart from what is settled once, at a start: the log's own level, and a process that ends with
    its one task.
    """
    users = {
        path.relative_to(ENGINE).as_posix()
        for path in ENGINE.rglob("*.py")
        if _SILENCING.search(path.read_text("utf-8"))
    }
    assert users == {"models/quiet.py", "log.py", "similarity/umap_process.py"}


def test_threads_that_come_together_silence_once_and_wait_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun, go = threading.Event(), threading.Event()
    done: list[str] = []

    def slow() -> None:
        begun.set()
        go.wait(5)
        done.append("silenced")

    monkeypatch.setattr(quiet, "_silence", slow)
    monkeypatch.setattr(quiet, "_done", threading.Event())

    def come() -> None:
        quiet.quiet_libraries()
        done.append("went on")

    threads = [threading.Thread(target=come) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert begun.wait(5)
    assert done == []
    go.set()
    for thread in threads:
        thread.join(5)
    assert done == ["silenced", *["went on"] * 3]


def test_trainings_hear_all_of_bitsandbytes_but_the_missing_kernel(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = logging.getLogger("bitsandbytes.backends.cpu.ops")
    monkeypatch.setattr(log, "filters", [])
    log.setLevel(logging.WARNING)  # whatever a test before has settled for answers
    try:
        importlib.reload(train)
        log.warning("Failed to load CPU gemm_4bit_forward from kernels-community: %s.", "none")
        log.warning("something else")
    finally:
        log.setLevel(logging.NOTSET)
    assert caplog.messages == ["something else"]
