from __future__ import annotations

import gzip
import json
import random
from pathlib import Path
from typing import Any

import pytest
import yaml

from engine.errors import InputError
from engine.evaluation.tasks.next_chord import generator_sums
from engine.generator import Controls
from engine.generator.tinyllama import TinyLlamaGenerator
from engine.lyrics import Lyrics
from engine.models.card import ModelCard
from tests.engine.generator.tiny import CONFIG, save_tiny_base
from train import chords_memory
from train.chord_examples import read_songs
from train.settings import CONFIGS

NOUNS = ("river", "lantern", "morning", "harbour", "window", "guitar", "winter", "road")


def _song(number: int) -> dict[str, Any]:
    """A song of ours: a verse of two chords of its own, twice on other words."""
    chosen = random.Random(number)  # noqa: S311
    own = chosen.sample(["D:maj", "G:maj", "A:7", "B:min", "E:min"], 3)
    lines = [
        {
            "section": section,
            "words": ["the", chosen.choice(NOUNS), "and", chosen.choice(NOUNS), str(line)],
            "chords": [[0, own[line % 2]], [3, own[line % 2 + 1]]],
        }
        for section in ("verse", "chorus", "verse")
        for line in range(4)
    ]
    return {
        "title": f"song {number}",
        "key": "D:major",
        "key_source": "given",
        "genre": "folk",
        "lines": lines,
    }


def _progression(number: int) -> dict[str, Any]:
    bars = [[["D:7", 4]], [["G:7", 4]], [["D:7", 4]], [["A:7", 2], ["G:7", 2]]] * 3
    return {
        "title": f"tune {number}",
        "genre": "blues" if number % 2 else None,
        "key": "D:major",
        "sections": [{"section": None, "bars": bars}],
    }


def _rows(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode()))


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    for split, start, count in (("train", 0, 40), ("validation", 100, 6), ("test", 200, 6)):
        _rows(folder / f"{split}.jsonl.gz", [_song(start + n) for n in range(count)])
    _rows(folder / "progressions" / "train.jsonl.gz", [_progression(n) for n in range(40)])
    return folder


def _decoder(folder: Path, data: Path) -> None:
    """A decoder that knows the chords of the songs, untrained."""
    from transformers import AutoTokenizer

    from engine.generator.model import new_model, save_model
    from engine.generator.songs import vocabulary_of
    from engine.models.presets import slot
    from tests.engine.generator.tiny import tiny_card

    vocabulary = vocabulary_of([one.song for one in read_songs(data / "train.jsonl.gz")])
    base = save_tiny_base(folder.parent / "base")
    model = new_model(slot("tinyllama"), vocabulary, AutoTokenizer.from_pretrained(base), CONFIG)
    save_model(model, folder)
    vocabulary.write(folder)
    tiny_card("tinyllama", vocabulary, CONFIG).write(folder)


def test_training_learns_the_past_and_writes_a_memory_that_serves(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = tmp_path / "models"
    monkeypatch.setenv("LYRICLAB_BASE_SMOLLM2_135M", str(save_tiny_base(models / "base")))
    _decoder(models / "tinyllama", data)
    config = yaml.safe_load((CONFIGS / "chords_memory.yaml").read_text("utf-8"))
    config |= {"order": 3, "folds": 2, "width": 16, "epochs": 3, "batch_size": 32}
    settings = tmp_path / "config.yaml"
    settings.write_text(yaml.safe_dump(config))
    chords_memory.main(
        [
            *("--data", str(data), "--progressions", str(data / "progressions")),
            *("--output", str(models), "--config", str(settings)),
        ]
    )

    metrics = ModelCard.read(models / "chord-memory").metrics
    assert metrics["test/past_perplexity"] < metrics["test/general_perplexity"]
    assert metrics["test/past_and_decoder_perplexity"] < metrics["test/decoder_perplexity"]
    assert metrics["test/kneser_ney_and_past_perplexity"] < metrics["test/kneser_ney_perplexity"]
    written = "".join(
        path.read_text() for path in (models / "chord-memory").iterdir() if path.suffix == ".json"
    )
    assert str(tmp_path) not in written
    assert "lantern" not in written
    assert "song 1" not in written

    generator = TinyLlamaGenerator(folder=models / "tinyllama", memory=models / "chord-memory")
    assert generator.generate(Lyrics.parse("the river and the road"), Controls()).chords
    # The card's figures are those of what serves.
    test = read_songs(data / "test.jsonl.gz")
    sums = [generator_sums(generator, one.song) for one in test]
    right = sum(one["next_hits"] for one in sums) / sum(one["next_count"] for one in sums)
    assert right == pytest.approx(metrics["test/past_and_decoder_accuracy"], abs=0.02)


def test_missing_progressions_are_named(data: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="progressions"):
        chords_memory.main(
            ["--data", str(data), "--progressions", str(tmp_path), "--output", str(tmp_path)]
        )
