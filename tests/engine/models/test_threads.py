from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from engine.errors import InputError
from engine.models import threads

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in (threads.SETTING, "OMP_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)
    threads.model_threads.cache_clear()
    before = torch.get_num_threads()
    yield
    threads.model_threads.cache_clear()
    torch.set_num_threads(before)


def test_importing_the_engine_has_workers_sleep_unless_the_user_chose(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def policy(**chosen: str) -> str:
        plain = {k: v for k, v in os.environ.items() if k not in threads.WAITING}
        code = "import engine, os, sys; assert 'torch' not in sys.modules; "
        code += "print(os.environ.get('GOMP_SPINCOUNT'), os.environ.get('KMP_BLOCKTIME'))"
        command = [sys.executable, "-c", code]
        return subprocess.run(  # noqa: S603 - ours
            command, cwd=ROOT, env={**plain, **chosen}, check=True, capture_output=True, text=True
        ).stdout.strip()

    assert policy() == "300 1"
    assert policy(GOMP_SPINCOUNT="30") == "30 None"
    assert policy(OMP_WAIT_POLICY="active") == "None None"


def test_the_tests_themselves_run_with_sleeping_workers() -> None:
    assert any(name in os.environ for name in threads.WAITING)


@pytest.mark.parametrize("command", [["-m", "train.genre_llama"], ["-m", "train.chords_tinyllama"]])
def test_a_training_sets_the_policy_before_it_imports_torch(
    command: list[str], tmp_path: Path
) -> None:
    # A module called torch that tells what stands when it is first imported.
    tells = "import os\nraise SystemExit(os.environ.get('GOMP_SPINCOUNT', 'unset'))\n"
    (tmp_path / "torch.py").write_text(tells, "utf-8")
    plain = {k: v for k, v in os.environ.items() if k not in threads.WAITING}
    found = subprocess.run(  # noqa: S603 - ours
        [sys.executable, *command],
        cwd=ROOT,
        env={**plain, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.stderr.strip() == "300"


def test_what_the_user_says_is_how_many_threads_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "3,2")
    assert threads.model_threads() == 3
    threads.model_threads.cache_clear()
    monkeypatch.setenv(threads.SETTING, "2")
    assert threads.use_model_threads() == threads.cores() == torch.get_num_threads() == 2


@pytest.mark.parametrize("said", ["0", "-1", "two", "1.5"])
def test_a_number_of_threads_that_is_none_is_refused(
    said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(threads.SETTING, said)
    with pytest.raises(InputError) as refused:
        threads.model_threads()
    assert str(refused.value) == (
        f"LYRICLAB_THREADS is '{said}'; a whole number from 1 is accepted."
    )


@pytest.mark.parametrize(
    ("seconds", "taken"),
    [
        ({1: 8.0, 2: 4.1, 4: 2.2}, 4),
        ({1: 8.0, 2: 4.1, 4: 4.0}, 2),  # hyper-threads add nothing
        ({1: 8.0, 2: 9.0, 4: 20.0}, 1),  # a container's quota
    ],
)
def test_more_threads_are_taken_only_where_they_are_clearly_faster(
    seconds: dict[int, float], taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threads, "cores", lambda: 4)
    monkeypatch.setattr(threads, "_seconds_by_threads", lambda _counts: seconds)
    assert threads.model_threads() == taken


def test_the_trial_leaves_the_number_of_threads_as_it_was() -> None:
    torch.set_num_threads(1)
    assert threads._seconds_by_threads([1, 2]).keys() == {1, 2}
    assert torch.get_num_threads() == 1
