"""How often a page looks at a task that waits."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ui.waiting import LOOK_SECONDS, has_begun, look_seconds


def job(ahead: int, *, started: bool = False, finished: bool = False) -> Any:
    return SimpleNamespace(ahead=ahead, started=started, finished=finished)


@pytest.mark.parametrize(
    ("jobs", "seconds"),
    [
        ([job(0)], LOOK_SECONDS),
        ([job(9, started=True)], LOOK_SECONDS),
        ([job(4)], pytest.approx(1.2)),
        ([job(60)], 3.0),
        ([job(60), job(4)], pytest.approx(1.2)),
        ([job(60), job(0, finished=True)], 3.0),
        ([], LOOK_SECONDS),
    ],
)
def test_those_far_behind_look_less_often(jobs: list[Any], seconds: float) -> None:
    assert look_seconds(*jobs) == seconds


def test_a_page_is_drawn_anew_once_when_a_task_begins_and_not_again_and_again() -> None:
    done, waits = job(0, started=True, finished=True), job(10)
    assert not has_begun(look_seconds(done, waits), done, waits)
    assert has_begun(look_seconds(waits), job(0, started=True))
    begun = job(0, started=True)
    assert not has_begun(look_seconds(begun, waits), begun, waits)
