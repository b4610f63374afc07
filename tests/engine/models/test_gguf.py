"""A GGUF file becomes the model that transformers' own, slow way makes of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from engine.errors import WeightsError
from engine.models.gguf import convert_llama

LAYERS, WIDTH, INNER, HEADS, GROUPS = 2, 64, 96, 4, 2
SHAPES = {
    "attn_norm": (WIDTH,),
    "attn_q": (WIDTH, WIDTH),
    "attn_k": (WIDTH // HEADS * GROUPS, WIDTH),
    "attn_v": (WIDTH // HEADS * GROUPS, WIDTH),
    "attn_output": (WIDTH, WIDTH),
    "ffn_norm": (WIDTH,),
    "ffn_gate": (INNER, WIDTH),
    "ffn_up": (INNER, WIDTH),
    "ffn_down": (WIDTH, INNER),
}
TOKENS = ["<none>", "<begin>", "<end>", "a", "b", "ab", "Ġ", "Ġa"]


def written(
    path: Path, architecture: str = "llama", more: str = "", own_head: bool = False
) -> Path:
    """A tiny LLaMA of random weights: Q4_1 and Q8_0 blocks, norms in float32."""
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_name("tiny")
    writer.add_vocab_size(len(TOKENS))
    writer.add_context_length(32)
    writer.add_embedding_length(WIDTH)
    writer.add_feed_forward_length(INNER)
    writer.add_block_count(LAYERS)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(GROUPS)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_rope_freq_base(5000.0)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list(TOKENS)
    writer.add_token_merges(["a b", "Ġ a"])
    writer.add_token_types([3, 3, 3, *([1] * (len(TOKENS) - 3))])
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_pad_token_id(2)
    shapes = {f"blk.{n}.{name}": shape for n in range(LAYERS) for name, shape in SHAPES.items()}
    shapes |= {"token_embd": (len(TOKENS), WIDTH), "output_norm": (WIDTH,)}
    shapes |= {name: (WIDTH,) for name in [more] if name}
    shapes |= {"output": (len(TOKENS), WIDTH)} if own_head else {}
    random = np.random.default_rng(0)
    for name, shape in shapes.items():
        values = random.normal(size=shape).astype(np.float32)
        kind = gguf.GGMLQuantizationType.Q8_0 if "embd" in name else gguf.GGMLQuantizationType.Q4_1
        if len(shape) == 1:
            writer.add_tensor(f"{name}.weight", values)
        else:
            packed = gguf.quants.quantize(values, kind)
            writer.add_tensor(f"{name}.weight", packed, raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


@pytest.mark.parametrize("own_head", [False, True])
def test_the_model_is_the_one_that_transformers_makes(tmp_path: Path, own_head: bool) -> None:
    source = written(tmp_path / "tiny.gguf", own_head=own_head)
    (tmp_path / "out").mkdir()
    convert_llama(source, tmp_path / "out")
    ours: Any = AutoModelForCausalLM.from_pretrained(tmp_path / "out")
    theirs: Any = AutoModelForCausalLM.from_pretrained(
        str(tmp_path), gguf_file=source.name, dtype=torch.bfloat16
    )
    known = ours.state_dict()
    assert known.keys() == theirs.state_dict().keys()
    for name, tensor in theirs.state_dict().items():
        assert torch.equal(known[name], tensor), name
        assert known[name].dtype == torch.bfloat16
    for name in ("rope_parameters", "rms_norm_eps", "head_dim", "max_position_embeddings"):
        assert getattr(ours.config, name) == getattr(theirs.config, name), name
    for name in ("bos_token_id", "eos_token_id", "pad_token_id", "tie_word_embeddings"):
        assert getattr(ours.config, name) == getattr(theirs.config, name), name
    ids = torch.tensor([[1, 3, 4, 5, 7]])
    with torch.inference_mode():
        assert torch.equal(ours(ids).logits, theirs(ids).logits)


def test_the_tokenizer_reads_as_the_file_says(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    convert_llama(written(tmp_path / "tiny.gguf"), tmp_path / "out")
    tokenizer: Any = AutoTokenizer.from_pretrained(tmp_path / "out")
    assert tokenizer("ab a", add_special_tokens=False)["input_ids"] == [5, 7]
    assert (tokenizer.bos_token, tokenizer.eos_token) == ("<begin>", "<end>")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"architecture": "qwen2"}, "holds no LLaMA but 'qwen2'"),
        ({"more": "blk.0.attn_sinks"}, r"'blk\.0\.attn_sinks\.weight' has no place in a LLaMA"),
    ],
)
def test_what_is_no_llama_is_refused(tmp_path: Path, options: dict[str, str], told: str) -> None:
    source = written(tmp_path / "tiny.gguf", **options)
    with pytest.raises(WeightsError, match=told):
        convert_llama(source, tmp_path)
