"""The measurement of the full preset on a GPU, rehearsed: a card is no place to find out."""

from __future__ import annotations

import importlib
import json
import sys
import time
from pathlib import Path
from typing import Any

import pytest

BENCH = Path(__file__).parents[2] / "bench"
# All parts but those that are others over songs of other lengths.
TRIED = (
    *("bases", "llama", "llama-plain", "answer-llama"),
    *("chords", "chords-plain", "answer-chords"),
    *("roberta", "roberta-plain", "answer-roberta"),
)


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(BENCH))
    return importlib.import_module("gpu_figures")


@pytest.fixture(scope="module")
def rehearsed(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, dict[str, Any]]:
    """Exit status and figures of the parts with small shapes."""
    folder = tmp_path_factory.mktemp("gpu")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCH))
        main = importlib.import_module("gpu_figures").main
        words = ["--rehearse", "--steps", "4", "--folder", str(folder / "work"), "--only", *TRIED]
        status = main([*words, "--output", str(folder / "figures.json")])
    return status, json.loads((folder / "figures.json").read_text("utf-8"))


@pytest.mark.slow
def test_every_part_is_measured(rehearsed: tuple[int, dict[str, Any]], figures: Any) -> None:
    status, found = rehearsed
    assert {name: of["problem"] for name, of in found["parts"].items() if "problem" in of} == {}
    assert status == 0
    assert set(figures.PARTS) - set(found["parts"]) == {"llama-usual", "llama-usual-plain"}
    assert found["faster_than_plain"].keys() == {"llama", "chords", "roberta"}
    for name in ("llama", "chords", "roberta"):
        assert found["parts"][name]["tokens_per_second"] > 0
        assert found["parts"][name]["last_loss"] > 0
    assert found["parts"]["llama"]["loss_falls"]
    # Windows are full, so that what is measured is what is asked for.
    assert found["parts"]["llama"]["tokens_per_pass"] == 8 * 48
    assert found["parts"]["answer-llama"]["songs_per_second"] > 0
    assert found["parts"]["answer-chords"]["chords"] > 0


def test_a_failing_part_is_told_and_the_others_go_on(
    figures: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    def broken(_place: Any) -> dict[str, Any]:
        raise RuntimeError("out of memory")

    parts = {
        "bases": figures.Part("breaks", 9, broken),
        "llama": figures.Part("works", 9, lambda place: {"steps": place.steps}),
    }
    monkeypatch.setattr(figures, "PARTS", parts)
    output = tmp_path / "figures.json"
    words = ["--rehearse", "--folder", str(tmp_path / "work"), "--output", str(output)]
    assert figures.main(words) == 1
    found = json.loads(output.read_text("utf-8"))["parts"]
    assert found["bases"] == {"problem": "RuntimeError: out of memory"}
    assert found["llama"]["steps"] == 8
    printed = capsys.readouterr()
    assert "Not measured: bases." in printed.err
    assert "At most" in printed.out.split("bases: {")[0]  # the cost comes first


def test_no_part_begins_when_no_time_is_left(figures: Any, tmp_path: Path) -> None:
    output = tmp_path / "figures.json"
    words = ["--rehearse", "--seconds", "1", "--only", "bases", "--output", str(output)]
    assert figures.main(words) == 1
    found = json.loads(output.read_text("utf-8"))["parts"]
    assert found == {"bases": {"problem": "no time left"}}


def test_a_part_that_outlasts_its_time_is_ended_with_all_it_started(figures: Any) -> None:
    sleeps = "[sys.executable, '-c', 'import time; time.sleep(60)']"
    child = f"import subprocess, sys; subprocess.run({sleeps})"
    began = time.monotonic()
    assert figures.finished([sys.executable, "-c", child], 0.3) == "not done within 0 s"
    assert time.monotonic() - began < 30
    assert figures.finished([sys.executable, "-c", "raise SystemExit(3)"], 60) == (
        "ended with status 3"
    )
    assert figures.finished([sys.executable, "-c", ""], 60) == ""


def test_the_largest_base_is_exactly_llama(figures: Any) -> None:
    """Llama-3.1-8B has 8,030,261,248 weights, TinyLlama 1,100,048,384."""
    import torch
    from transformers import LlamaForCausalLM

    for sizes, weights in (
        (figures.FULL.llama, 8_030_261_248),
        (figures.FULL.tinyllama, 1_100_048_384),
    ):
        with torch.device("meta"):
            model = LlamaForCausalLM(figures.llama_config(sizes))
        assert sum(parameter.numel() for parameter in model.parameters()) == weights
