"""Fine-tune the LLaMA decoder with LoRA (embedded) or QLoRA (full) for genre.

``python -m train.genre_llama --data FOLDER``; the full-size path is
``accelerate launch -m train.genre_llama --preset full --data FOLDER``: Llama-3.1-8B in 4-bit NF4
with double quantisation, paged AdamW and gradient checkpointing (Dettmers et al. 2023,
arXiv:2305.14314).
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import torch
from sklearn.metrics import f1_score
from torch import nn

from engine.classifiers.llama import HEAD, PooledHead, PooledLlama, load_decoder, lyric_ids
from engine.classifiers.torch_classifier import load_into, load_tensors, padded, save_tensors
from engine.modelcard import ModelCard
from engine.prediction import GENRES
from engine.weights import Slot, compute_device, compute_dtype
from train.genre_data import GenreSplit, capped, read_split, sample_weights
from train.genre_training import GenreLoss, finish, fit, output_slot, parse_arguments

NAME = "llama"


def main() -> None:
    """Train adapter and head; with ``--head-only`` keep the adapter that is there."""
    head_only = {"action": "store_true", "help": "keep the adapter, fit the head anew"}
    arguments = parse_arguments(__doc__ or "", "genre_llama", head_only=head_only)
    own = output_slot(NAME, arguments)
    settings = arguments.settings
    splits = {
        s: read_split(arguments.data, s, arguments.limit) for s in ("train", "validation", "test")
    }
    train = capped(splits["train"], settings.get("most_per_genre"), settings.get("seed", 0))
    watched = splits["validation"].drawn(settings["validation_songs"])
    torch.manual_seed(settings.get("seed", 0))
    device = compute_device()
    network, tokenizer = base_network(own, settings, device)
    train_rows = song_rows(train, tokenizer, settings)
    watched_rows = song_rows(watched, tokenizer, settings)
    pad = tokenizer.eos_token_id if tokenizer.pad_token_id is None else tokenizer.pad_token_id
    drawn = np.random.default_rng(0).permutation(len(train_rows))
    if arguments.head_only:
        from peft import PeftModel

        card = ModelCard.read(own.folder)
        history: list[dict[str, float]] = card.config["history"]
        network.decoder = PeftModel.from_pretrained(network.decoder, str(own.folder))
        load_into(network.head, load_tensors(own.folder / HEAD))
    else:
        first = [train_rows[i] for i in drawn[: int(settings["warm_start_songs"])]]
        fit_head(network.head, pooled_states(network, first, pad, device), first, 0.003)
        history = train_adapter(network, train_rows, watched_rows, pad, arguments)
        save_adapter(network.decoder, own)
    refitted = [train_rows[i] for i in drawn[: int(settings["refit_songs"])]]
    refit_head(
        network.head,
        (pooled_states(network, refitted, pad, device), refitted),
        (pooled_states(network, watched_rows, pad, device), watched_rows),
    )
    with torch.no_grad():
        shift = prior_shift(splits["train"].labels, train_rows)
        network.head.linear.bias.add_(torch.from_numpy(shift).to(device))
    save_tensors(network.head.state_dict(), own.folder / HEAD)
    config = {
        "layers": int(network.decoder.config.num_hidden_layers),
        "first_layer": settings.get("first_layer", 0),
        "rank": settings["rank"],
        "max_tokens": settings["eval_max_tokens"],
    }
    family = "LLaMA (QLoRA)" if own.quantization else "LLaMA (LoRA)"
    # Calibrated on the songs that were watched: a pass over all of validation costs many minutes.
    finish(NAME, family, arguments, watched, splits["test"], config, history)


def base_network(
    own: Slot, settings: dict[str, Any], device: torch.device
) -> tuple[PooledLlama, Any]:
    """The cut base with a fresh head, ready for adapters; and its tokenizer."""
    from peft import prepare_model_for_kbit_training

    decoder, tokenizer = load_decoder(own, compute_dtype(device.type))
    if own.quantization:
        decoder = prepare_model_for_kbit_training(
            decoder, use_gradient_checkpointing=bool(settings["gradient_checkpointing"])
        )
    else:
        decoder.to(device)
    network = PooledLlama(decoder, len(GENRES), settings.get("layers"))
    network.head.to(device)
    return network, tokenizer


def song_rows(split: GenreSplit, tokenizer: Any, settings: dict[str, Any]) -> list[dict[str, Any]]:
    """What the collator reads, song by song."""
    weights = sample_weights(split, settings["class_weight_power"], settings["noisy_weight"])
    return [
        {"input_ids": lyric_ids(tokenizer, lyric.text), "label": int(label), "weight": weight}
        for lyric, label, weight in zip(split.lyrics, split.labels, weights, strict=True)
    ]


def train_adapter(
    network: PooledLlama,
    train_rows: list[dict[str, Any]],
    watched_rows: list[dict[str, Any]],
    pad: int,
    arguments: argparse.Namespace,
) -> list[dict[str, float]]:
    """LoRA on the decoder, together with the head; returns the log."""
    from peft import LoraConfig, get_peft_model

    settings = arguments.settings
    depth = len(network.decoder.layers)
    crop = int(settings["max_tokens"])
    adapted: Any = get_peft_model(
        network.decoder,
        LoraConfig(
            r=int(settings["rank"]),
            lora_alpha=int(settings["alpha"]),
            lora_dropout=float(settings["dropout"]),
            # An expression: peft's own choice of layers wants a prefix a bare decoder lacks.
            target_modules=adapted_modules(
                range(int(settings.get("first_layer", 0)), depth), settings["target_modules"]
            ),
        ),
    )
    for parameter in adapted.parameters():
        if parameter.requires_grad:
            parameter.data = parameter.data.float()
    network.decoder = adapted

    def step(module: nn.Module, inputs: dict[str, Any]) -> tuple[torch.Tensor, None]:
        return module(**inputs), None

    model = GenreLoss(network, step, settings.get("label_smoothing", 0.0))

    def collate(batch: list[Any]) -> dict[str, torch.Tensor]:
        sequences: list[list[int]] = []
        for row in batch:
            ids = row["input_ids"]
            if model.training and len(ids) > crop:
                start = int(torch.randint(1, len(ids) - crop + 2, ()))
                ids = [ids[0], *ids[start : start + crop - 1]]
            sequences.append(ids[: settings["eval_max_tokens"]])
        ids_, mask = padded(sequences, pad)
        return {
            "input_ids": ids_,
            "attention_mask": mask,
            "labels": torch.tensor([row["label"] for row in batch]),
            "weights": torch.tensor([row["weight"] for row in batch]),
        }

    rate = float(settings["learning_rate"])
    head_rate = rate * float(settings["head_rate_factor"])
    return fit(
        model,
        train_rows,
        watched_rows,
        collate,
        arguments,
        NAME,
        [
            {"params": [p for p in adapted.parameters() if p.requires_grad], "lr": rate},
            {"params": list(network.head.parameters()), "lr": head_rate},
        ],
    )


def save_adapter(adapted: Any, own: Slot) -> None:
    """Write the adapter in the peft layout, in bfloat16, naming the base as the presets do."""
    from peft import get_peft_model_state_dict

    config = adapted.peft_config["default"]
    config.base_model_name_or_path = own.base.name if own.base else ""
    config.inference_mode = True
    config.save_pretrained(str(own.folder))
    tensors = get_peft_model_state_dict(adapted, save_embedding_layers=False)
    save_tensors(tensors, own.folder / "adapter_model.safetensors")


def adapted_modules(layers: Iterable[int], names: Iterable[str]) -> str:
    """A regular expression of the projections to adapt in these layers."""
    return rf"layers\.({'|'.join(map(str, layers))})\.\w+\.({'|'.join(names)})"


def prior_shift(
    labels: np.ndarray[Any, Any], rows: Sequence[dict[str, Any]]
) -> np.ndarray[Any, Any]:
    """Logits (genres) to add so that genres come as often as in the corpus, not as in training.

    Caps and weights made rare genres common; by Bayes' rule the log ratio of the two priors undoes
    that (Saerens, Latinne and Decaestecker 2002, doi:10.1162/089976602753284446, equation 2.4).
    """
    natural = np.bincount(labels, minlength=len(GENRES)).clip(1).astype(np.float32)
    seen = np.zeros(len(GENRES), np.float32)
    for row in rows:
        seen[row["label"]] += row["weight"]
    return np.log((natural / natural.sum()) / (seen.clip(1e-3) / seen.sum()))


def pooled_states(
    network: PooledLlama, rows: Sequence[dict[str, Any]], pad: int, device: torch.device
) -> np.ndarray[Any, Any]:
    """Pooled states (songs, width) of the first 256 tokens of each song, in order."""
    states = torch.zeros(len(rows), network.head.mean.shape[0])
    order = sorted(range(len(rows)), key=lambda row: len(rows[row]["input_ids"]))
    network.eval()
    with torch.inference_mode():
        for start in range(0, len(order), 16):
            chosen = order[start : start + 16]
            ids, mask = padded([rows[i]["input_ids"][:256] for i in chosen], pad)
            states[chosen] = network.pooled(ids.to(device), mask.to(device)).cpu()
    return states.numpy()


def fit_head(
    head: PooledHead,
    states: np.ndarray[Any, Any],
    rows: Sequence[dict[str, Any]],
    regularisation: float,
) -> None:
    """Give the head the statistics of pooled states, and the weights of a logistic regression.

    A convex fit on fixed states costs one pass over the songs, where gradient steps through the
    decoder cost dozens; songs weigh as they do in the loss. `regularisation` is scikit-learn's C.
    """
    from sklearn.linear_model import LogisticRegression

    mean, deviation = states.mean(0), states.std(0).clip(1e-3)
    regression = LogisticRegression(C=regularisation, max_iter=300)
    regression.fit(
        (states - mean) / deviation,
        [row["label"] for row in rows],
        sample_weight=[float(row["weight"]) for row in rows],
    )
    with torch.no_grad():
        head.mean.copy_(torch.from_numpy(mean))
        head.deviation.copy_(torch.from_numpy(deviation))
        head.linear.weight.zero_()
        head.linear.bias.fill_(-4.0)
        for row, label in enumerate(regression.classes_):
            head.linear.weight[label] = torch.from_numpy(regression.coef_[row]).float()
            head.linear.bias[label] = float(regression.intercept_[row])


def refit_head(
    head: PooledHead,
    train: tuple[np.ndarray[Any, Any], Sequence[dict[str, Any]]],
    watched: tuple[np.ndarray[Any, Any], Sequence[dict[str, Any]]],
) -> float:
    """Fit the head anew on adapted states; keep the better one on the watched songs.

    Returns the best macro F1 there; the strength of regularisation is chosen by it too.
    """
    labels = [row["label"] for row in watched[1]]

    def macro_f1() -> float:
        with torch.inference_mode():
            predicted = head(torch.from_numpy(watched[0]).to(head.mean.device)).argmax(-1).cpu()
        return float(f1_score(labels, predicted, average="macro", zero_division=0))

    head.eval()
    best, kept = macro_f1(), {k: v.clone() for k, v in head.state_dict().items()}
    print(f"head as trained: macro F1 {best:.4f}")
    for regularisation in (0.001, 0.003, 0.01, 0.03):
        fit_head(head, train[0], train[1], regularisation)
        score = macro_f1()
        print(f"head refitted with C = {regularisation}: macro F1 {score:.4f}")
        if score > best:
            best, kept = score, {k: v.clone() for k, v in head.state_dict().items()}
    head.load_state_dict(kept)
    return best


if __name__ == "__main__":
    main()
