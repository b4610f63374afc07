"""Quantized bases: NF4 by bitsandbytes, and making them ready to train adapters."""

from __future__ import annotations

from typing import Any

from engine.errors import InputError
from engine.models.embeddings import HostEmbedding
from engine.optional import need_training_group


def quantization_config(name: str | None) -> Any | None:
    """The bitsandbytes configuration of a slot: NF4 with double quantisation, or None.

    QLoRA, Dettmers et al. 2023 (arXiv:2305.14314), sections 3 and 4.
    """
    if name is None:
        return None
    if name != "nf4":
        raise InputError(f"There is no quantization '{name}'; 'nf4' is accepted.")
    need_training_group("Computing in 4 bits", "bitsandbytes", "peft")
    import torch
    from transformers import BitsAndBytesConfig

    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=torch.bfloat16,
    )


def prepared_for_adapters(decoder: Any, *, checkpoint: bool) -> Any:
    """A quantized decoder made ready to train adapters: frozen, its embeddings off the GPU.

    What is frozen stays in the numbers it was loaded in. peft's own preparation makes norms and
    embeddings float32, and with them every state between layers: Llama-3.1-8B then takes two
    gigabytes for its embeddings, and twice the memory and the time for all that is no product.

    Parameters
    ----------
    checkpoint : bool
        Whether layers are computed again in the backward pass instead of kept. Not by reentrant
        checkpoints, whose gradients are ready twice: several processes refuse that.
    """
    for module in decoder.modules():
        # On a CPU, bitsandbytes packs weights anew at the first pass in evaluation, and what is so
        # packed passes no gradient on, not even in training afterwards.
        if hasattr(module, "support_avx512bf16_for_cpu"):
            module.support_avx512bf16_for_cpu = False
    decoder.requires_grad_(False)
    decoder.set_input_embeddings(HostEmbedding(decoder.get_input_embeddings().weight))
    if checkpoint:
        decoder.gradient_checkpointing_enable(
            gradient_checkpointing_kwargs={"use_reentrant": False}
        )
    return decoder
