from __future__ import annotations

import re
from pathlib import Path

from ui.numbers import percent, signed


def test_nearly_certain_is_not_certain() -> None:
    assert [percent(p) for p in (0.0, 0.005, 0.006, 0.5, 0.994, 0.995, 1.0)] == [
        "0%", "under 1%", "1%", "50%", "99%", "over 99%", "100%",
    ]  # fmt: skip


def test_a_minus_sign_is_no_hyphen_and_nothing_has_no_sign_of_its_own() -> None:
    assert signed(-0.254) == "\u22120.25"
    assert signed(0.5, 1) == "+0.5"
    assert signed(-0.001) == "+0.00"


def test_no_percent_sign_stands_apart_from_its_number() -> None:
    root = Path(__file__).parents[2]
    files = [*root.glob("ui/**/*.py"), *root.glob("pages/*.py"), *root.glob("engine/figures/*.py")]
    apart = re.compile(r"[}\ddfx](?: |\\u00a0)%+[\"'.,;: ]")
    found = [
        f"{file.name}: {line.strip()}"
        for file in files
        for line in file.read_text("utf-8").splitlines()
        if apart.search(line)
    ]
    assert not found
