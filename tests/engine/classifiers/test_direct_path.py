"""The direct path from tokens, pairs and form to genres."""

from __future__ import annotations

import torch

from engine.classifiers.direct_path import DirectPath
from engine.classifiers.text_style import STYLE_FEATURES
from engine.classifiers.torch_classifier import DIRECT_LENGTH, tfidf_shares
from engine.classifiers.windows import padded

FIRST = 1


def direct_path(pairs: list[tuple[int, int]]) -> DirectPath:
    """A path over 20 tokens with random weights."""
    torch.manual_seed(0)
    path = DirectPath(20, 3, len(pairs)).eval()
    path.pair_codes.copy_(torch.tensor(sorted(a * 20 + b for a, b in pairs)))
    torch.nn.init.normal_(path.logits.weight)
    with torch.no_grad():
        path.pair_logits.weight[1:].normal_()
        path.idf.uniform_(1, 5)
    return path


def logits(path: DirectPath, songs: list[list[list[int]]]) -> torch.Tensor:
    """What a path says of songs given as windows."""
    ids, mask = padded([window for song in songs for window in song], 0)
    owner = torch.tensor([i for i, song in enumerate(songs) for _ in song])
    return path(ids, mask, owner, torch.full((len(songs), len(STYLE_FEATURES)), float("nan")))


def test_pairs_are_known_neighbours_of_one_window() -> None:
    path = direct_path([(5, 6), (2, 9)])
    ids, mask = padded([[FIRST, 5, 6, 2, 9], [5, 6, 5], [FIRST, 2, 9]], 0)
    counted = mask.clone()
    counted[:, 0] = 0
    found = path.pair_ids(ids, counted)
    # In order of their codes: (2, 9) is row 1 and (5, 6) row 2.
    assert found.tolist() == [[0, 0, 2, 0, 1], [0, 0, 0, 0, 0], [0, 0, 1, 0, 0]]


def test_where_windows_are_cut_and_what_else_is_in_the_batch_changes_no_token() -> None:
    path = direct_path([])
    whole = [[FIRST, 3, 4, 4, 7, 3, 11]]
    cut = [[FIRST, 3, 4, 4], [FIRST, 7, 3, 11]]
    together = logits(path, [whole, cut, [[FIRST, 5]]])
    assert torch.allclose(together[0], together[1], atol=1e-4)
    assert torch.allclose(logits(path, [whole])[0], together[0], atol=1e-4)


def test_shares_have_the_length_of_a_tfidf_vector() -> None:
    ids = torch.tensor([[2, 3, 3, 0], [3, 4, 5, 5]])
    counted = torch.tensor([[1, 1, 1, 0], [1, 1, 1, 0]])
    idf = torch.tensor([1.0, 1.0, 2.0, 3.0, 4.0, 5.0])
    shares = tfidf_shares(ids, counted, idf, torch.tensor([0, 0]))
    weights = torch.zeros(6).index_add(0, ids.flatten(), shares.flatten())
    expected = idf * (1 + torch.tensor([1.0, 1.0, 1.0, 3.0, 1.0, 1.0]).log())
    expected[:2] = 0
    assert torch.allclose(weights, DIRECT_LENGTH * expected / expected.norm(), atol=1e-5)
    assert shares[0, 3] == shares[1, 3] == 0


def test_a_path_without_special_tokens_counts_the_first_one_too() -> None:
    led, plain = direct_path([(3, 4)]), DirectPath(20, 3, 1, led=False, dropout=0.5).eval()
    plain.load_state_dict(led.state_dict())
    words = [[3, 4, 7]]
    with_special = [[FIRST, *words[0]]]
    assert torch.allclose(logits(plain, [words])[0], logits(led, [with_special])[0], atol=1e-5)
    # In training it leaves words out.
    plain.train()
    assert not torch.allclose(logits(plain, [words])[0], logits(plain, [words])[0])
