from __future__ import annotations

from pathlib import Path

from engine.batch.answers import Answer, Answers
from engine.batch.journal import Journal

ANSWERS: list[Answer] = [(1, [0.25, 0.75], ""), (0, None, "The lyric is missing.")]


def test_answers_come_back_in_the_order_of_the_rows(tmp_path: Path) -> None:
    with Journal(tmp_path / "j", {}) as journal:
        answers = Answers(journal, 3)
        answers.add(ANSWERS)
    with Journal(tmp_path / "j", {}) as journal:
        answers = Answers(journal, 3)
        assert (answers.answered, list(answers.done)) == (2, [1, 1, 0])
        answers.add([(2, [1.0, 0.0], "")])
        assert list(answers.in_order()) == [
            (None, "The lyric is missing."),
            ([0.25, 0.75], ""),
            ([1.0, 0.0], ""),
        ]
