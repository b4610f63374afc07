"""A kill, a full disk, a locked folder, two at once: nothing lost or doubled, and one sentence."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.writings import ACTS, own_folders, prepare

ROOT = Path(__file__).parents[2]
MOST_STEPS = 120
# Bytes a file may have: none, within a first entry, within a file.
SIZES = (0, 300, 6000)
Ask = Callable[..., list[dict[str, Any]]]


@pytest.fixture(scope="module")
def ask() -> Iterator[Ask]:
    """Have a child of a small process do an act and meet a fault."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.faults.nursery"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as nursery:
        assert nursery.stdin
        assert nursery.stdout

        def done(act: str, folder: Path, fault: str = "none", at: int = 0) -> list[dict[str, Any]]:
            request = {"act": act, "folder": str(folder), "fault": fault, "at": at}
            nursery.stdin.write(json.dumps(request) + "\n")
            nursery.stdin.flush()
            return json.loads(nursery.stdout.readline())

        yield done
        nursery.stdin.close()


@pytest.fixture
def fresh() -> Iterator[Callable[[], Path]]:
    """Makes folders that any user may enter, as they are before an act."""
    with tempfile.TemporaryDirectory(prefix="lyric-lab-faults-") as name:
        above = Path(name)
        above.chmod(0o755)
        count = iter(range(10_000))

        def make() -> Path:
            folder = above / str(next(count))
            folder.mkdir()
            prepare(folder)
            return folder

        yield make


def told(act: str, folder: Path) -> Any:
    with own_folders(folder):
        return ACTS[act].told(folder)


def names(folder: Path) -> list[str]:
    """What lies there; runs and songs of an evaluation have names of their own."""
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    kept = [path for path in found if path.suffix != ".lock"]
    return sorted({"*.parquet" if "predictions" in path.parts else str(path) for path in kept})


def expected(act: str, folder: Path, ask: Ask) -> tuple[Any, list[str]]:
    assert ask(act, folder) == [{"killed": False, "code": 0, "text": ""}]
    outcome = told(act, folder)
    assert outcome is not None
    return outcome, names(folder)


@pytest.mark.parametrize("act", ACTS)
def test_killed_at_any_step_it_is_done_or_not_and_goes_on(
    ask: Ask, fresh: Callable[[], Path], act: str
) -> None:
    outcome, left = expected(act, fresh(), ask)
    before = fresh()
    for step in range(MOST_STEPS):
        folder = before.with_name(f"at-{step}")
        shutil.copytree(before, folder)
        (end,) = ask(act, folder, "kill", step)
        assert told(act, folder) in (None, outcome), f"half done when killed at step {step}"
        if not end["killed"]:
            assert step, "no step was counted"
            break
        again = ask(act, folder)
        assert again == [{"killed": False, "code": 0, "text": ""}], f"killed at step {step}"
        assert told(act, folder) == outcome, f"killed at step {step}"
        assert names(folder) == left, f"killed at step {step}"
    else:
        pytest.fail(f"more than {MOST_STEPS} steps")


@pytest.mark.parametrize("act", ACTS)
def test_killed_at_any_time_it_goes_on(ask: Ask, fresh: Callable[[], Path], act: str) -> None:
    outcome, left = expected(act, fresh(), ask)
    moments = random.Random(act)  # noqa: S311 - not for secrets
    folder = fresh()
    for _ in range(3):
        ask(act, folder, "late", moments.randint(1, 40))
        assert told(act, folder) in (None, outcome)
    (end,) = ask(act, folder)
    assert end["code"] == 0, end["text"]
    assert (told(act, folder), names(folder)) == (outcome, left)


@pytest.mark.parametrize("act", ACTS)
def test_a_full_disk_is_one_sentence_and_room_mends_it(
    ask: Ask, fresh: Callable[[], Path], act: str
) -> None:
    outcome, left = expected(act, fresh(), ask)
    sentences = 0
    for size in SIZES:
        folder = fresh()
        (end,) = ask(act, folder, "full", size)
        assert end["code"] in (0, 3), end["text"]
        assert "\n" not in end["text"].strip()
        sentences += end["code"] == 3
        assert told(act, folder) in (None, outcome)
        (end,) = ask(act, folder)
        assert end["code"] == 0, end["text"]
        assert (told(act, folder), names(folder)) == (outcome, left)
    assert sentences


@pytest.mark.parametrize("act", ACTS)
def test_a_folder_that_may_not_be_written_is_one_sentence(
    ask: Ask, fresh: Callable[[], Path], act: str
) -> None:
    folder = fresh()
    places = [folder, *(path for path in folder.rglob("*") if path.is_dir())]
    for place in places:
        place.chmod(0o555)
    (end,) = ask(act, folder, "locked")
    for place in places:
        place.chmod(0o755)
    assert end["code"] == 3, end["text"]
    assert "\n" not in end["text"].strip()
    assert told(act, folder) is None


@pytest.mark.parametrize("act", ACTS)
def test_two_at_once_do_it_once(ask: Ask, fresh: Callable[[], Path], act: str) -> None:
    outcome, left = expected(act, fresh(), ask)
    folder = fresh()
    for end in ask(act, folder, "two"):
        assert end["code"] in (0, 3), end["text"]
    (end,) = ask(act, folder)
    assert end["code"] in (0, 3), end["text"]
    assert told(act, folder) == outcome
    assert names(folder) == left
