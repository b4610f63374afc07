"""Every reader of strangers' input keeps its word on damaged input, the same in each run."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.fuzz.fuzzing import fault_of, faults
from tests.fuzz.targets import TARGETS

FOUND = Path(__file__).parent / "found"
ENOUGH = 20_000


@pytest.mark.parametrize("name", TARGETS)
def test_whatever_comes_in_is_read_or_refused_in_one_sentence(name: str) -> None:
    target = TARGETS[name]
    if target.needs and not find_spec(target.needs):
        pytest.skip(f"{target.needs} is not installed")
    tried = 0
    for fault in faults(target, f"ci {name}", range(target.share)):
        tried += 1
        assert fault is None, f"{fault.kind}\n{fault.data[:3000]!r}\n{fault.told}"
    assert tried == target.share


def test_so_many_inputs_are_tried() -> None:
    assert sum(target.share for target in TARGETS.values()) >= ENOUGH


@pytest.mark.parametrize("name", TARGETS)
def test_inputs_are_damaged_and_the_same_each_time(name: str) -> None:
    target = TARGETS[name]
    if target.needs and not find_spec(target.needs):
        pytest.skip(f"{target.needs} is not installed")
    inputs = [target.input("a", number) for number in range(8)]
    assert inputs == [target.input("a", number) for number in range(8)]
    assert any(data not in target.valid for data in inputs)


@pytest.mark.parametrize("path", sorted(FOUND.glob("*/*")), ids=lambda path: path.parent.name)
def test_what_was_found_once_is_mended(path: Path) -> None:
    fault = fault_of(TARGETS[path.parent.name], path.read_bytes())
    assert fault is None, f"{fault.kind}\n{fault.told}"
