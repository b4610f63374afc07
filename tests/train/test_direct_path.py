"""The direct path, fitted in closed form."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.classifiers.text_style import style_tensor
from engine.classifiers.torch_classifier import tfidf_shares
from engine.classifiers.windows import padded
from engine.lyrics import Lyrics
from train import direct_path
from train.genre_data import GenreSplit, log_prior, read_split
from train.settings import DirectSettings


def test_the_direct_path_sums_what_the_regression_weighs() -> None:
    """Songs of two genres told apart by single tokens, read in one or two windows."""
    generator = np.random.default_rng(0)
    labels = np.arange(60) % 2
    windows = [
        [[1, *generator.integers(5, 20, 6), 2 + label], [1, *generator.integers(5, 20, 5)]]
        for label in labels
    ]
    windows = [[[int(token) for token in w] for w in song] for song in windows]
    lyrics = [Lyrics.parse("la " * int(generator.integers(30, 90))) for _ in labels]
    noisy = labels == 1
    train = GenreSplit(tuple(lyrics), labels, ((),) * 60, noisy, ("",) * 60)
    settings = DirectSettings(
        direct_regularisation=100, direct_pairs=10, class_weight_power=0, noisy_weight=0.2
    )
    path = direct_path.fit_direct(lambda _: windows, train, 20, 12, settings)
    logits = direct_path.direct_logits(path, windows, lyrics, pad=0)
    counted = [[window[1:] for window in song] for song in windows]
    codes = path.pair_codes.numpy()
    assert len(codes) == 10
    paired = [direct_path.known_pairs(song, codes, 20) for song in counted]
    pairs, _ = direct_path.tfidf(paired, 11)
    matrix, _ = direct_path.tfidf(counted, 20)
    form = path.style(style_tensor(lyrics)).detach().numpy()
    expected = matrix @ path.logits.weight.detach().numpy() + form + path.bias.detach().numpy()
    expected = expected + pairs @ path.pair_logits.weight.detach().numpy()
    assert np.allclose(logits, expected, atol=1e-3)
    assert path.bias[:2].abs().min() > 0
    assert path.pair_logits.weight[1:, :2].abs().sum() > 0
    assert (logits[:, :2].argmax(-1) == labels).all()
    path.scale(0.5)
    assert np.allclose(
        direct_path.direct_logits(path, windows, lyrics, pad=0), logits / 2, atol=1e-3
    )


def test_forms_of_a_song_together_weigh_what_the_song_weighs(genre_corpus: Path) -> None:
    """What is shown beside a song is read, and moves the fit by no more than its share."""
    train = read_split(genre_corpus, "train")
    shown: list[int] = []

    def read(split: GenreSplit) -> list[list[list[int]]]:
        shown.append(len(split))
        return [
            [[1, *(sum(map(ord, word)) % 40 for word in lyric.words)]] for lyric in split.lyrics
        ]

    def weights(forms: int, share: float) -> torch.Tensor:
        settings = DirectSettings(
            direct_regularisation=1,
            direct_pairs=0,
            class_weight_power=0,
            noisy_weight=1,
            forms=forms,
            form_share=share,
        )
        path = direct_path.fit_direct(read, train, 40, 12, settings)
        return path.logits.weight.detach() * path.idf.unsqueeze(1)

    alone, unheard, heard = weights(0, 0.5), weights(2, 0.0), weights(2, 0.8)
    assert shown == [120, 360, 360]
    near = float((unheard - alone).norm() / alone.norm())
    far = float((heard - alone).norm() / alone.norm())
    assert near < 0.7 * far


def test_tokens_weigh_what_the_formula_says() -> None:
    """The shipped paths were fitted with the formula written out; so are answers of refits."""
    generator = np.random.default_rng(0)
    songs = [
        [generator.integers(30, size=generator.integers(1, 40)).tolist() for _ in range(2)]
        for _ in range(50)
    ]
    songs.append([[], []])  # a song all of whose pairs are unknown
    matrix, idf = direct_path.tfidf(songs, 32)
    counts = [Counter(token for window in song for token in window) for song in songs]
    for token in range(32):  # 30 and 31 never occur
        having = sum(token in count for count in counts)
        assert idf[token] == pytest.approx(math.log(52 / (1 + having)) + 1, rel=1e-12)
    for row, count in enumerate(counts):
        weights = {token: (1 + math.log(n)) * idf[token] for token, n in count.items()}
        length = math.sqrt(sum(weight**2 for weight in weights.values())) or 1.0
        expected = np.zeros(32)
        expected[list(weights)] = [10 * weight / length for weight in weights.values()]
        assert np.allclose(matrix[row].toarray()[0], expected, rtol=1e-6, atol=0)
    ids, mask = padded([window for song in songs[:-1] for window in song], 0)
    owner = torch.arange(50).repeat_interleave(2)
    shares = tfidf_shares(ids, mask, torch.from_numpy(idf).float(), owner)
    summed = torch.zeros(50, 32)
    summed.index_put_((owner.unsqueeze(1).expand_as(ids), ids), shares, accumulate=True)
    assert np.allclose(summed.numpy(), matrix[:-1].toarray(), rtol=1e-4)


def test_a_useless_direct_path_is_left_out_and_a_useful_one_taken() -> None:
    generator = np.random.default_rng(0)
    labels = generator.integers(12, size=600)
    prior = log_prior(labels)
    own = generator.normal(size=(600, 12))
    own[np.arange(600), labels] += 1.5
    noise = 4 * generator.normal(size=(600, 12))
    assert direct_path.fitted_share(own, noise, labels, prior) <= 0.1
    telling = generator.normal(size=(600, 12))
    telling[np.arange(600), labels] += 3
    assert direct_path.fitted_share(own, telling, labels, prior) >= 0.8
