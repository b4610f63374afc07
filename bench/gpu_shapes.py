"""Bases of exactly the full preset's shapes, randomly initialised: nothing is fetched.

The numbers are those of the published ``config.json`` of each base. Llama-3.1-8B is made in 4 bits,
a matrix at a time on the device, and is never anywhere whole in bfloat16; TinyLlama-1.1B and
RoBERTa-base lie in the folder as they do on the hub. What they say means nothing; what they take
of memory and time is what trained ones take.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

SPECIAL = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")  # as RoBERTa numbers them
_PROJECTIONS = {
    "self_attn": ("q_proj", "k_proj", "v_proj", "o_proj"),
    "mlp": ("gate_proj", "up_proj", "down_proj"),
}
_SPREAD = 0.02


@dataclass(frozen=True)
class Shapes:
    """Sizes of the three bases, as transformers' configurations take them."""

    llama: dict[str, Any]
    tinyllama: dict[str, Any]
    roberta: dict[str, Any]


FULL = Shapes(
    llama={
        "vocab_size": 128256,
        "hidden_size": 4096,
        "intermediate_size": 14336,
        "num_hidden_layers": 32,
        "num_attention_heads": 32,
        "num_key_value_heads": 8,
        "head_dim": 128,
        "max_position_embeddings": 131072,
        "rms_norm_eps": 1e-5,
        "rope_parameters": {"rope_type": "default", "rope_theta": 500000.0},
    },
    tinyllama={
        "vocab_size": 32000,
        "hidden_size": 2048,
        "intermediate_size": 5632,
        "num_hidden_layers": 22,
        "num_attention_heads": 32,
        "num_key_value_heads": 4,
        "max_position_embeddings": 2048,
        "rms_norm_eps": 1e-5,
    },
    roberta={
        "vocab_size": 50265,
        "hidden_size": 768,
        "intermediate_size": 3072,
        "num_hidden_layers": 12,
        "num_attention_heads": 12,
        "max_position_embeddings": 514,
        "type_vocab_size": 1,
        "layer_norm_eps": 1e-5,
    },
)
_SMALL = {"vocab_size": 6000, "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2}
REHEARSED = Shapes(
    llama={**_SMALL, "num_attention_heads": 2, "num_key_value_heads": 1},
    tinyllama={**_SMALL, "num_attention_heads": 2, "num_key_value_heads": 1},
    roberta={**_SMALL, "num_attention_heads": 2, "max_position_embeddings": 514},
)
_TOKENS = {"bos_token_id": 0, "pad_token_id": 1, "eos_token_id": 2}


def llama_config(sizes: dict[str, Any]) -> Any:
    """A configuration of a LLaMA whose embeddings are not tied, as the two bases' are not."""
    from transformers import LlamaConfig

    return LlamaConfig(**sizes, **_TOKENS, tie_word_embeddings=False, dtype=torch.bfloat16)


def make_bases(folder: Path, shapes: Shapes, words: Iterable[str], device: torch.device) -> None:
    """Write the three bases with a tokenizer of these words."""
    tokenizer = _tokenizer(words)
    torch.manual_seed(0)
    for name, write in (
        ("llama", _write_packed),
        ("tinyllama", _write_llama),
        ("roberta", _write_roberta),
    ):
        base = folder / name
        base.mkdir(parents=True, exist_ok=True)
        write(base, getattr(shapes, name), device)
        tokenizer.save_pretrained(base)


def base_variables(folder: Path) -> dict[str, str]:
    """The environment in which the full preset takes its bases from a folder."""
    names = {"LLAMA_3_1_8B": "llama", "TINYLLAMA_1_1B": "tinyllama", "ROBERTA_BASE": "roberta"}
    return {f"LYRICLAB_BASE_{name}": str(folder / base) for name, base in names.items()}


def _write_packed(folder: Path, sizes: dict[str, Any], device: torch.device) -> None:
    """A LLaMA in NF4 with double quantisation, a file a layer."""
    from safetensors.torch import save_file

    from engine.models.quantization import quantization_config

    config = llama_config(sizes)
    quantization: Any = quantization_config("nf4")
    files: dict[str, str] = {}
    for number, tensors in enumerate(_packed_parts(config, device)):
        name = f"model-{number:05}.safetensors"
        save_file(tensors, folder / name, {"format": "pt"})
        files |= dict.fromkeys(tensors, name)
    index = {"metadata": {}, "weight_map": files}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index), "utf-8")
    config.quantization_config = quantization.to_dict()
    config.architectures = ["LlamaForCausalLM"]
    config.save_pretrained(folder)


def _packed_parts(config: Any, device: torch.device) -> Iterator[dict[str, torch.Tensor]]:
    """The tensors of each layer, then those of no layer, in the computer's memory."""
    from bitsandbytes.functional import quantize_4bit

    width, inner = config.hidden_size, config.intermediate_size
    keys = config.num_key_value_heads * config.head_dim
    rows = {"k_proj": keys, "v_proj": keys, "gate_proj": inner, "up_proj": inner}
    norms = torch.ones(width, dtype=torch.bfloat16)
    for layer in range(config.num_hidden_layers):
        prefix = f"model.layers.{layer}"
        tensors: dict[str, torch.Tensor] = {}
        for part, names in _PROJECTIONS.items():
            for name in names:
                columns = inner if name == "down_proj" else width
                weight = _random(rows.get(name, width), columns, device)
                packed, state = quantize_4bit(weight, compress_statistics=True, quant_type="nf4")
                stored = {"": packed}
                stored |= {f".{key}": of for key, of in state.as_dict(packed=True).items()}
                for key, tensor in stored.items():
                    tensors[f"{prefix}.{part}.{name}.weight{key}"] = tensor.cpu().contiguous()
        for norm in ("input_layernorm", "post_attention_layernorm"):
            tensors[f"{prefix}.{norm}.weight"] = norms.clone()
        yield tensors
    yield {
        "model.embed_tokens.weight": _random(config.vocab_size, width, device).cpu(),
        "model.norm.weight": norms.clone(),
    }


def _random(rows: int, columns: int, device: torch.device) -> torch.Tensor:
    return torch.randn(rows, columns, device=device, dtype=torch.bfloat16) * _SPREAD


def _write_llama(folder: Path, sizes: dict[str, Any], device: torch.device) -> None:
    from transformers import AutoModelForCausalLM

    with device:
        model = AutoModelForCausalLM.from_config(llama_config(sizes), dtype=torch.bfloat16)
    model.save_pretrained(folder)


def _write_roberta(folder: Path, sizes: dict[str, Any], _device: torch.device) -> None:
    from transformers import RobertaConfig, RobertaModel

    config = RobertaConfig(**sizes, **_TOKENS)
    RobertaModel(config, add_pooling_layer=False).save_pretrained(folder)


def _tokenizer(words: Iterable[str]) -> Any:
    """Each word a token, more tokens to a word than none of ours has; ids as RoBERTa has them."""
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.WordLevel(unk_token=SPECIAL[3]))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()  # type: ignore[assignment]
    trainer = trainers.WordLevelTrainer(special_tokens=list(SPECIAL), vocab_size=5900)
    tokenizer.train_from_iterator(words, trainer)
    first, pad, last, unknown, mask = SPECIAL
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token=first,
        cls_token=first,
        pad_token=pad,
        eos_token=last,
        sep_token=last,
        unk_token=unknown,
        mask_token=mask,
    )
