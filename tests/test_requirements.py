"""Holds that a fresh environment has all that our code imports, in the versions tested here."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions, version
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OURS = {"engine", "ui", "train", "bench", "tests", "pages"}
SHIPPED, DEVELOPED = ("engine", "ui", "train", "pages"), ("bench", "tests")
APP, DEVELOPMENT = ("requirements.txt", "requirements-weights.txt"), ("requirements-dev.txt",)
LISTENING, LISTENS = ("requirements-listening.txt",), ROOT / "engine" / "listening"
SERVER, SERVES = ("requirements-server.txt",), ROOT / "engine" / "api"
LOAD = ("requirements-load.txt",)
MAP, MAPS = ("requirements-map.txt",), ROOT / "engine" / "similarity" / "umap_process.py"
TRAINING = ("requirements-training.txt",)
# What may import the training group: trainings, and what says itself that it is missing.
TRAINS = (
    ROOT / "train",
    ROOT / "engine" / "corpora" / "store" / "musicpile.py",
    ROOT / "engine" / "generator" / "model.py",
    ROOT / "engine" / "models" / "decoders.py",
    ROOT / "engine" / "models" / "packed_lora.py",
    ROOT / "engine" / "models" / "quantization.py",
    ROOT / "engine" / "models" / "weights.py",
)
RAY, JOINS = ("requirements-ray.txt",), ROOT / "engine" / "batch" / "cluster.py"

GROUPS = LISTENING + SERVER + TRAINING + RAY + MAP


def normalised(name: str) -> str:
    """A distribution's name as registries compare them (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned(files: tuple[str, ...]) -> dict[str, str]:
    """Name to version of every line of these files; a line without an exact version fails."""
    found: dict[str, str] = {}
    for file in files:
        for line in (ROOT / file).read_text("utf-8").splitlines():
            wanted = line.split("#")[0].split(";")[0].strip()
            if wanted:
                name, _, exact = wanted.partition("==")
                assert exact, f"{file}: '{line}' pins no version"
                found[normalised(name.split("[")[0])] = exact
    return found


def imported(path: Path) -> Iterator[str]:
    """Top-level names of all that a file imports, lazily too."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def undeclared(files: list[Path], declared: dict[str, str]) -> list[str]:
    """What of other people's these files import that no requirement names."""
    made_by = packages_distributions()
    names = {(name, path) for path in files for name in imported(path)}
    return sorted(
        f"{path.relative_to(ROOT)} imports {name}"
        for name, path in names
        if name not in OURS | set(sys.stdlib_module_names)
        and not path.with_name(f"{name}.py").exists()  # a script beside it
        and not {normalised(maker) for maker in made_by.get(name, [name])} & declared.keys()
    )


def test_all_that_the_app_imports_is_in_its_requirements() -> None:
    files = [ROOT / "Home.py", *(p for part in SHIPPED for p in (ROOT / part).rglob("*.py"))]
    listens = [path for path in files if path.is_relative_to(LISTENS)]
    serves = [path for path in files if path.is_relative_to(SERVES)]
    trains = [path for path in files if any(path.is_relative_to(of) for of in TRAINS)]
    others = [path for path in files if path not in {*listens, *serves, *trains, JOINS, MAPS}]
    assert undeclared(others, pinned(APP)) == []
    assert undeclared([JOINS], pinned(APP + RAY)) == []
    assert undeclared([MAPS], pinned(APP + MAP)) == []
    assert undeclared(listens, pinned(APP + LISTENING)) == []
    assert undeclared(serves, pinned(APP + SERVER)) == []
    assert undeclared(trains, pinned(APP + TRAINING)) == []


def test_all_that_tests_and_benches_import_is_in_some_requirements() -> None:
    files = [p for part in DEVELOPED for p in (ROOT / part).rglob("*.py")]
    assert undeclared(files, pinned(APP + GROUPS + LOAD + DEVELOPMENT)) == []


def test_an_undeclared_import_is_noticed() -> None:
    declared = pinned(APP)
    del declared["mido"]
    assert undeclared([ROOT / "engine" / "formats" / "midi.py"], declared) == [
        "engine/formats/midi.py imports mido"
    ]


@pytest.mark.parametrize("name", sorted(pinned(APP[:1] + GROUPS)))
def test_what_is_pinned_is_what_the_tests_run_with(name: str) -> None:
    assert version(name).partition("+")[0] == pinned(APP + GROUPS)[name]
