"""A new task is one module and one line in the table: here is one, from songs to the board."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from engine.errors import InputError
from engine.evaluation.baselines import BASELINES, fitted_baseline
from engine.evaluation.board.ranking import board
from engine.evaluation.board.records import read_records, results_folder
from engine.evaluation.board.sets import evaluation_sets
from engine.evaluation.metrics.genre import ACCURACY
from engine.evaluation.runner import evaluate
from engine.evaluation.tasks import TASKS, find_task
from engine.evaluation.tasks.task import Assignment, Request, Subject, Task


def _lines(request: Request) -> Assignment:
    """Are there more than two lines? One model always says yes, the other no."""
    songs = request.data.read_text("utf-8").splitlines()

    def load(name: str) -> Subject:
        def answer(numbers: list[int]) -> list[dict[str, str]]:
            return [{"prediction": name} for _ in numbers]

        return Subject(name, "none", "", "model", "r", 0.0, answer, batch=1)  # type: ignore[arg-type]

    def table(rows: list[dict[str, str]]) -> tuple[pd.DataFrame, tuple[object, ...]]:
        found = pd.DataFrame(
            {
                "id": songs,
                "reference": ["yes"] * len(songs),
                "prediction": [row["prediction"] for row in rows],
                "cluster": songs,
            }
        )
        return found, (ACCURACY,)

    ids = list(songs)
    return Assignment("lines", "d", "test", "0" * 64, ids, range(len(ids)), load, table)  # type: ignore[arg-type]


LINES = Task(
    "lines",
    "Lines",
    "a line a song",
    (".txt",),
    lambda: ("yes", "no", "yes/part"),
    _lines,
    "accuracy",
)


def test_a_task_takes_one_line_in_the_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LYRICLAB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setitem(TASKS, "lines", f"{__name__}:LINES")
    (tmp_path / "test.txt").write_text("a\nb\nc\n", "utf-8")
    evaluate("lines", tmp_path, ["no", "yes"])

    records, problems = read_records()
    assert problems == []
    (songs,) = evaluation_sets(records, "lines")
    standings = board(records, songs, find_task("lines").headline).standings
    assert [(one.name, one.record.value) for one in standings] == [("yes", 1.0), ("no", 0.0)]


def test_a_name_with_a_slash_keeps_its_answers_in_the_one_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LYRICLAB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setitem(TASKS, "lines", f"{__name__}:LINES")
    (tmp_path / "test.txt").write_text("a\nb\n", "utf-8")
    run = evaluate("lines", tmp_path, ["yes/part"])
    assert run.records[0].predictions.startswith("predictions/lines-yes-part-")
    assert (results_folder() / run.records[0].predictions).is_file()


@pytest.mark.parametrize("name", list(TASKS))
def test_every_task_of_the_table_is_there(name: str) -> None:
    task = find_task(name)
    assert task.name == name
    assert task.names
    assert (task.recorded_as or name) in TASKS


def test_every_baseline_of_the_table_is_there(tmp_path: Path) -> None:
    missing = tmp_path / "train.jsonl"
    for task, baselines in BASELINES.items():
        assert task in TASKS
        for name in baselines:
            with pytest.raises((InputError, OSError)):  # found, and asked to read the songs
                fitted_baseline(task, name, missing)


def test_an_unknown_task_is_told_the_known_ones() -> None:
    with pytest.raises(InputError, match="tasks are genre, chords, faithfulness"):
        find_task("poetry")
