"""One way to write a percentage and a difference in everything the board says."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
FILES = [
    ROOT / "pages/leaderboard.py",
    *sorted((ROOT / "ui/leaderboard").glob("*.py")),
    *sorted((ROOT / "ui/models").glob("*.py")),
    *sorted((ROOT / "engine/figures").glob("*.py")),
    *sorted((ROOT / "engine/evaluation").rglob("*.py")),
]
_LOOSE_PERCENT = re.compile(r"(?:\d|\}) %(?![\w{(.+\-])")


def said(path: Path) -> list[str]:
    """Every text of a module; values that are put in stand as braces."""
    texts: list[str] = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.JoinedStr):
            texts.append(
                "".join(
                    str(part.value) if isinstance(part, ast.Constant) else "{}"
                    for part in node.values
                )
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            texts.append(node.value)
    return texts


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_percent_sign_follows_its_number_at_once(path: Path) -> None:
    assert not [text for text in said(path) if _LOOSE_PERCENT.search(text)]


def test_the_rule_finds_what_it_forbids() -> None:
    assert _LOOSE_PERCENT.search("the 95 % interval")
    assert _LOOSE_PERCENT.search("right in {} % of the songs")
    assert not _LOOSE_PERCENT.search("95% of %{x:.1f}%")
