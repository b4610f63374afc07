"""The network: a LLaMA decoder cut to its lower layers, LoRA, and our own small vocabulary.

Words go through the base's embedding. Our tokens and word indices have float32 rows of their own,
and a float32 head of a few hundred outputs stands where the base's 49,152 logits would be: only
what the grammar may ask for is ever computed. LoRA: Hu et al. 2021 (arXiv:2106.09685).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from engine.errors import WeightsError
from engine.generator.vocabulary import MAX_WORDS, Vocabulary
from engine.models.bases import base_source
from engine.models.compute import Precision
from engine.models.decoders import adapted_in_four_bits, cut_decoder, merged_decoder, state_dtype
from engine.models.packed_lora import join_products
from engine.models.presets import Slot
from engine.models.quantization import prepared_for_adapters, quantization_config
from engine.models.quiet import quiet_libraries
from engine.models.weights import check_tensors, load_tensors

HEAD_FILE = "embeddings_and_head.safetensors"
ADAPTER_FILE = "adapter_model.safetensors"
_UNKNOWN = -100


class ChordModel(nn.Module):
    """A decoder with our token rows before it and our head behind it.

    Parameters
    ----------
    decoder
        A `transformers.LlamaModel`, plain or wrapped by peft.
    kinds : sequence of int
        For each output its kind; outputs of one kind compete with each other only.
    tokens : int
        How many tokens of our own are read.
    """

    def __init__(self, decoder: Any, kinds: Sequence[int], tokens: int) -> None:
        super().__init__()
        self.decoder = decoder
        width = int(decoder.config.hidden_size)
        self.base_size = int(decoder.config.vocab_size)
        self.tokens = nn.Embedding(tokens, width)
        self.words = nn.Embedding(MAX_WORDS + 2, width)
        self.head = nn.Linear(width, len(kinds))
        self.register_buffer("kinds", torch.tensor(kinds), persistent=False)

    def embedded(self, input_ids: Tensor, word_index: Tensor) -> Tensor:
        """Input rows of tokens: (..., time) ids and word indices to (..., time, width)."""
        base = self.decoder.get_input_embeddings()
        ours = input_ids - self.base_size
        is_ours = (ours >= 0).unsqueeze(-1)
        rows = torch.where(
            is_ours,
            self.tokens(ours.clamp(min=0)).to(torch.float32),
            base(input_ids.clamp(max=self.base_size - 1)).to(torch.float32),
        )
        indexed = (word_index > 0).unsqueeze(-1)
        return rows + torch.where(indexed, self.words(word_index), 0.0)

    def hidden(self, input_ids: Tensor, word_index: Tensor, past: Any = None) -> Tensor:
        """Last hidden states (batch, time, width); `past` is a transformers cache or None."""
        rows = self.embedded(input_ids, word_index).to(state_dtype(self.decoder))
        output = self.decoder(
            inputs_embeds=rows, past_key_values=past, use_cache=past is not None, return_dict=True
        )
        return output.last_hidden_state

    def logits(self, hidden: Tensor) -> Tensor:
        """Float32 logits over our outputs."""
        with torch.autocast(hidden.device.type, enabled=False):
            return self.head(hidden.to(torch.float32))

    def forward(self, input_ids: Tensor, word_index: Tensor, targets: Tensor) -> dict[str, Tensor]:
        """Mean cross-entropy of the targets (those that are not -100), each within its kind."""
        hidden = self.hidden(input_ids, word_index)
        wanted = targets != _UNKNOWN
        logits, chosen = self.within_kind(hidden[wanted], targets[wanted])
        return {"loss": nn.functional.cross_entropy(logits, chosen)}

    def within_kind(self, hidden: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Logits with other kinds than the target's own set to minus infinity; and the targets."""
        kinds: Any = self.kinds
        possible = kinds.unsqueeze(0) == kinds[targets].unsqueeze(1)
        return self.logits(hidden).masked_fill(~possible, float("-inf")), targets

    def own_state(self) -> dict[str, Tensor]:
        """The rows and the head, as they are shipped."""
        return {
            "tokens.weight": self.tokens.weight.detach(),
            "words.weight": self.words.weight.detach(),
            "head.weight": self.head.weight.detach(),
            "head.bias": self.head.bias.detach(),
        }

    def load_own_state(self, state: dict[str, Tensor]) -> None:
        """Take the rows and the head; `WeightsError` if they do not fit."""
        check_tensors(state, self.own_state())
        with torch.no_grad():
            for name, mine in self.own_state().items():
                given = state.get(name)
                if given is None:
                    raise WeightsError(
                        f"{HEAD_FILE} does not fit the vocabulary beside it ({name}); "
                        f"restore both with `git checkout -- models`."
                    )
                mine.copy_(given)


