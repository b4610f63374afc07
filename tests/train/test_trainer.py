"""The loss, checkpoints and the log of a training."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml

from train import genre_bilstm_gru, genre_llama
from train.genre_data import log_prior
from train.genre_loss import GenreLoss


def test_the_loss_adds_the_prior_and_evaluation_half_of_it() -> None:
    prior = log_prior(np.array([0, 0, 0, 1]))
    logits = torch.zeros(1, 12)
    model = GenreLoss(torch.nn.Identity(), lambda *_: (logits, None), prior=prior)
    inputs = {"labels": torch.tensor([0]), "weights": torch.ones(1)}
    assert model(**inputs)["loss"].item() == pytest.approx(-prior[0], rel=1e-5)
    assert torch.allclose(model.eval()(**inputs)["logits"][0], torch.from_numpy(prior) / 2)


def test_a_run_resumes_from_its_checkpoint(
    with_tiny_models: Path,
    tiny_runs: Path,
    genre_corpus: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = yaml.safe_load((tiny_runs / "genre_bilstm_gru.yaml").read_text("utf-8"))
    for epochs, extra in ((1, []), (2, ["--resume"])):
        config = tmp_path / "config.yaml"
        config.write_text(yaml.safe_dump({**settings, "epochs": epochs}), "utf-8")
        arguments = ["--data", str(genre_corpus), "--runs", str(tmp_path), "--config", str(config)]
        arguments += ["--output", str(tmp_path / "models"), *extra]
        monkeypatch.setattr(sys, "argv", ["train", *arguments])
        genre_bilstm_gru.main()
    history = json.loads((tmp_path / "bilstm-gru" / "history.json").read_text("utf-8"))
    steps = [entry["step"] for entry in history if "eval_loss" in entry]
    # The second run kept the first one's log and went on from there.
    assert steps == sorted(set(steps))
    assert steps[0] <= 8 < steps[-1]


def test_the_sharding_configuration_is_one_that_accelerate_takes() -> None:
    from accelerate.commands.config.config_args import load_config_from_file

    path = Path(genre_llama.__file__).parent / "configs" / "fsdp.yaml"
    config = load_config_from_file(str(path))
    assert config.distributed_type == "FSDP"
    assert config.fsdp_config["fsdp_transformer_layer_cls_to_wrap"] == "LlamaDecoderLayer"
