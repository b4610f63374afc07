"""Training adapters on a base in NF4, by one process and by several: what the full preset does."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from bitsandbytes.functional import dequantize_4bit
from bitsandbytes.nn.modules import Linear4bit

from engine.models.card import ModelCard
from engine.models.presets import slot
from engine.models.weights import load_tensors
from train import genre_llama
from train.llama_adapter import adapted_modules, with_adapter
from train.settings import CONFIGS, read_settings

PROCESS = Path(__file__).parent / "cpu_processes.py"
WAYS = ("each with the whole base", "sharing")


def sharding() -> dict[str, str]:
    """The environment that ``accelerate launch`` makes of the shipped ``fsdp.yaml``."""
    path = Path(genre_llama.__file__).parent / "configs" / "fsdp.yaml"
    options = yaml.safe_load(path.read_text("utf-8"))["fsdp_config"]
    found = {name.upper(): str(value) for name, value in options.items()}
    found["FSDP_TRANSFORMER_CLS_TO_WRAP"] = found.pop("FSDP_TRANSFORMER_LAYER_CLS_TO_WRAP")
    return {"ACCELERATE_USE_FSDP": "true", **found}


def free_port() -> int:
    """One that nobody listens on now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def said_by_two_processes(runs: str, bases: dict[str, str]) -> str:
    """What two processes say that train as told, started as ``torch.distributed.run`` starts them.

    Its own start would take as long as the trainings, and a start of its own for each training too.
    """
    shared = {**os.environ, **bases, "OMP_NUM_THREADS": "1", "PYTHONPATH": "."}
    shared |= {"ACCELERATE_USE_CPU": "true", "MASTER_ADDR": "127.0.0.1", "WORLD_SIZE": "2"}
    started = [
        subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, str(PROCESS), "train.genre_llama", runs],
            env={**shared, "RANK": rank, "LOCAL_RANK": rank},
            cwd=Path(genre_llama.__file__).parents[1],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in "01"
    ]
    try:
        with ThreadPoolExecutor() as readers:
            said = list(readers.map(lambda process: process.communicate(timeout=400)[1], started))
    finally:
        for process in started:
            process.kill()
            process.wait()
    assert [process.returncode for process in started] == [0, 0], "\n".join(said)[-4000:]
    return "".join(said)


@pytest.fixture(scope="module")
def trained(
    tiny_bases: dict[str, str],
    tiny_runs: Path,
    genre_corpus: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Path]:
    """Folders of two trainings by two processes: weights in ``models``, the log in ``llama``."""
    settings = yaml.safe_load((tiny_runs / "genre_llama.yaml").read_text("utf-8"))
    settings |= {
        "epochs": 1,
        "gradient_checkpointing": True,
        "first_layer": 0,
        "precision": "float32",
    }
    settings |= {"optimizer": "adamw_torch", "validation_songs": 60, "warm_start_songs": 48}
    folders: dict[str, Path] = {}
    runs: list[dict[str, Any]] = []
    for way in WAYS:
        folder = folders[way] = tmp_path_factory.mktemp("trained")
        (folder / "config.yaml").write_text(yaml.safe_dump(settings), "utf-8")
        arguments = ["--preset", "full", "--data", str(genre_corpus), "--runs", str(folder)]
        arguments += ["--config", str(folder / "config.yaml"), "--limit", "48"]
        arguments += ["--output", str(folder / "models")]
        environment = {"MASTER_PORT": str(free_port()), **(sharding() if way == "sharing" else {})}
        runs.append(
            {"arguments": arguments, "environment": environment, "sharing": way == "sharing"}
        )
    told = said_by_two_processes(json.dumps(runs), tiny_bases)
    assert "Excluding from FSDP2" in told  # the packed base; so it did shard
    return folders


