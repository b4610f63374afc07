"""Children that do one act and meet a fault: forked from a process that has loaded what they need.

Reads a JSON line a request from standard input, ``{"act", "folder", "fault", "at"}``, and answers
with one: what became of the child. Faults:

- ``none``, or ``kill`` at the `at`-th file that is opened for writing, renamed or removed; ``late``
  after `at` milliseconds;
- ``full``: no file may have more than `at` bytes, as on a full disk;
- ``locked``: the folders may not be written;
- ``two``: two children at once.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import json
import os
import resource
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import Any

from engine.errors import EngineError
from engine.evaluation.provenance import device_name, git_commit
from tests.faults.writings import ACTS, own_folders, prepare

TOLD, BROKE = 3, 4
_CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate"}


def main() -> None:
    """Answer requests until the input ends."""
    _load()
    for line in sys.stdin:
        request = json.loads(line)
        children = [_child(request) for _ in range(2 if request["fault"] == "two" else 1)]
        print(json.dumps([_end(child) for child in children]), flush=True)  # noqa: T201


def _load() -> None:
    """Import what acts import while they are done, so that no child has to."""
    device_name()
    git_commit()
    told, say = os.pipe()
    child = os.fork()
    if not child:
        with tempfile.TemporaryDirectory() as name:
            prepare(Path(name))
            with own_folders(Path(name)):
                for act in ACTS.values():
                    act.do(Path(name))
                    act.told(Path(name))
        with os.fdopen(say, "wb") as file:
            file.write("\n".join(sys.modules).encode())
        os._exit(0)
    os.close(say)
    with os.fdopen(told, "rb") as file:
        names = file.read().decode().split()
    os.waitpid(child, 0)
    for name in names:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


def _child(request: dict[str, Any]) -> tuple[int, int]:
    told, say = os.pipe()
    child = os.fork()
    if child:
        os.close(say)
        if request["fault"] == "late":
            time.sleep(request["at"] / 1000)
            os.kill(child, signal.SIGKILL)
        return child, told
    os.close(told)
    status, text = 0, ""
    try:
        folder = Path(request["folder"])
        _meet(request["fault"], request["at"], request["folder"])
        with own_folders(folder):
            ACTS[request["act"]].do(folder)
    except EngineError as error:
        status, text = TOLD, str(error)
    except BaseException:  # noqa: BLE001 - told to the test
        status, text = BROKE, traceback.format_exc()
    os.write(say, text.encode()[-60_000:])
    os._exit(status)


def _end(child: tuple[int, int]) -> dict[str, Any]:
    number, told = child
    with os.fdopen(told, "rb") as file:
        text = file.read().decode()
    _, status = os.waitpid(number, 0)
    code = os.waitstatus_to_exitcode(status)
    return {"killed": code == -signal.SIGKILL, "code": code, "text": text}


def _bow_to_modes() -> None:
    """Let go of what makes root pass over permissions of files (Linux's capabilities 1 to 3)."""
    libc = ctypes.CDLL(None)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    sets = (ctypes.c_uint32 * 6)()
    libc.capget(header, sets)
    sets[0] &= ~0b1110
    libc.capset(header, sets)


def _meet(fault: str, at: int, folder: str) -> None:
    if fault == "full":
        resource.setrlimit(resource.RLIMIT_FSIZE, (at, at))
    if fault == "locked":
        _bow_to_modes()
    if fault == "kill":
        left = at

        def count(event: str, arguments: tuple[Any, ...]) -> None:
            nonlocal left
            if event == "open":
                writes = isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
                counted = bool(writes) and str(arguments[0]).startswith(folder)
            else:
                counted = event in _CHANGES and str(arguments[0]).startswith(folder)
            if counted:
                left -= 1
                if left < 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(count)


if __name__ == "__main__":
    main()
