"""A training goes on from a checkpoint that is whole, whatever a kill has left."""

from __future__ import annotations

from pathlib import Path

import pytest

from train.whole_checkpoints import last_whole_checkpoint


def checkpoint(run: Path, step: int, state: str | None) -> Path:
    folder = run / f"checkpoint-{step}"
    folder.mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(b"w")
    if state is not None:
        (folder / "trainer_state.json").write_text(state, "utf-8")
    return folder


@pytest.mark.parametrize("left", [None, "", '{"global_step": 20', "[]"])
def test_one_that_is_not_whole_is_passed_over_and_deleted(tmp_path: Path, left: str | None) -> None:
    whole = checkpoint(tmp_path, 9, '{"global_step": 9}')
    cut = checkpoint(tmp_path, 20, left)
    checkpoint(tmp_path, 5, '{"global_step": 5}')
    assert last_whole_checkpoint(tmp_path) == whole
    assert not cut.exists()


def test_without_any_a_training_begins_anew(tmp_path: Path) -> None:
    assert last_whole_checkpoint(tmp_path / "none") is None
    checkpoint(tmp_path, 1, None)
    (tmp_path / "history.json").write_text("[]", "utf-8")
    assert last_whole_checkpoint(tmp_path) is None
