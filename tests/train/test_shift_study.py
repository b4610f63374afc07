"""The study of shifts."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from train import shift_study


def test_shift_rules_are_judged_on_artists_they_were_not_fitted_on(
    with_tiny_models: Path,
    tiny_runs: Path,
    genre_corpus: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    artists = np.repeat([f"artist {number}" for number in range(30)], 4)
    drawn = shift_study.drawn_artists(artists, 40, np.random.default_rng(0))
    assert drawn.sum() == 40
    assert not set(artists[drawn]) & set(artists[~drawn])
    config = str(tiny_runs / "genre_roberta.yaml")
    monkeypatch.setattr(sys, "argv", ["study", "--data", str(genre_corpus), "--config", config])
    monkeypatch.setattr(shift_study, "DRAWS", 2)
    shift_study.main()
    lines = capsys.readouterr().out.splitlines()[-4:]
    assert [line.split(":")[0] for line in lines] == list(shift_study.RULES)
