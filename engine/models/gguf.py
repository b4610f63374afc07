"""A LLaMA out of a GGUF file: its configuration, its weights by their usual names, its tokenizer.

transformers' own ``from_pretrained(..., gguf_file=...)`` gives the same weights, but goes through
the file of this architecture three times in pure Python: 18 seconds of CPU where this takes 2. Used
here is the reader that it has for newer architectures. Weights are packed in blocks (ggml,
docs/gguf.md); rows of queries and keys lie there with the two halves that rotary positions turn
interleaved, which is undone.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.errors import WeightsError

if TYPE_CHECKING:
    import torch
    from transformers import LlamaConfig

ARCHITECTURE = "llama"
WEIGHTS = "model.safetensors"
_OUTSIDE = {"token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head"}
_IN_A_LAYER = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}


def convert_llama(source: Path, target: Path) -> None:
    """Write a GGUF file as a folder that ``from_pretrained`` takes, weights in bfloat16.

    Raises
    ------
    WeightsError
        If it is no LLaMA, or holds a weight that has no place in one.
    """
    from safetensors.torch import save_file
    from transformers import GenerationConfig, PreTrainedTokenizerFast
    from transformers.integrations.gguf.reader import read_gguf_metadata

    metadata, names = read_gguf_metadata(str(source))
    if metadata["general.architecture"] != ARCHITECTURE:
        raise WeightsError(f"{source} holds no LLaMA but '{metadata['general.architecture']}'.")
    config = llama_config(metadata, tied="output.weight" not in names)
    config.save_pretrained(target)
    GenerationConfig.from_model_config(config).save_pretrained(target)
    save_file(llama_weights(source, config), target / WEIGHTS, metadata={"format": "pt"})
    tokenizer: Any = PreTrainedTokenizerFast.from_pretrained(
        str(source.parent), gguf_file=source.name
    )
    tokenizer.save_pretrained(target)


def llama_config(metadata: dict[str, Any], *, tied: bool) -> LlamaConfig:
    """The model's sizes, from a file's metadata."""
    import torch
    from transformers import LlamaConfig

    def size(name: str) -> Any:
        return metadata[f"{ARCHITECTURE}.{name}"]

    return LlamaConfig(
        architectures=["LlamaForCausalLM"],
        vocab_size=size("vocab_size"),
        hidden_size=size("embedding_length"),
        intermediate_size=size("feed_forward_length"),
        num_hidden_layers=size("block_count"),
        num_attention_heads=size("attention.head_count"),
        num_key_value_heads=size("attention.head_count_kv"),
        head_dim=size("rope.dimension_count"),
        max_position_embeddings=size("context_length"),
        rms_norm_eps=size("attention.layer_norm_rms_epsilon"),
        rope_parameters={"rope_type": "default", "rope_theta": size("rope.freq_base")},
        bos_token_id=metadata["tokenizer.ggml.bos_token_id"],
        eos_token_id=metadata["tokenizer.ggml.eos_token_id"],
        pad_token_id=metadata["tokenizer.ggml.padding_token_id"],
        tie_word_embeddings=tied,
        dtype=torch.bfloat16,
    )


def llama_weights(source: Path, config: LlamaConfig) -> dict[str, torch.Tensor]:
    """All weights by the names that transformers gives them, unpacked to bfloat16."""
    import torch
    from transformers.integrations.gguf.dequant import GGML_BLOCK, dequantize
    from transformers.integrations.gguf.reader import GgufHeader, load_gguf_state_dict

    header = GgufHeader.from_file(str(source))
    packed = load_gguf_state_dict(header)
    weights: dict[str, torch.Tensor] = {}
    for place in header.tensors:
        values = packed[place.name][...]
        if place.ggml_type in GGML_BLOCK:
            values = dequantize(values, place.ggml_type).reshape(place.shape)
        name = usual_name(place.name)
        if ".q_proj." in name:
            values = rows_in_halves(values, int(config.num_attention_heads))
        elif ".k_proj." in name:
            values = rows_in_halves(values, int(config.num_key_value_heads or 0))
        weights[name] = values.to(torch.bfloat16).contiguous()
    return weights


def usual_name(name: str) -> str:
    """``"blk.3.attn_q.weight"`` is ``"model.layers.3.self_attn.q_proj.weight"``.

    Raises
    ------
    WeightsError
        If a LLaMA has no such weight.
    """
    stem, _, kind = name.rpartition(".")
    block, _, rest = stem.partition(".")
    layer, _, part = rest.partition(".")
    if kind == "weight" and stem in _OUTSIDE:
        return f"{_OUTSIDE[stem]}.weight"
    if kind == "weight" and block == "blk" and layer.isdecimal() and part in _IN_A_LAYER:
        return f"model.layers.{layer}.{_IN_A_LAYER[part]}.weight"
    raise WeightsError(f"A weight called '{name}' has no place in a LLaMA.")


def rows_in_halves(weight: torch.Tensor, heads: int) -> torch.Tensor:
    """Rows (heads x size, width), interleaved by the halves of each head, put one half after other.

    The inverse of llama.cpp's ``LlamaModel.permute`` (convert_hf_to_gguf.py).
    """
    pairs = weight.shape[0] // heads // 2
    return weight.reshape(heads, pairs, 2, -1).transpose(1, 2).reshape(weight.shape)
