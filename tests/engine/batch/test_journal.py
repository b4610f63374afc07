from __future__ import annotations

from pathlib import Path

import pytest

from engine.batch.journal import Answer, Partial
from engine.errors import InputError

ABOUT = {"input": "ab", "model": "llama", "revision": "12"}
ANSWERS: list[Answer] = [(1, [0.25, 0.75], ""), (0, None, "The lyric is missing.")]


def begun(path: Path) -> Path:
    with Partial(path, ABOUT, 3, restart=False) as partial:
        partial.add(ANSWERS)
        partial.add([(2, [1.0, 0.0], "")])
    return path


def test_answers_come_back_in_the_order_of_the_rows(tmp_path: Path) -> None:
    with Partial(begun(tmp_path / "p"), ABOUT, 3, restart=False) as partial:
        assert list(partial.answers()) == [
            (None, "The lyric is missing."),
            ([0.25, 0.75], ""),
            ([1.0, 0.0], ""),
        ]
        assert partial.answered == 3


def test_a_file_cut_anywhere_goes_on_from_its_last_whole_line(tmp_path: Path) -> None:
    whole = begun(tmp_path / "p").read_bytes()
    ends = [index for index, byte in enumerate(whole) if byte == ord("\n")]
    for size in range(len(whole)):
        (tmp_path / "p").write_bytes(whole[:size])
        with Partial(tmp_path / "p", ABOUT, 3, restart=False) as partial:
            lines = sum(end < size for end in ends)
            assert partial.answered == [0, 0, 2, 3][lines]
            partial.add([(row, [0.5, 0.5], "") for row in range(3) if not partial.done[row]])
            assert len(list(partial.answers())) == 3


def test_another_question_is_refused_and_restart_begins_anew(tmp_path: Path) -> None:
    path = begun(tmp_path / "p")
    other = {**ABOUT, "model": "roberta", "revision": "34"}
    with pytest.raises(InputError, match=r"begun with another model, revision: .* --restart"):
        Partial(path, other, 3, restart=False)
    assert path.read_bytes() == begun(tmp_path / "q").read_bytes()
    with Partial(path, other, 3, restart=True) as partial:
        assert partial.answered == 0


def test_a_strangers_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "p").write_text("my own notes\n", "utf-8")
    with pytest.raises(InputError, match="begun with another input"):
        Partial(tmp_path / "p", ABOUT, 3, restart=False)
    assert (tmp_path / "p").read_text("utf-8") == "my own notes\n"


def test_two_runs_never_write_one_file(tmp_path: Path) -> None:
    with (
        Partial(tmp_path / "p", ABOUT, 3, restart=False),
        pytest.raises(InputError, match="Another run is writing"),
    ):
        Partial(tmp_path / "p", ABOUT, 3, restart=True)
    Partial(tmp_path / "p", ABOUT, 3, restart=False).remove()
    assert not (tmp_path / "p").exists()
