from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.generator.placement.ranker import FILE, PlacementRanker
from engine.generator.placement.song import SongPlaces
from engine.models.card import ModelCard
from train import chord_placement
from train.chord_placement import PlacementSettings, choice_loss, network_of, weights_of


def row(number: int) -> dict[str, object]:
    words = ["the", "river", "runs", "to", "the", "sea", f"again{number}"]
    return {
        "id": str(number),
        "title": f"Song {number}",
        "key": "C:major",
        "genre": "folk",
        "lines": [
            {"section": "verse", "words": words, "chords": [[1, "C:maj"], [5, "G:maj"]]},
            {"section": "verse", "words": ["we", "are", "gone"], "chords": [[2, "C:maj"]]},
        ],
    }


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for split, count in (("train", 12), ("validation", 3), ("test", 3)):
        lines = [json.dumps(row(number)) for number in range(count)]
        (tmp_path / f"{split}.jsonl").write_text("\n".join(lines))
    return tmp_path


def test_what_songs_always_do_is_learnt_and_served(data: Path, tmp_path: Path) -> None:
    config = tmp_path / "settings.yaml"
    config.write_text("epochs: 60\nbatch_steps: 20\nlearning_rate: 0.01\nhidden: 16\n")
    chord_placement.main(
        ["--data", str(data), "--output", str(tmp_path / "models"), "--config", str(config)]
    )
    folder = tmp_path / "models" / "chord-placement"
    card = ModelCard.read(folder)

    assert card.metrics["test/position_perplexity"] < 1.5
    assert card.metrics["test/position_n"] == 15
    assert PlacementRanker.read(folder).genres == card.labels


def test_the_network_that_learns_is_the_one_that_serves() -> None:
    network = network_of(7, PlacementSettings(hidden=5)).eval()
    ranker = PlacementRanker(weights_of(network), ("unknown",))
    features = np.random.default_rng(0).normal(size=(4, 7)).astype(np.float32)

    class Fixed(SongPlaces):
        def __init__(self) -> None: ...

        def features(self) -> np.ndarray:
            return features

    expected = network(torch.from_numpy(features))[:, 0].log_softmax(0).detach().numpy()
    assert np.allclose(ranker.log_probabilities(Fixed()), expected, atol=1e-5)


def test_the_loss_is_the_cross_entropy_of_each_choice() -> None:
    scores = torch.tensor([1.0, 2.0, 0.5, 0.0, 3.0])
    step, came = torch.tensor([0, 0, 0, 1, 1]), torch.tensor([1, 3])
    expected = -(scores[:3].log_softmax(0)[1] + scores[3:].log_softmax(0)[0]) / 2

    assert choice_loss(scores, step, came).item() == pytest.approx(expected.item(), rel=1e-5)


def test_a_folder_without_a_split_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Exception, match=r"train\.jsonl\.gz"):
        chord_placement.main(["--data", str(tmp_path), "--output", str(tmp_path / "models")])

    assert not (tmp_path / "models" / "chord-placement" / FILE).exists()
