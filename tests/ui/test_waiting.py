"""How often a page looks at a task that waits."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ui.waiting import LOOK_SECONDS, look_seconds


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
