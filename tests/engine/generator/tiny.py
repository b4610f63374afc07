"""A tiny LLaMA and a generator on it, random but saved and loaded through the real path."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.numpy import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from engine.generator.memory.counts import ChordCounts
from engine.generator.memory.features import DENSE, GENERAL, Counts, cardinalities
from engine.generator.memory.model import GENERAL_NETWORK, RECALLING
from engine.generator.model import new_model, save_model
from engine.generator.placement.ranker import FILE
from engine.generator.placement.song import PlacementFacts, SongPlaces
from engine.generator.vocabulary import Vocabulary
from engine.lyrics import Lyrics
from engine.models.card import ModelCard
from engine.models.presets import slot
from engine.music.form.templates import form_of
from train.chord_mixture import MixtureNetwork
from train.chords_memory import write

CONFIG: dict[str, Any] = {
    "layers": 2,
    "window": 256,
    "lora": {
        "rank": 2,
        "alpha": 4,
        "dropout": 0.0,
        "targets": ["q_proj", "v_proj", "down_proj"],
    },
}
WORDS = "the rain came down on the river and we sang along until the morning light chord at line"


def save_tiny_base(folder: Path) -> Path:
    """A three-layer LlamaForCausalLM with a byte-level tokenizer of 300 tokens."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=300, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    tokenizer.train_from_iterator([WORDS] * 4, trainer)
    wrapped = PreTrainedTokenizerFast(tokenizer_object=tokenizer)
    torch.manual_seed(1)
    config = LlamaConfig(
        vocab_size=len(wrapped),
        hidden_size=64,  # bitsandbytes packs 64 weights a block
        intermediate_size=128,
        num_hidden_layers=3,
        num_attention_heads=2,
        num_key_value_heads=1,
        tie_word_embeddings=True,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    wrapped.save_pretrained(folder)
    return folder


def tiny_vocabulary() -> Vocabulary:
    """Plain chords, a few extended ones, three genres."""
    chords = Counter(
        {"C:maj": 50, "G:7(b9)": 20, "F:maj(9)": 20, "C:maj/3": 20, "D:min7/4": 20, "C:sus2": 9}
    )
    keys = {"major": {"C": 3, "G": 2, "Eb": 1}, "minor": {"A": 2, "D": 1}}
    return Vocabulary.build(chords, Counter({"jazz": 9, "rock": 9, "pop": 9}), keys)


def save_tiny_generator(folder: Path, base: Path) -> Path:
    """A whole model folder with a card, on the base that the slot's override names."""
    where = slot("tinyllama")
    vocabulary = tiny_vocabulary()
    torch.manual_seed(2)
    model = new_model(where, vocabulary, AutoTokenizer.from_pretrained(str(base)), CONFIG)
    with torch.no_grad():
        for parameter in (model.tokens.weight, model.words.weight, model.head.weight):
            parameter.normal_(0.0, 0.7)
        for name, parameter in model.decoder.named_parameters():
            if "lora_B" in name:
                parameter.normal_(0.0, 0.2)
    save_model(model, folder)
    vocabulary.write(folder)
    tiny_card("tinyllama", vocabulary, CONFIG).write(folder)
    return folder


def save_tiny_memory(folder: Path, vocabulary: Vocabulary) -> Path:
    """A whole memory: counts of a few progressions, random networks, a card."""
    size = len(vocabulary.chords)
    names = ("C:maj", "F:maj", "G:7", "A:min", "D:min7", "C:maj", "G:7", "E:min")
    said = [vocabulary.chords.index(name) for name in names]
    counts = Counts(*(ChordCounts.fitted([said, said[::-1]], size, 4) for _ in range(3)))
    torch.manual_seed(3)
    networks = {
        name: MixtureNetwork(
            cardinalities(size, len(vocabulary.genres)),
            range(DENSE) if recalling else GENERAL,
            size,
            recalling=recalling,
            width=8,
            dropout=0.0,
        )
        for name, recalling in ((f"{RECALLING}.0", True), (f"{GENERAL_NETWORK}.0", False))
    }
    folder.mkdir(parents=True, exist_ok=True)
    styles = np.zeros((len(vocabulary.genres), 2, size))
    write(folder, networks, counts, styles, vocabulary)
    cadences = {ending: {"pop": [4.0, 3.0, 1.0, 1.0, 2.0, 3.0]} for ending in ("section", "song")}
    tiny_card(
        "chord-memory",
        vocabulary,
        {"shares": {"past": [0.9, 0.1], "general": [0.8, 0.2]}, "cadences": cadences},
    ).write(folder)
    return folder


def save_tiny_placement(folder: Path) -> Path:
    """A ranker of random weights."""
    genres = ("unknown", "jazz", "rock", "pop")
    lines = (("the", "rain", "came", "down"),)
    form = form_of(Lyrics.parse(" ".join(lines[0])).lines)
    song = SongPlaces(PlacementFacts(lines, form, "major", "triads", "4/4", 0), len(genres))
    song.begin(0)
    random = np.random.default_rng(4)
    size = song.features().shape[1]
    weights = {
        "weight.0": random.normal(0, 0.3, (8, size)).astype(np.float32),
        "bias.0": np.zeros(8, np.float32),
        "weight.1": random.normal(0, 1, (1, 8)).astype(np.float32),
        "bias.1": np.zeros(1, np.float32),
    }
    folder.mkdir(parents=True, exist_ok=True)
    save_file(weights, folder / FILE)
    replace(tiny_card("chord-placement", tiny_vocabulary(), {}), labels=genres).write(folder)
    return folder


def tiny_card(name: str, vocabulary: Vocabulary, config: dict[str, Any]) -> ModelCard:
    """A card with no figures, not written yet."""
    return ModelCard(
        name=name,
        family="test",
        base="tiny",
        base_sha256=None,
        labels=vocabulary.chords,
        training_data="none",
        training_data_sha256="",
        config=config,
        library_versions={},
        metrics={},
        licence="MIT",
        limits="random weights",
        created="2026-01-01T00:00:00+00:00",
    )
