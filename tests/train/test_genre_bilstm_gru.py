"""What the BiLSTM-GRU training promises."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.classifiers.bilstm_gru import BilstmGru
from engine.classifiers.text_style import STYLE_FEATURES
from train import genre_bilstm_gru
from train.genre_bilstm_gru import BilstmGruSettings
from train.genre_data import log_prior, read_split
from train.path_shares import binary_weights, weigh_paths
from train.settings import CONFIGS, read_settings
from train.tag_scores import tag_scores
from train.word_vocabulary import known_runs


def test_tag_scores_are_those_of_hand_counting() -> None:
    targets = np.array([[1, 0, 0], [0, 1, 0]], np.float32)
    probabilities = np.array([[0.9, 0.1, 0.2], [0.8, 0.3, 0.1]], np.float32)
    scores = tag_scores(targets, probabilities)
    # Ranked over all: hit, miss, hit: (1/1 + 2/3) / 2; third tag never occurs.
    assert scores["tag_micro_ap"] == pytest.approx((1 + 2 / 3) / 2, abs=1e-4)
    assert scores["tag_macro_ap"] == pytest.approx(1)
    assert scores["tag_lrap"] == pytest.approx((1 + 1 / 2) / 2)


def test_no_pair_of_words_reaches_across_an_unknown_one() -> None:
    runs = known_runs([1, 5, 6, 1, 1, 7, 8, 9])
    assert runs == [[5, 6], [7, 8, 9]]
    assert known_runs([1]) == []


def test_the_paths_of_the_bilstm_gru_are_weighed_by_what_they_tell_of_songs() -> None:
    """Labels are drawn by the direct path alone, the recurrent one knows nothing of them."""
    torch.manual_seed(0)
    network = BilstmGru(40, 3, 12, width=4, hidden=4).eval()
    with torch.no_grad():
        network.direct.logits.weight.normal_()
        network.direct.logits.weight.mul_(0.4)
    songs = torch.randint(2, 40, (600, 12))
    style = torch.full((600, len(STYLE_FEATURES)), float("nan"))
    mask = torch.ones_like(songs)
    with torch.no_grad():
        tags, genres = network.paths(songs, mask, style)[1]
    labels = torch.distributions.Categorical(logits=2 * genres).sample()
    targets = torch.bernoulli(torch.sigmoid(0.5 * tags)).numpy()
    watched = [
        {
            "texts": [(ids.tolist(), (float("nan"),) * len(STYLE_FEATURES))],
            "label": int(label),
            "weight": 1.0,
            "tags": row,
        }
        for ids, label, row in zip(songs, labels, targets, strict=True)
    ]
    settings = read_settings(CONFIGS / "genre_bilstm_gru.yaml", BilstmGruSettings)
    batches = [genre_bilstm_gru.collate(watched, settings, training=False)]
    weigh_paths(network, batches, log_prior(labels.numpy()))
    assert network.genre_shares[1].item() == pytest.approx(2, rel=0.15)
    assert network.tag_shares[1].item() == pytest.approx(0.5, rel=0.2)
    with torch.no_grad():
        found = network(songs, mask, style)
        parts = network.paths(songs, mask, style)
    for logits, shares, own in zip(
        found, (network.tag_shares, network.genre_shares), zip(*parts, strict=True), strict=True
    ):
        assert torch.allclose(logits, shares[0] * own[0] + shares[1] * own[1], atol=1e-5)


def test_multi_label_weights_are_those_that_labels_were_drawn_by() -> None:
    generator = np.random.default_rng(0)
    parts = [generator.normal(size=(2000, 5)) for _ in range(3)]
    logits = 0.7 * parts[0] + 1.6 * parts[1]
    targets = (generator.random(logits.shape) < 1 / (1 + np.exp(-logits))).astype(np.float32)
    weights = binary_weights(parts, targets)
    assert weights == pytest.approx([0.7, 1.6, 0], abs=0.1)


def test_a_song_is_taught_whole_and_in_a_form_but_judged_whole() -> None:
    base = read_settings(CONFIGS / "genre_bilstm_gru.yaml", BilstmGruSettings)
    settings = replace(base, form_share=1.0, word_dropout=0.0)
    style = (float("nan"),) * len(STYLE_FEATURES)
    row = {
        "texts": [([5, 6, 7], style), ([8, 9], style)],
        "label": 0,
        "weight": 1.0,
        "tags": np.zeros(2, np.float32),
    }
    taught = genre_bilstm_gru.collate([row], settings, training=True)
    assert taught["input_ids"].tolist() == [[8, 9]]
    judged = genre_bilstm_gru.collate([row], settings, training=False)
    assert judged["input_ids"].tolist() == [[5, 6, 7]]


def test_cross_fit_covers_every_text_of_every_training_song(
    tiny_models: Path, tiny_runs: Path, genre_corpus: Path
) -> None:
    """Each song whole and in one form; most forms of these short songs are the songs."""
    stored = np.load(tiny_runs / "bilstm-gru" / "cross_fit.npz", allow_pickle=False)
    assert stored["tags"].shape == (240, 24)
    assert stored["genres"].shape == (240, 12)
    train = read_split(genre_corpus, "train")
    assert stored["songs"].tolist() == [*train.keys(), *train.in_forms(1, 0)[0].keys()]
    assert stored["tags"].min() > 0
    assert (np.abs(stored["genres"]).sum(1) > 0).all()
