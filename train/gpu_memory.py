"""What a QLoRA training takes of a GPU, by arithmetic, before one is had.

Counted is what PyTorch allocates, in bytes; the driver's own few hundred megabytes come on top.
The decoder is a LLaMA in NF4 with double quantisation (Dettmers et al. 2023, arXiv:2305.14314,
section 3: 4 bits a weight, 8 bits a block of 64, 32 bits for each 256 of those), its states are in
bfloat16, its layers are computed again in the backward pass, its embeddings are in the computer's
own memory (`engine.models.embeddings.HostEmbedding`), LoRA and packed weight are one product
(`engine.models.packed_lora`), and windows are read in a row (`train.packing`).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

BLOCK, BLOCKS = 64, 256
_HALF, _WHOLE = 2, 4  # bytes of bfloat16 and float32
_TABLES = (16 + 256 + 1) * _WHOLE  # beside each packed weight: its code, that of blocks, an offset
# What is kept of each trained weight: itself and its gradient in float32, a copy in bfloat16 for
# the products, and the optimizer's two numbers.
_TRAINED = 2 * _WHOLE + _HALF


@dataclass(frozen=True)
class Decoder:
    """The sizes of a LLaMA."""

    layers: int
    width: int
    inner: int
    keys: int  # the width of all keys of a token

    @classmethod
    def of(cls, config: Any) -> Decoder:
        """Those of a transformers configuration."""
        head = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
        return cls(
            int(config.num_hidden_layers),
            int(config.hidden_size),
            int(config.intermediate_size),
            int(config.num_key_value_heads) * int(head),
        )

    @property
    def products(self) -> tuple[tuple[int, int], ...]:
        """Inputs and outputs of a layer's seven weights."""
        width, inner, keys = self.width, self.inner, self.keys
        attention = (width, width), (width, keys), (width, keys), (width, width)
        return (*attention, (width, inner), (width, inner), (inner, width))


@dataclass(frozen=True)
class Memory:
    """Bytes at the peak of a training step, by what they are for."""

    packed_weights: int
    norms: int
    adapter: int
    between_layers: int
    in_a_layer: int
    unpacked_weight: int

    @property
    def total(self) -> int:
        """All of it."""
        return sum(asdict(self).values())

    def __str__(self) -> str:
        parts = ", ".join(
            f"{name.replace('_', ' ')} {value / 1e9:.2f}" for name, value in asdict(self).items()
        )
        return f"{self.total / 1e9:.2f} GB ({parts})"


def packed_bytes(weights: int) -> int:
    """Bytes of a matrix of so many weights in NF4 with double quantisation."""
    blocks = -(-weights // BLOCK)
    return -(-weights // 2) + blocks + -(-blocks // BLOCKS) * _WHOLE + _TABLES


def adapter_weights(decoder: Decoder, rank: int) -> int:
    """Trained weights of a LoRA on all seven products of all layers."""
    return decoder.layers * sum(rank * (inputs + outputs) for inputs, outputs in decoder.products)


def kept_in_a_layer(decoder: Decoder, tokens: int, rank: int) -> int:
    """Bytes that a layer keeps for its backward pass.

    Each norm's states in float32 and what it gives; queries, keys and values as attention reads
    them, in a row and in lines, and what it gives, in both; what goes into the last product, and
    the gate, its SiLU and the other factor that make it; a rank's numbers for each product.
    """
    width, inner, keys = decoder.width, decoder.inner, decoder.keys
    norms = 2 * (_WHOLE + _HALF) * width
    attention = _HALF * (2 * width + 2 * keys) + _HALF * width
    products = 4 * _HALF * inner + len(decoder.products) * _HALF * rank
    return tokens * (norms + attention + products)


def training_memory(
    decoder: Decoder, tokens: int, rank: int, *, state_bytes: int = 2, others: int = 0
) -> Memory:
    """What a step over so many tokens takes at its peak.

    Parameters
    ----------
    state_bytes : int
        Of an optimizer for each trained weight: 2 in 8 bits, 8 in 32.
    others : int
        Trained weights beside LoRA, such as a head.
    """
    largest = max(inputs * outputs for inputs, outputs in decoder.products)
    trained = adapter_weights(decoder, rank) + others
    # In the backward pass of the widest part: three gradients of its states and two of the others.
    gradients = tokens * _HALF * (3 * decoder.inner + 2 * decoder.width)
    return Memory(
        packed_weights=decoder.layers * sum(packed_bytes(a * b) for a, b in decoder.products),
        norms=(2 * decoder.layers + 1) * decoder.width * _HALF,
        adapter=trained * (_TRAINED + state_bytes),
        between_layers=decoder.layers * tokens * decoder.width * _HALF,
        in_a_layer=kept_in_a_layer(decoder, tokens, rank) + gradients,
        unpacked_weight=largest * _HALF,
    )
