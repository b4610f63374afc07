from __future__ import annotations

import gzip
import importlib.util
import json
import random
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from engine.generator import Controls
from engine.generator.tinyllama import TinyLlamaGenerator
from engine.lyrics import Lyrics
from tests.engine.generator.tiny import CONFIG, save_tiny_base

SCRIPT = Path(__file__).parents[2] / "train" / "chords_tinyllama.py"
NOUNS = ("river", "lantern", "morning", "harbour", "window", "guitar", "winter", "road")


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("chords_tinyllama_script", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


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


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    for split, start, count in (("train", 0, 24), ("validation", 100, 6), ("test", 200, 6)):
        rows = "\n".join(json.dumps(_song(start + n)) for n in range(count))
        (folder / f"{split}.jsonl.gz").write_bytes(gzip.compress(rows.encode()))
    return folder


def _config(folder: Path, **change: object) -> Path:
    config = yaml.safe_load(
        SCRIPT.with_name("configs").joinpath("chords_tinyllama.yaml").read_text()
    )
    config |= {
        **CONFIG,
        "tokens_per_batch": 512,
        "accumulation": 2,
        "learning_rate": 0.01,
        "rows_learning_rate": 0.02,
        "epochs": 12,
        "evaluate_every": 5,
        "threads": 0,
        "rare_genres": 1,
    } | change
    path = folder / "config.yaml"
    path.write_text(yaml.safe_dump(config))
    return path


def test_training_learns_resumes_and_writes_a_model_that_serves(
    script: ModuleType,
    data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("LYRICLAB_BASE_SMOLLM2_135M", str(save_tiny_base(tmp_path / "base")))
    output, runs = tmp_path / "model", tmp_path / "runs"
    common = ["--data", str(data), "--output", str(output), "--runs", str(runs)]
    script.main([*common, "--config", str(_config(tmp_path, epochs=3))])
    printed = capsys.readouterr().out
    assert "Cost:" in printed.split("'loss'")[0]
    assert list(runs.glob("checkpoint-*"))
    script.main([*common, "--config", str(_config(tmp_path)), "--resume"])

    generator = TinyLlamaGenerator(folder=output)
    metrics = generator.card.metrics
    assert metrics["train/steps"] > 10
    assert metrics["test/chord_accuracy"] > 0.9
    assert metrics["test/position_perplexity"] < 2
    assert {"test/trigram_chord_perplexity", "validation/trigram_chord_accuracy"} <= set(metrics)
    written = "".join(
        path.read_text() for path in output.iterdir() if path.suffix in {".json", ".md"}
    )
    assert str(tmp_path) not in written
    assert "lantern" not in written
    assert not [path for path in output.iterdir() if path.suffix in {".bin", ".pt"}]

    sheet = generator.generate(
        Lyrics.parse("the river and the road 1"), Controls(temperature=0, genre="folk")
    )
    assert [(placed.word, placed.chord.symbol) for placed in sheet.lines[0].chords] == [
        (0, sheet.key.tonic),
        (4, sheet.key.transpose(7).tonic),
    ]


@pytest.mark.slow
def test_full_preset_runs_in_four_bits(
    script: ModuleType, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LYRICLAB_BASE_TINYLLAMA_1_1B", str(save_tiny_base(tmp_path / "base")))
    output = tmp_path / "model"
    script.main(
        [
            *("--preset", "full", "--data", str(data), "--output", str(output)),
            *("--runs", str(tmp_path / "runs"), "--max-minutes", "1"),
            *("--config", str(_config(tmp_path, epochs=1, gradient_checkpointing=True))),
        ]
    )
    generator = TinyLlamaGenerator("full", folder=output)
    assert generator.base == "TinyLlama-1.1B"
    assert generator.generate(Lyrics.parse("the river"), Controls()).chords