@pytest.mark.processes
@pytest.mark.parametrize("way", WAYS)
def test_two_processes_train_together_and_one_writes(
    way: str, trained: dict[str, Path], tiny_bases: dict[str, str], monkeypatch: Any
) -> None:
    folder = trained[way]
    card = ModelCard.read(folder / "models" / "llama-full")
    assert card.base == "Llama-3.1-8B"
    # 48 songs in batches of 8, two processes, two batches a step.
    assert max(entry["step"] for entry in card.config["history"]) == 2
    adapter = load_tensors(folder / "models" / "llama-full" / "adapter_model.safetensors")
    assert len(adapter) == 12
    head = load_tensors(folder / "models" / "llama-full" / "head.safetensors")
    assert head["linear.weight"].shape == (12, 64)
    # The card's figures were measured by the model that is served.
    assert card.metrics["test/songs"] == 24


@pytest.mark.processes
def test_checkpoints_leave_out_the_frozen_base(trained: dict[str, Path]) -> None:
    folder = trained["each with the whole base"]
    kept = load_tensors(folder / "llama" / "checkpoint-2" / "model.safetensors")
    head = ["deviation", "linear.bias", "linear.weight", "mean"]
    others = sorted(name for name in kept if "lora" not in name)
    assert others == [*(f"network.head.{name}" for name in head), "prior"]
    assert len(kept) == 12 + len(others)


@pytest.mark.processes
def test_sharing_changes_no_figure(trained: dict[str, Path]) -> None:
    """Losses and norms of gradients: what is lost of a packed weight would show there."""
    alone, shared = (
        json.loads((folder / "llama" / "history.json").read_text("utf-8"))
        for folder in trained.values()
    )
    for name in ("loss", "grad_norm", "eval_loss"):
        theirs = [entry[name] for entry in alone if name in entry]
        assert len(theirs) == 2
        ours = [entry[name] for entry in shared if name in entry]
        assert ours == pytest.approx(theirs, rel=2e-3), name


class _Unpacked(torch.nn.Module):
    """What a packed layer stands for: the same weights, to be multiplied in bfloat16."""

    def __init__(self, packed: Any) -> None:
        super().__init__()
        weight = dequantize_4bit(packed.weight.data, packed.weight.quant_state)
        self.weight = weight.reshape(packed.out_features, packed.in_features).bfloat16()

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        """States (..., in) to (..., out)."""
        return torch.nn.functional.linear(states.bfloat16(), self.weight).to(states.dtype)


def test_gradients_pass_quantized_weights_after_an_evaluation(
    tiny_bases: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a CPU, bitsandbytes packs weights for inference in a way that passes none on."""
    for name, value in tiny_bases.items():
        monkeypatch.setenv(name, value)
    settings = replace(
        read_settings(CONFIGS / "genre_llama_full.yaml", genre_llama.LlamaSettings),
        gradient_checkpointing=False,
        rank=2,
        dropout=0.0,
        target_modules=["q_proj", "v_proj"],
    )
    torch.manual_seed(0)
    decoder, _ = genre_llama.base_decoder(slot("llama", "full"), settings, torch.device("cpu"))
    modules = adapted_modules(range(3), settings.target_modules)
    adapted = with_adapter(decoder, modules, settings)
    ids = torch.arange(5, 45).reshape(4, 10)
    weights = torch.randn(4, 10, 64)

    def gradients() -> torch.Tensor:
        adapted.train()
        adapted.zero_grad()
        states = adapted(input_ids=ids, use_cache=False).last_hidden_state.float()
        (states * weights).mean().backward()
        named = [p for name, p in adapted.named_parameters() if "lora_B" in name]
        return torch.cat([p.grad.flatten() for p in named])

    before = gradients()
    assert before.norm() > 0
    adapted.eval()
    with torch.no_grad():
        adapted(input_ids=ids, use_cache=False)
    torch.testing.assert_close(gradients(), before)
    packed = {n: m for n, m in adapted.named_modules() if type(m) is Linear4bit}
    assert len(packed) == 3 * 7
    for name, module in packed.items():
        parent, _, own = name.rpartition(".")
        setattr(adapted.get_submodule(parent), own, _Unpacked(module))
    torch.testing.assert_close(gradients(), before, rtol=0.02, atol=0.02 * float(before.std()))
