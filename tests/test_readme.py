"""Holds that the README tells of every setting that the code reads from the environment."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
READERS = ("engine", "ui", "train", "pages")
BASE = "LYRICLAB_BASE_"


def test_every_environment_variable_is_a_row_of_the_table() -> None:
    read = {
        name
        for folder in READERS
        for path in (ROOT / folder).rglob("*.py")
        for name in re.findall(r"""["'](LYRICLAB_[A-Z_]+)["']""", path.read_text("utf-8"))
    }
    rows = re.findall(r"^\| `(LYRICLAB_[A-Z_]+)", (ROOT / "README.md").read_text("utf-8"), re.M)
    assert BASE in read
    assert sorted(rows) == sorted(read)
