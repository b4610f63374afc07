"""Models that stand are calibrated anew without being trained."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from engine.models.card import ModelCard
from train import recalibrate

FITTED = ("evidence_words", "doubt_below", "prior_shift", "temperatures")


def test_what_was_spoilt_on_a_card_is_fitted_again(
    with_tiny_models: Path,
    genre_corpus: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Of the same weights and songs comes the same calibration, of the model and of its parts."""
    models = tmp_path / "models"
    shutil.copytree(with_tiny_models, models)
    before = ModelCard.read(models / "bilstm-gru")
    spoilt = ModelCard.read(models / "bilstm-gru")
    for name in FITTED:
        del spoilt.config[name]
    spoilt.config["parts"] = {}
    spoilt.write(models / "bilstm-gru")
    arguments = ["--data", str(genre_corpus), "--output", str(models), "--model", "bilstm-gru"]
    monkeypatch.setattr(sys, "argv", ["recalibrate", *arguments, "--runs", str(tmp_path / "runs")])
    recalibrate.main()
    after = ModelCard.read(models / "bilstm-gru")
    for name in FITTED:
        assert after.config[name] == pytest.approx(before.config[name], abs=1e-3)
    assert after.config["parts"].keys() == before.config["parts"].keys() == {"network", "linear"}
    assert after.metrics == before.metrics
    assert '"bilstm-gru"' in capsys.readouterr().out
