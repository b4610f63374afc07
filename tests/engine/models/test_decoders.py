"""Decoders with their adapter merged in: as peft would, and without copying what stays."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from engine.errors import EngineError, WeightsError
from engine.models.compute import Precision
from engine.models.decoders import ADAPTER_CONFIG, cut_decoder, merged_by_peft, merged_decoder
from engine.models.embeddings import StoredEmbedding
from engine.models.tensors import tensors_of
from engine.models.tokenizers import tokenizer_of

FLOAT32, BFLOAT16 = Precision("float32", "a test"), Precision("bfloat16", "a test")
INT8 = Precision("int8", "a test")
IDS = torch.tensor([[1, 7, 4, 9, 12]])


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from transformers import LlamaConfig, LlamaModel

    torch.manual_seed(3)
    folder = tmp_path_factory.mktemp("base")
    sizes = {"hidden_size": 32, "intermediate_size": 48, "vocab_size": 40}
    heads = {"num_attention_heads": 2, "num_key_value_heads": 1}
    config = LlamaConfig(num_hidden_layers=3, dtype=torch.bfloat16, **sizes, **heads)
    LlamaModel(config).to(torch.bfloat16).save_pretrained(folder)
    return folder


def adapter(base: Path, folder: Path, **settings: Any) -> Path:
    """A folder with a LoRA of random numbers on the base's first two layers."""
    from peft import LoraConfig, get_peft_model

    decoder, _ = cut_decoder(str(base), 2)
    config = LoraConfig(r=4, lora_alpha=8, init_lora_weights=False, **settings)
    adapted: Any = get_peft_model(decoder.float(), config)
    adapted.save_pretrained(str(folder), save_embedding_layers=False)
    return folder


def states(decoder: Any) -> torch.Tensor:
    with torch.inference_mode():
        return decoder(IDS, use_cache=False).last_hidden_state


@pytest.mark.parametrize("precision", [FLOAT32, BFLOAT16])
@pytest.mark.parametrize(
    "settings",
    [
        {"target_modules": ["q_proj", "down_proj"]},
        {"target_modules": r"layers\.(1)\.\w+\.(v_proj|up_proj)"},
        {"target_modules": ["q_proj"], "use_rslora": True},
    ],
)
def test_an_adapter_is_merged_as_peft_merges_it(
    base: Path, tmp_path: Path, precision: Precision, settings: dict[str, Any]
) -> None:
    folder = adapter(base, tmp_path, **settings)
    plain, _ = cut_decoder(str(base), 2)
    merged = merged_decoder(str(base), 2, folder, precision, final_norm=True)
    expected = merged_by_peft(plain.float(), folder)
    for (name, ours), theirs in zip(
        merged.named_parameters(), list(expected.parameters())[1:], strict=True
    ):
        assert ours.dtype == precision.dtype
        assert torch.equal(ours, theirs.to(precision.dtype)), name
    assert not torch.allclose(states(merged).float(), states(cut_decoder(str(base), 2)[0]).float())


def test_positions_are_counted_in_float32_whatever_the_layers_compute_in(
    base: Path, tmp_path: Path
) -> None:
    folder = adapter(base, tmp_path, target_modules=["q_proj"])
    merged = merged_decoder(str(base), 2, folder, BFLOAT16, final_norm=True)
    assert merged.rotary_emb.inv_freq.dtype == torch.float32


def test_what_no_adapter_changes_is_not_copied(base: Path, tmp_path: Path) -> None:
    folder = adapter(base, tmp_path, target_modules=r"layers\.1\.\w+\.q_proj")
    merged = merged_decoder(str(base), 2, folder, BFLOAT16, final_norm=True)
    where = str(base / "model.safetensors")
    mapped = [
        tuple(int(end, 16) for end in line.split()[0].split("-"))
        for line in Path("/proc/self/maps").read_text("utf-8").splitlines()
        if line.endswith(where)
    ]

    def in_file(tensor: torch.Tensor) -> bool:
        return any(start <= tensor.data_ptr() < end for start, end in mapped)

    assert in_file(merged.get_input_embeddings().weight)
    assert in_file(merged.layers[0].self_attn.q_proj.weight)
    assert not in_file(merged.layers[1].self_attn.q_proj.weight)


def test_the_norm_behind_cut_layers_goes_if_asked(base: Path, tmp_path: Path) -> None:
    folder = adapter(base, tmp_path, target_modules=["q_proj"])
    cut = merged_decoder(str(base), 2, folder, FLOAT32, final_norm=False)
    whole = merged_decoder(str(base), 3, adapter_of_all(base, tmp_path), FLOAT32, final_norm=False)
    assert isinstance(cut.norm, torch.nn.Identity)
    assert not isinstance(whole.norm, torch.nn.Identity)


def adapter_of_all(base: Path, folder: Path) -> Path:
    from peft import LoraConfig, get_peft_model

    decoder, _ = cut_decoder(str(base), 3)
    adapted: Any = get_peft_model(decoder, LoraConfig(r=2, target_modules=["q_proj"]))
    adapted.save_pretrained(str(folder / "all"), save_embedding_layers=False)
    return folder / "all"


def test_the_app_loads_its_decoders_without_the_training_group(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = adapter(base, tmp_path / "plain", target_modules=["q_proj"])
    other = adapter(base, tmp_path / "other", target_modules=["q_proj"], use_rslora=True)
    monkeypatch.setitem(sys.modules, "peft", None)
    merged_decoder(str(base), 2, plain, FLOAT32, final_norm=True)
    with pytest.raises(EngineError, match=r"pip install -r requirements-training\.txt"):
        merged_decoder(str(base), 2, other, FLOAT32, final_norm=True)


def test_an_adapter_of_other_modules_is_refused(base: Path, tmp_path: Path) -> None:
    folder = adapter(base, tmp_path, target_modules=["q_proj"])
    config = json.loads((folder / ADAPTER_CONFIG).read_text("utf-8"))
    config["target_modules"] = ["v_proj"]
    (folder / ADAPTER_CONFIG).write_text(json.dumps(config), "utf-8")
    with pytest.raises(WeightsError, match=r"does not fit its adapter_config\.json"):
        merged_decoder(str(base), 2, folder, FLOAT32, final_norm=True)


def test_a_base_that_is_not_there_is_told_in_one_sentence(tmp_path: Path) -> None:
    from transformers import LlamaConfig

    LlamaConfig(num_hidden_layers=1).save_pretrained(tmp_path)
    with pytest.raises(WeightsError, match="could not be loaded"):
        cut_decoder(str(tmp_path), 1)


def test_a_stored_table_gives_its_rows_in_another_precision() -> None:
    table = torch.randn(9, 4).to(torch.bfloat16)
    stored = StoredEmbedding(table, torch.float32)
    assert torch.equal(stored(torch.tensor([[2, 8]])), table[[2, 8]].float().unsqueeze(0))
    assert list(stored.parameters()) == []
    assert tensors_of(torch.nn.Sequential(stored, torch.nn.Linear(4, 1))).bytes == 5 * 4


def test_models_over_one_base_share_its_tokenizer(tiny_bases: dict[str, str]) -> None:
    source = tiny_bases["LYRICLAB_BASE_SMOLLM2_135M"]
    first = tokenizer_of(source)
    assert tokenizer_of(source) is first
