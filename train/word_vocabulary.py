"""The words that the BiLSTM-GRU knows, and what they mean to it before it is trained."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import Any

import torch

from engine.classifiers.bilstm_gru import UNKNOWN, Vocabulary, word_tokens
from engine.models.bases import base_source
from engine.models.presets import Base, slot
from train.genre_data import GenreSplit


def build_vocabulary(split: GenreSplit, min_count: int, most: int) -> Vocabulary:
    """Words of at least `min_count` songs, most frequent first."""
    counts: Counter[str] = Counter()
    for lyric in split.lyrics:
        counts.update(set(word_tokens(lyric.text)))
    return Vocabulary([word for word, n in counts.most_common(most) if n >= min_count])


def initial_embeddings(vocabulary: Vocabulary, width: int) -> torch.Tensor:
    """Start from MiniLM's word-piece embeddings (mean over a word's pieces), reduced by PCA.

    A few thousand songs are too few to learn what words mean; (vocabulary, width), scaled to a
    standard deviation of 0.3, row 0 zero.
    """
    from transformers import AutoModel, AutoTokenizer

    folder = base_source(_encoder_base(), print)
    pieces = AutoModel.from_pretrained(folder).embeddings.word_embeddings.weight.detach().float()
    tokenizer: Any = AutoTokenizer.from_pretrained(folder)
    unknown = [tokenizer.unk_token_id]
    table = torch.stack(
        [
            pieces[tokenizer(word, add_special_tokens=False)["input_ids"] or unknown].mean(0)
            for word in vocabulary.words
        ]
    )
    centred = table - table.mean(0)
    _, _, directions = torch.pca_lowrank(centred, q=width, center=False)
    reduced = centred @ directions
    reduced = reduced / reduced.std() * 0.3
    return torch.cat([torch.zeros(1, width), torch.randn(1, width) * 0.3, reduced])


def _encoder_base() -> Base:
    base = slot("roberta").base
    assert base is not None  # noqa: S101 - presets give this slot a base
    return base


def known_runs(ids: list[int]) -> list[list[int]]:
    """A song's ids without unknown words, cut where those stood: no pair reaches across."""
    runs = itertools.groupby(ids, lambda token: token == UNKNOWN)
    return [list(run) for unknown, run in runs if not unknown]
