from __future__ import annotations

import gzip
import json
import random
from pathlib import Path
from typing import Any

import pytest
import yaml

from engine.generator.decoder import Decoder
from engine.generator.encoding import Header
from engine.models.card import ModelCard
from engine.models.weights import load_tensors
from tests.engine.generator.tiny import save_tiny_base
from train import chords_tinyllama
from train.chord_batches import ChordSettings, ProgressionBatches
from train.chord_examples import read_progressions
from train.settings import CONFIGS, read_settings

NOUNS = ("river", "lantern", "morning", "harbour", "window", "guitar", "winter", "road")


def _song(number: int) -> dict[str, Any]:
    """A song of ours: I on the first word, V on the last, always."""
    chosen = random.Random(number)  # noqa: S311
    lines = [
        {
            "section": "verse",
            "words": ["the", chosen.choice(NOUNS), "and", "the", chosen.choice(NOUNS), str(line)],
            "chords": [[0, "D:maj"], [4, "A:maj"]],
        }
        for line in range(4)
    ]
    return {"key": "D:major", "key_source": "given", "genre": "folk", "lines": lines}


def _progression(number: int) -> dict[str, Any]:
    """V always follows I, though no word is there."""
    bars = [[["D:maj", 2], ["A:maj", 2]]] * (3 + number)
    sections = [{"section": None, "bars": bars}]
    return {"title": f"tune {number}", "genre": None, "key": "D:major", "sections": sections}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    for split, start, count in (("train", 0, 24), ("validation", 100, 6), ("test", 200, 6)):
        rows = "\n".join(json.dumps(_song(start + n)) for n in range(count))
        (folder / f"{split}.jsonl.gz").write_bytes(gzip.compress(rows.encode()))
    for split, count in (("train", 12), ("validation", 3)):
        rows = "\n".join(json.dumps(_progression(n)) for n in range(count))
        path = folder / "progressions" / f"{split}.jsonl.gz"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(gzip.compress(rows.encode()))
    return folder


def _config(folder: Path, **change: object) -> Path:
    config = yaml.safe_load((CONFIGS / "chords_tinyllama.yaml").read_text("utf-8"))
    config |= {
        "layers": 2,
        "window": 256,
        "rank": 2,
        "alpha": 4,
        "dropout": 0.0,
        "target_modules": ["q_proj", "v_proj", "down_proj"],
        "tokens_per_batch": 512,
        "gradient_accumulation": 2,
        "learning_rate": 0.01,
        "rows_learning_rate": 0.02,
        "epochs": 12,
        "evaluations": 5,
        "rare_genres": 1,
    } | change
    path = folder / "config.yaml"
    path.write_text(yaml.safe_dump(config))
    return path


def test_training_learns_resumes_and_writes_a_model_that_serves(
    data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("LYRICLAB_BASE_SMOLLM2_135M", str(save_tiny_base(tmp_path / "base")))
    models, runs = tmp_path / "models", tmp_path / "runs"
    output = models / "tinyllama"
    common = ["--data", str(data), "--output", str(models), "--runs", str(runs)]
    chords_tinyllama.main([*common, "--config", str(_config(tmp_path, epochs=3))])
    printed = capsys.readouterr().out
    assert "s a step" in printed.split("'loss'")[0]
    first = ModelCard.read(output).metrics["train/steps"]
    checkpoints = list((runs / "tinyllama").glob("checkpoint-*/model.safetensors"))
    assert checkpoints
    # What is frozen is not kept: the base's tensors are far larger than what is trained.
    assert not any("embed_tokens" in name for name in load_tensors(checkpoints[0]))
    chords_tinyllama.main([*common, "--config", str(_config(tmp_path)), "--resume"])

    decoder = Decoder(folder=output)
    metrics = decoder.card.metrics
    assert metrics["train/steps"] > first
    assert metrics["test/chord_accuracy"] > 0.9
    assert metrics["test/position_perplexity"] < 2
    assert {"test/trigram_chord_perplexity", "validation/trigram_chord_accuracy"} <= set(metrics)
    written = "".join(
        path.read_text() for path in output.iterdir() if path.suffix in {".json", ".md"}
    )
    assert str(tmp_path) not in written
    assert "lantern" not in written
    assert not [path for path in output.iterdir() if path.suffix in {".bin", ".pt"}]

    assert _said(decoder) == ["C:maj", "G:maj"]


def test_progressions_are_learnt_first_and_teach_chords_alone(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = save_tiny_base(tmp_path / "base")
    monkeypatch.setenv("LYRICLAB_BASE_SMOLLM2_135M", str(base))
    models, runs = tmp_path / "models", tmp_path / "runs"
    config = _config(tmp_path, epochs=1, progression_epochs=2, told_sources=1.0)
    chords_tinyllama.main(
        [
            *("--data", str(data), "--progressions", str(data / "progressions")),
            *("--output", str(models), "--runs", str(runs), "--config", str(config)),
        ]
    )
    assert list((runs / "tinyllama-progressions").glob("checkpoint-*"))
    decoder = Decoder(folder=models / "tinyllama")
    assert decoder.encoder.tells_sources
    assert decoder.card.metrics["train/progression_minutes"] >= 0
    vocabulary = decoder.vocabulary
    batches = ProgressionBatches(
        decoder.encoder,
        read_progressions(data / "progressions" / "train.jsonl.gz", vocabulary),
        read_settings(config, ChordSettings),
    )
    learnt = {int(label) for batch in batches for label in batch["labels"].flatten()} - {-100}
    named = {vocabulary.tokens[vocabulary.first_output + label] for label in learnt}
    assert named == {"chord:C:maj", "chord:G:maj"}


@pytest.mark.slow
def test_full_preset_runs_in_four_bits(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LYRICLAB_BASE_TINYLLAMA_1_1B", str(save_tiny_base(tmp_path / "base")))
    models = tmp_path / "models"
    chords_tinyllama.main(
        [
            *("--preset", "full", "--data", str(data), "--output", str(models)),
            *("--runs", str(tmp_path / "runs"), "--max-minutes", "1"),
            *("--config", str(_config(tmp_path, epochs=1, gradient_checkpointing=True))),
        ]
    )
    decoder = Decoder("full", folder=models / "tinyllama-full")
    assert decoder.base == "TinyLlama-1.1B"
    assert len(_said(decoder)) == 2


def _said(decoder: Decoder) -> list[str]:
    """What the decoder says on the first and the last word of a line."""
    song = decoder.song(Header("genre:folk"), "major")
    song.begin(["the", "river", "and", "the", "road", "1"], "verse")
    chords = decoder.vocabulary.chords
    said: list[str] = []
    for place in (0, 4):
        index = int(song.log_probabilities(place).argmax())
        song.accept(place, index)
        said.append(chords[index])
    return said
