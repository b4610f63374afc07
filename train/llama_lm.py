"""Continue LLaMA's next-word training on lyrics, before genre is learnt.

``python -m train.llama_lm --data FOLDER``: LoRA on the layers that `train.genre_llama` adapts,
over all training lyrics and, where there is one, those of ``unlabelled.parquet``. Domain-adaptive
pretraining, after Gururangan et al. 2020 (doi:10.18653/v1/2020.acl-main.740), section 3. The
adapter goes to ``runs/llama-lm``: give that folder to ``train.genre_llama --adapter``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from engine.classifiers.llama import load_tokenizer, padding_id
from engine.classifiers.torch_classifier import padded, save_tensors
from engine.weights import base_source, compute_device, compute_dtype, quantization_config
from train.genre_llama import adapted_modules
from train.genre_training import output_slot, parse_arguments
from train.language_model import fit_language_model, windows_of

NAME = "llama-lm"
ADAPTER = "adapter_model.safetensors"


def main() -> None:
    """Train."""
    arguments = parse_arguments(__doc__ or "", "llama_lm")
    settings = arguments.settings
    own = output_slot("llama", arguments)
    from peft import (
        LoraConfig,
        get_peft_model,
        get_peft_model_state_dict,
        prepare_model_for_kbit_training,
    )
    from transformers import AutoModelForCausalLM

    torch.manual_seed(settings.get("seed", 0))
    assert own.base is not None  # noqa: S101 - presets give this slot a base
    device = compute_device()
    quantization = quantization_config(own.quantization)
    options: dict[str, Any] = {"quantization_config": quantization} if quantization else {}
    if settings.get("attention"):
        options["attn_implementation"] = settings["attention"]
    decoder: Any = AutoModelForCausalLM.from_pretrained(
        base_source(own.base), dtype=compute_dtype(device.type), **options
    )
    if own.quantization:
        decoder = prepare_model_for_kbit_training(decoder)
    else:
        decoder.to(device)
    depth = int(settings.get("layers") or decoder.config.num_hidden_layers)
    adapted: Any = get_peft_model(
        decoder,
        LoraConfig(
            r=int(settings["rank"]),
            lora_alpha=int(settings["alpha"]),
            lora_dropout=float(settings["dropout"]),
            # The decoder is one part of this model, and its modules' names begin with it.
            target_modules=r"model\."
            + adapted_modules(
                range(int(settings.get("first_layer", 0)), depth), settings["target_modules"]
            ),
            task_type="CAUSAL_LM",
        ),
    )
    parameters = [p for p in adapted.parameters() if p.requires_grad]
    for parameter in parameters:
        parameter.data = parameter.data.float()
    tokenizer = load_tokenizer(own)
    pad, window = padding_id(tokenizer), int(settings["window"])

    def collate(batch: Sequence[dict[str, Any]]) -> dict[str, torch.Tensor]:
        ids, mask = padded([*(row["input_ids"] for row in batch), [0] * window], pad)
        ids, mask = ids[:-1], mask[:-1]
        return {
            "input_ids": ids,
            "attention_mask": mask,
            "labels": ids.masked_fill(mask == 0, -100),
        }

    sizes = tokenizer, window, arguments.limit, tokenizer.bos_token_id
    train = windows_of(arguments.data, ("train", "unlabelled"), *sizes)
    watched = windows_of(arguments.data, ("validation",), *sizes)
    watched = watched[: int(settings["validation_windows"])]
    groups = [{"params": parameters, "lr": float(settings["learning_rate"])}]
    fit_language_model(adapted, train, watched, collate, groups, arguments, NAME)
    tensors = {
        # Named as in the decoder without its language-model head, which genre is learnt on.
        name.replace("base_model.model.model.", "base_model.model."): tensor
        for name, tensor in get_peft_model_state_dict(adapted, save_embedding_layers=False).items()
    }
    run = arguments.runs / NAME
    run.mkdir(parents=True, exist_ok=True)
    save_tensors(tensors, run / ADAPTER)
    print(f"wrote {run / ADAPTER}")


if __name__ == "__main__":
    main()