def load_decoder(slot: Slot, layers: int, dtype: torch.dtype) -> Any:
    """The slot's base, cut to its lower `layers` layers, frozen."""
    source = _source(slot)
    quantization = quantization_config(slot.quantization)
    options = {} if quantization is None else {"quantization_config": quantization}
    quiet_libraries()  # the cut layers and the base's head are left in the file on purpose
    return cut_decoder(source, layers, dtype=dtype, **options)[0]


def _source(slot: Slot) -> str:
    if slot.base is None:
        raise WeightsError(f"The slot '{slot.name}' has no base model.")
    return base_source(slot.base)


def new_model(
    slot: Slot,
    vocabulary: Vocabulary,
    tokenizer: Any,
    config: dict[str, Any],
    dtype: torch.dtype = torch.bfloat16,
) -> ChordModel:
    """A model to train: LoRA added, own rows set to the mean of their names' base embeddings.

    Parameters
    ----------
    config : dict
        ``layers`` and ``lora`` (``rank, alpha, dropout, targets``), as in ``train/configs``.
    dtype : torch.dtype
        Of the frozen base; what is trained is float32.
    """
    from peft import LoraConfig, get_peft_model

    decoder = load_decoder(slot, int(config["layers"]), dtype)
    checkpoint = bool(config.get("gradient_checkpointing"))
    if slot.quantization or checkpoint:
        decoder = prepared_for_adapters(decoder, checkpoint=checkpoint)
    lora = config["lora"]
    base = decoder.get_input_embeddings().weight.detach().to(torch.float32)
    wrapped = get_peft_model(
        decoder,
        LoraConfig(
            r=lora["rank"],
            lora_alpha=lora["alpha"],
            lora_dropout=lora["dropout"],
            target_modules=list(lora["targets"]),
        ),
        autocast_adapter_dtype=True,  # LoRA stays in float32
    )
    if slot.quantization:
        join_products(wrapped)
    # peft notes the folder the base came from; what is shipped names the base instead.
    wrapped.peft_config["default"].base_model_name_or_path = slot.base.name if slot.base else None
    model = ChordModel(wrapped, vocabulary.kinds, len(vocabulary.tokens))
    with torch.no_grad():
        for row, name in enumerate(vocabulary.tokens):
            ids = tokenizer(spoken(name, vocabulary), add_special_tokens=False)["input_ids"]
            model.tokens.weight[row] = base[ids].mean(0)
        nn.init.zeros_(model.words.weight)
        # Small, so that the first loss is about that of a guess: the last states are large.
        model.head.weight.copy_(0.1 * model.tokens.weight[vocabulary.first_output :])
        nn.init.zeros_(model.head.bias)
    return model


def spoken(token: str, vocabulary: Vocabulary) -> str:
    """A token's name as text the base has read before: ``"chord:A:min7"`` is `` Am7``."""
    group, _, rest = token.partition(":")
    if group == "chord":
        index = vocabulary.chords.index(rest)
        return f" {vocabulary.parsed[index].symbol}"
    return f" {group} {rest}".rstrip()


def save_model(model: ChordModel, folder: Path, dtype: torch.dtype = torch.bfloat16) -> None:
    """Write the adapter (``adapter_config.json`` and weights) and the rows and head."""
    from safetensors.torch import load_file, save_file

    folder.mkdir(parents=True, exist_ok=True)
    # The base's embedding is not changed; peft would ask the hub to make sure.
    model.decoder.save_pretrained(folder, save_embedding_layers=False)
    (folder / "README.md").unlink(missing_ok=True)  # peft's template; our card says it all
    adapter = load_file(folder / ADAPTER_FILE)
    save_file({k: v.to(dtype).contiguous() for k, v in adapter.items()}, folder / ADAPTER_FILE)
    own = {k: v.to(dtype).cpu().contiguous() for k, v in model.own_state().items()}
    save_file(own, folder / HEAD_FILE)


def load_model(
    slot: Slot,
    folder: Path,
    vocabulary: Vocabulary,
    layers: int,
    precision: Precision,
    device: Any,
) -> ChordModel:
    """A model to use: adapter merged in float32 and cast; kept apart if the base is quantized.

    Four bits are for the GPU: on a CPU the full preset's base is loaded whole.
    """
    quantized = slot.quantization is not None and device.type == "cuda"
    try:
        decoder = (
            adapted_in_four_bits(load_decoder(slot, layers, torch.bfloat16), folder)
            if quantized
            else merged_decoder(_source(slot), layers, folder, precision, final_norm=True)
        )
        own = load_tensors(folder / HEAD_FILE)
    except (OSError, ValueError, RuntimeError) as error:
        raise WeightsError(
            f"The adapter in {folder} could not be loaded ({error}); "
            f"restore it with `git checkout -- models`."
        ) from None
    model = ChordModel(decoder, vocabulary.kinds, len(vocabulary.tokens))
    model.load_own_state(own)
    return model.to(device).eval().requires_grad_(False)
