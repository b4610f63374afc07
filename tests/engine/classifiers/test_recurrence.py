"""The BiLSTM-GRU's quick recurrent path says what PyTorch's own layers say."""

import pytest
import torch

from engine.classifiers.bilstm_gru import PAD, BilstmGru
from engine.classifiers.recurrence import Recurrence
from engine.classifiers.windows import padded


@pytest.fixture(scope="module")
def network() -> BilstmGru:
    """One whose gates are far from the middle, as after training."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        made = BilstmGru(50, 7, 4, width=16, hidden=12).eval()
        for parameter in made.parameters():
            parameter.data.uniform_(-1.5, 1.5)
        made.norm.running_mean.uniform_(-0.5, 0.5)
        made.norm.running_var.uniform_(0.5, 2.0)
    return made


def both(network: BilstmGru, songs: list[list[int]], dtype: torch.dtype) -> list[torch.Tensor]:
    """By how much tags and genres differ."""
    ids, mask = padded(songs, PAD)
    with torch.inference_mode():
        theirs = network.recurrent(network.embedding(ids), mask)
        ours = Recurrence(network, dtype)(ids, mask)
    return [(a - b).abs().max() for a, b in zip(ours, theirs, strict=True)]


@pytest.mark.parametrize(
    "songs",
    [[[5]], [[5, 9, 3, 3, 7] * 20], [[2, 3, 4], list(range(2, 42)), [1], [8, 8, 8, 8]]],
    ids=["one word", "one song", "songs of many lengths"],
)
def test_it_answers_as_pytorchs_own_layers_do(network: BilstmGru, songs: list[list[int]]) -> None:
    assert max(both(network, songs, torch.float32)) < 1e-4


def test_in_bfloat16_it_answers_nearly_so(network: BilstmGru) -> None:
    try:
        found = max(both(network, [[2, 3, 4], list(range(2, 42))], torch.bfloat16))
    except RuntimeError:
        pytest.skip("this chip has no LSTM in bfloat16")
    assert 0 < found < 0.5  # logits of weights this large reach 10


def test_songs_do_not_depend_on_their_neighbours(network: BilstmGru) -> None:
    answers = Recurrence(network, torch.float32)
    song = [4, 9, 2, 6]
    with torch.inference_mode():
        alone = answers(*padded([song], PAD))[1][0]
        beside = answers(*padded([list(range(2, 40)), song], PAD))[1][1]
    assert torch.allclose(alone, beside, atol=1e-5)
