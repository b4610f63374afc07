"""Records survive bad neighbours and are never overwritten."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest

from engine.errors import InputError
from engine.evaluation.board.records import EvaluationRecord, append_records, read_records
from tests.effort import effort

Records = Callable[..., EvaluationRecord]


def test_what_is_appended_is_read_back(record: Records, tmp_path: Path) -> None:
    append_records([record(), record(task="chords", metric="majmin")], tmp_path)
    append_records([record(value=0.75, low=None, high=None)], tmp_path)
    records, problems = read_records(tmp_path)
    assert [found.value for found in records] == [0.5, 0.75, 0.5]
    assert problems == []


def test_a_truncated_line_is_reported_and_does_not_swallow_the_next(
    record: Records, tmp_path: Path
) -> None:
    append_records([record()], tmp_path)
    path = tmp_path / "genre.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole + whole[: len(whole) // 2])
    append_records([record(value=0.9)], tmp_path)
    records, problems = read_records(tmp_path)
    assert [found.value for found in records] == [0.5, 0.9]
    assert len(problems) == 1
    assert str(problems[0]).startswith("results/genre.jsonl, line 2: cut short")
    assert path.read_bytes().startswith(whole)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"garbage", "cut short"),
        (b"{]}", "not readable as JSON"),
        (b"[1]", "cut short|not a JSON object"),
        (b'{"task": "genre"}', "lacks model"),
        ('{"\u200b": 1}'.encode(), r"has unknown '\\u200b'"),
        (b"\xff\xfe{}", "not readable"),
        (b'{"a":' * 5000 + b"1" + b"}" * 5000, "not readable|not an evaluation record"),
    ],
)
def test_corrupt_lines_say_what_is_wrong(
    line: bytes, said: str, record: Records, tmp_path: Path
) -> None:
    append_records([record()], tmp_path)
    with (tmp_path / "genre.jsonl").open("ab") as file:
        file.write(line + b"\n")
    records, problems = read_records(tmp_path)
    assert len(records) == 1
    assert len(problems) == 1
    import re

    assert re.search(said, problems[0].reason)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("value", "0.5", "field 'value'"),
        ("value", 10**400, "field 'value' is a number beyond 64 bits"),
        ("low", -(10**400), "field 'low' is a number beyond 64 bits"),
        ("n", 10**400, "field 'n' is a number beyond 64 bits"),
        ("seconds", float("inf"), "not all finite"),
        ("model", "\ud800", "no valid text"),
        ("task", "x" * 10_000, "tasks are genre"),
        ("split", [[[]]], "is a list, not a str"),
        ("value", None, "field 'value'"),
        ("n", 4.5, "field 'n'"),
        ("n", True, "field 'n'"),
        ("task", "poetry", "task 'poetry'"),
        ("kind", "friend", "kind 'friend'"),
    ],
)
def test_wrong_fields_are_reported(
    field: str, value: object, said: str, record: Records, tmp_path: Path
) -> None:
    line = json.dumps({**asdict(record()), field: value})
    (tmp_path / "genre.jsonl").write_text(line + "\n", "utf-8")
    records, problems = read_records(tmp_path)
    assert records == []
    assert said in problems[0].reason


def test_unknown_fields_are_not_guessed_at(record: Records, tmp_path: Path) -> None:
    line = json.dumps({**asdict(record()), "flavour": "sweet"})
    (tmp_path / "genre.jsonl").write_text(line + "\n", "utf-8")
    assert "unknown 'flavour'" in read_records(tmp_path)[1][0].reason


def test_numbers_that_are_not_numbers_are_refused(record: Records) -> None:
    with pytest.raises(InputError, match="not all finite"):
        record(value=float("nan"))


def test_a_problem_is_one_short_sentence(record: Records, tmp_path: Path) -> None:
    huge = json.dumps({**asdict(record()), "split": "x" * 10_000, "kind": "y" * 10_000})
    (tmp_path / "genre.jsonl").write_text(huge + "\n", "utf-8")
    (problem,) = read_records(tmp_path)[1]
    assert len(str(problem)) < 400


def test_no_results_is_no_error(tmp_path: Path) -> None:
    assert read_records(tmp_path / "nothing") == ([], [])


def test_ten_thousand_records_are_read_in_a_second_or_so(record: Records, tmp_path: Path) -> None:
    append_records([record(model=f"m{index}") for index in range(10_000)], tmp_path)

    def read() -> None:
        assert len(read_records(tmp_path)[0]) == 10_000

    assert effort(read, 300) <= 300


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"signature": "forged"}, "measured as 'forged', not as v1"),
        ({"metric": "bertscore-f1"}, "begins with 'bertscore|'"),
        ({"metric": "charm"}, "metric 'charm' is not known"),
        ({"metric": "a\x1b[31m"}, "metric 'a\\x1b[31m' is not known"),
    ],
)
def test_foreign_definitions_are_told_and_kept(
    changed: dict[str, str], said: str, record: Records, tmp_path: Path
) -> None:
    append_records([record(), record(**changed)], tmp_path)
    records, problems = read_records(tmp_path)
    assert len(records) == 2
    assert [(problem.line, problem.skipped) for problem in problems] == [(2, False)]
    assert said in str(problems[0])
    assert "skipped" not in str(problems[0])
