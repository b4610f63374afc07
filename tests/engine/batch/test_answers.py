from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.batch.answers import Answer, Answers
from engine.batch.journal import Journal
from engine.batch.questions import GenreQuestion
from engine.errors import InputError

FITS = GenreQuestion("llama", "embedded", "12", ("folk", "rock")).is_answer

ANSWERS: list[Answer] = [(1, [0.25, 0.75], ""), (0, None, "The lyric is missing.")]


def test_answers_come_back_in_the_order_of_the_rows(tmp_path: Path) -> None:
    with Journal(tmp_path / "j", {}) as journal:
        answers = Answers(journal, range(3), FITS)
        answers.add(ANSWERS)
    with Journal(tmp_path / "j", {}) as journal:
        answers = Answers(journal, range(3), FITS)
        assert (answers.answered, list(answers.done)) == (2, [1, 1, 0])
        answers.add([(2, [1.0, 0.0], "")])
        assert list(answers.in_order()) == [
            (None, "The lyric is missing."),
            ([0.25, 0.75], ""),
            ([1.0, 0.0], ""),
        ]


@pytest.mark.parametrize(
    "entry",
    [
        *(7, None, "abc", {"a": 1}, [7], [[0, [0.5, 0.5]]], [["0", [0.5, 0.5], ""]]),
        *([[3, [0.5, 0.5], ""]], [[-1, [0.5, 0.5], ""]], [[True, [0.5, 0.5], ""]]),
        *([[0, [1.0], ""]], [[0, "ab", ""]], [[0, [None, 1.0], ""]], [[0, [float("nan"), 1], ""]]),
        *([[0, [10**400, 0], ""]], [[0, None, 5]], [[0, None, ""], [0, None, ""]]),
    ],
)
def test_what_no_run_wrote_is_refused_with_the_way_out(tmp_path: Path, entry: Any) -> None:
    with Journal(tmp_path / "j", {}, advice="begin anew with --restart") as journal:
        journal.add(entry)
        with pytest.raises(InputError, match=r"no answer to a song of this table.*--restart"):
            Answers(journal, range(3), FITS)
