"""How a training script ends, as a shell sees it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engine.errors import WeightsError
from train.command_line import run


def missing() -> None:
    raise WeightsError("No model card.")


@pytest.mark.parametrize(
    ("main", "status", "told"),
    [(lambda: None, None, ""), (lambda: 1, 1, ""), (missing, 2, "No model card.\n")],
)
def test_a_script_leaves_with_its_status_or_with_2_and_a_sentence(
    main: Callable[[], Any], status: int | None, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        run(main)
    assert left.value.code == status
    assert capsys.readouterr().err == told
