"""A model that is served stays whole whatever becomes of the training that would replace it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from engine.classifiers import load_from
from engine.errors import WeightsError
from engine.lyrics import Lyrics
from engine.models.card import ModelCard
from engine.models.presets import Slot, slot
from train.staging import staged

LYRIC = Lyrics.parse("gravel and rain on the porch\na pickup in the night")
# The real script, killed when its weights lie in the staging folder and it begins to calibrate.
KILLED = """
import os, signal
from train import card, genre_bilstm_gru
card.calibrate = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
genre_bilstm_gru.main()
"""


def own_slot(models: Path) -> Slot:
    return replace(slot("bilstm-gru"), models=models)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def models(with_tiny_models: Path, tmp_path: Path) -> Path:
    shutil.copytree(with_tiny_models / "bilstm-gru", tmp_path / "models" / "bilstm-gru")
    return tmp_path / "models"


def test_a_killed_training_leaves_the_old_model_serving(
    models: Path, tiny_bases: dict[str, str], tiny_runs: Path, genre_corpus: Path, tmp_path: Path
) -> None:
    own = own_slot(models)
    before, answer = contents(own.folder), load_from(own).predict([LYRIC])[0].probabilities
    arguments = ["--data", str(genre_corpus), "--runs", str(tmp_path), "--output", str(models)]
    arguments += ["--config", str(tiny_runs / "genre_bilstm_gru.yaml"), "--limit", "24"]
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", KILLED, *arguments],
        env={**os.environ, **tiny_bases, "PYTHONPATH": "."},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr[-2000:]
    left = models / ".bilstm-gru.new"
    assert (left / "model.safetensors").exists()  # so it was killed in the middle
    assert contents(own.folder) == before
    assert load_from(own).predict([LYRIC])[0].probabilities == answer
    with staged(own, keep=("model.safetensors", "vocabulary.json")) as place:
        assert not (place.folder / "card.json").exists()  # what was left there is gone
        ModelCard.read(own.folder).write(place.folder)
    assert contents(own.folder) == before
    assert {path.name for path in models.iterdir()} == {"bilstm-gru", "learned"}  # checksums stay


def test_a_model_without_a_card_or_with_other_files_than_its_card_says_replaces_nothing(
    models: Path,
) -> None:
    own = own_slot(models)
    before, card = contents(own.folder), ModelCard.read(own.folder)
    with pytest.raises(WeightsError, match="No model card"), staged(own) as place:
        (place.folder / "model.safetensors").write_bytes(b"new")
    with pytest.raises(WeightsError, match="corrupt"), staged(own) as place:
        (place.folder / "model.safetensors").write_bytes(b"new")
        card.write(place.folder)
        (place.folder / "model.safetensors").write_bytes(b"and changed")
    with pytest.raises(ZeroDivisionError), staged(own) as place:
        card.write(place.folder)
        1 / 0  # noqa: B018 - any fault of a training
    assert contents(own.folder) == before


def test_a_training_killed_between_two_renames_is_mended_by_the_next(models: Path) -> None:
    own = own_slot(models)
    before = contents(own.folder)
    own.folder.rename(models / ".bilstm-gru.old")
    with pytest.raises(ZeroDivisionError), staged(own):
        1 / 0  # noqa: B018 - any fault of a training
    assert contents(own.folder) == before


def test_a_first_training_needs_no_folder(models: Path, tmp_path: Path) -> None:
    card = ModelCard.read(models / "bilstm-gru")
    own = own_slot(tmp_path / "elsewhere")
    with staged(own) as place:
        (place.folder / "model.safetensors").write_bytes(b"new")
        card.write(place.folder)
    assert set(contents(own.folder)) == {"card.json", "model.safetensors"}
