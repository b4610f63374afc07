"""Next-word training, on a tiny base."""

from __future__ import annotations

import shutil
import sys
from dataclasses import fields
from pathlib import Path

import pytest
import torch
import yaml

from engine.errors import WeightsError
from engine.models.weights import load_tensors
from train import genre_llama, llama_lm


def test_next_word_training_leaves_an_adapter_that_genre_starts_from(
    with_tiny_models: Path,
    tiny_runs: Path,
    genre_corpus: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    models, config = tmp_path / "models", tmp_path / "config.yaml"
    shutil.copytree(with_tiny_models, models)
    own = yaml.safe_load((tiny_runs / "genre_llama.yaml").read_text("utf-8"))
    names = {field.name for field in fields(llama_lm.NextWordSettings)}
    settings = {name: value for name, value in own.items() if name in names}
    settings |= {"validation_windows": 8, "epochs": 2, "learning_rate": 1e-2, "select_by": "loss"}
    settings |= {"probe_songs": 30, "probe_validation_songs": 12}
    shared = ["--data", str(genre_corpus), "--runs", str(tmp_path), "--limit", "40"]
    shared += ["--output", str(models), "--config", str(config)]
    config.write_text(yaml.safe_dump(settings), "utf-8")
    monkeypatch.setattr(sys, "argv", ["lm", *shared])
    llama_lm.main()
    written = load_tensors(tmp_path / "llama-lm" / "adapter_model.safetensors")
    assert any(tensor.any() for name, tensor in written.items() if "lora_B" in name)
    config.write_text(yaml.safe_dump({**own, "epochs": 1, "learning_rate": 0.0}), "utf-8")
    monkeypatch.setattr(sys, "argv", ["llama", *shared, "--adapter", str(tmp_path / "llama-lm")])
    genre_llama.main()
    kept = load_tensors(models / "llama" / "adapter_model.safetensors")
    assert kept.keys() == written.keys()
    assert all(torch.equal(kept[name], written[name]) for name in kept)
    config.write_text(yaml.safe_dump({**own, "rank": 2 * own["rank"], "epochs": 1}), "utf-8")
    with pytest.raises(WeightsError, match="must adapt the same modules"):
        genre_llama.main()


def test_the_loss_is_the_language_models_own_without_all_logits_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from peft import LoraConfig, get_peft_model
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    sizes = {"vocab_size": 3000, "hidden_size": 32, "intermediate_size": 48}
    heads = {"num_attention_heads": 2, "num_key_value_heads": 1, "num_hidden_layers": 2}
    plain = LlamaForCausalLM(LlamaConfig(**sizes, **heads))
    adapted = get_peft_model(plain, LoraConfig(r=2, target_modules=["q_proj", "v_proj"]))
    ids = torch.randint(1, 3000, (3, 40))
    mask = torch.ones_like(ids)
    mask[1, 25:] = 0
    labels = ids.masked_fill(mask == 0, -100)
    expected = adapted(input_ids=ids, attention_mask=mask, labels=labels).loss
    monkeypatch.setattr(llama_lm, "_AT_ONCE", 16)
    kept: list[int] = []

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        kept.append(tensor.numel())
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        found = llama_lm.NextWordLoss(adapted)(ids, mask, labels)["loss"]
    torch.testing.assert_close(found, expected)
    assert max(kept) <= 3000 * 32  # the head's own weights; the logits would be 102 * 3000
    gradients = [
        torch.autograd.grad(loss, [p for n, p in adapted.named_parameters() if "lora_B" in n])
        for loss in (expected, found)
    ]
    for theirs, ours in zip(*gradients, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-3, atol=1e-6)
