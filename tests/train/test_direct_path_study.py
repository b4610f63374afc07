"""The study of pairs judges songs by paths that have not seen their artists."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from train import direct_path, direct_path_study
from train.genre_data import GenreSplit, read_split


def test_songs_are_judged_by_paths_that_have_not_seen_their_artists(
    with_tiny_models: Path,
    tiny_runs: Path,
    genre_corpus: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    config = str(tiny_runs / "genre_roberta.yaml")
    arguments = ["--data", str(genre_corpus), "--config", config, "--pairs", "0", "40"]
    monkeypatch.setattr(sys, "argv", ["study", *arguments])
    seen: list[set[str]] = []
    fit = direct_path.fit_direct

    def noted(read: Any, train: GenreSplit, *rest: Any) -> Any:
        seen.append(set(train.artists))
        return fit(read, train, *rest)

    monkeypatch.setattr(direct_path, "fit_direct", noted)
    direct_path_study.main()
    everyone = set(read_split(genre_corpus, "train").artists)
    for three in (seen[:3], seen[3:]):
        left_out = [everyone - artists for artists in three]
        assert sum(map(len, left_out)) == len(everyone) == len(set.union(*left_out))
    printed = capsys.readouterr().out
    assert printed.index("0 pairs:") < printed.index("40 pairs:")
    assert "nats a song" in printed
