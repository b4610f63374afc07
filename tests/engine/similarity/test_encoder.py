from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.similarity.encoder import SongEncoder
from engine.similarity.network import BFLOAT16, FLOAT32, INT8, Network, attended
from engine.similarity.reading import MOST_WINDOWS, WINDOW, windows_of
from engine.similarity.revision import revision, width
from tests.conftest import song_of


@pytest.fixture(scope="module")
def encoder(tiny_bases: dict[str, str]) -> Iterator[SongEncoder]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LYRICLAB_BASE_MINILM_L6", tiny_bases["LYRICLAB_BASE_MINILM_L6"])
        yield SongEncoder(FLOAT32)


def hidden(encoder: SongEncoder, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """What transformers itself makes of them."""
    from transformers import AutoModel

    from engine.models.bases import base_source
    from engine.similarity.revision import encoder_base

    model = AutoModel.from_pretrained(base_source(encoder_base()), add_pooling_layer=False)
    with torch.inference_mode():
        return model.eval()(ids, attention_mask=mask).last_hidden_state


def test_the_network_is_the_base_also_where_windows_are_padded(encoder: SongEncoder) -> None:
    ids = torch.randint(5, 60, (3, 20), generator=torch.Generator().manual_seed(1))
    mask = torch.ones_like(ids)
    ids[1, 12:] = mask[1, 12:] = 0
    with torch.inference_mode():
        found = encoder.network.states(ids, mask)
    expected = hidden(encoder, ids, mask)
    kept = mask.bool()
    assert torch.allclose(found[kept], expected[kept], atol=1e-4)


@pytest.mark.parametrize(("precision", "least"), [(BFLOAT16, 0.995), (INT8, 0.98)])
def test_lower_precisions_agree_with_float32(
    encoder: SongEncoder, precision: str, least: float
) -> None:
    ids = torch.randint(5, 60, (4, 24), generator=torch.Generator().manual_seed(2))
    mask = torch.ones_like(ids)
    ids[0, 17:] = mask[0, 17:] = 0
    from transformers import AutoModel

    from engine.models.bases import base_source
    from engine.similarity.revision import encoder_base

    base = AutoModel.from_pretrained(base_source(encoder_base()), add_pooling_layer=False).eval()
    with torch.inference_mode():
        states = Network(base, precision).states(ids, mask)[mask.bool()]
        plain = encoder.network.states(ids, mask)[mask.bool()]
    assert float(torch.cosine_similarity(states, plain).min()) > least


def test_a_vector_is_the_mean_over_tokens_and_a_line_counts_as_often_as_it_is_sung(
    encoder: SongEncoder,
) -> None:
    one, other = song_of("folk", 1).splitlines()[:2]
    song = f"{one}\n{other}\n{one}"
    encoded = encoder.tokenizer([one, other], add_special_tokens=False)["input_ids"]
    first, last = encoder.tokenizer.cls_token_id, encoder.tokenizer.sep_token_id
    ids = torch.tensor([[first, *encoded[0], *encoded[1], last]])
    counts = torch.tensor([1, *[2] * len(encoded[0]), *[1] * len(encoded[1]), 1.0])
    states = hidden(encoder, ids, torch.ones_like(ids))[0]
    mean = (states * counts[:, None]).sum(0) / counts.sum()
    expected = (mean / mean.norm()).numpy()
    assert encoder.vectors([song])[0] == pytest.approx(expected, abs=2e-3)


def test_songs_read_together_are_read_as_each_alone(encoder: SongEncoder) -> None:
    songs = [song_of("folk", 1), "night", "\n".join(song_of("rock", n) for n in range(12)), ""]
    together = encoder.vectors(songs)
    assert together.dtype == np.float16
    assert np.linalg.norm(together.astype(np.float32), axis=1) == pytest.approx(1, abs=1e-3)
    for song, vector in zip(songs, together, strict=True):
        assert encoder.vectors([song])[0] == pytest.approx(vector, abs=2e-3)
    assert encoder.vectors([]).shape == (0, encoder.width)


def test_long_songs_are_read_in_even_windows_up_to_a_limit(encoder: SongEncoder) -> None:
    lines = [" ".join(song_of("jazz", n).split()) for n in range(100)]
    found = windows_of(["\n".join(lines), "night"], encoder.tokenizer)
    lengths = [len(window.ids) for window in found if window.song == 0]
    assert len(lengths) == MOST_WINDOWS
    assert max(lengths) == WINDOW
    assert max(lengths) - min(lengths) <= MOST_WINDOWS
    assert [window.song for window in found][-1] == 1
    assert all(len(window.ids) == len(window.counts) for window in found)


def test_what_vectors_are_called_is_known_before_anything_is_loaded(encoder: SongEncoder) -> None:
    assert encoder.revision == revision()
    assert encoder.width == width()


def test_the_precision_is_chosen_by_trying(
    encoder: SongEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.similarity import encoder as module

    seconds = {FLOAT32: 3.0, BFLOAT16: 2.0, INT8: 1.0}
    turned = {INT8: -1.0}

    def tried(_base: object, name: str, *_: object) -> tuple[object, torch.Tensor, float]:
        if name == BFLOAT16 and broken:
            raise RuntimeError("no such product")
        states = torch.ones(2, 4) * turned.get(name, 1.0)
        return type("Tried", (), {"precision": name}), states, seconds[name]

    monkeypatch.setattr(module, "_tried", tried)
    monkeypatch.delenv("LYRICLAB_PRECISION", raising=False)
    base = type("Base", (), {"config": type("Config", (), {"vocab_size": 9})})
    broken = False
    assert encoder._network(base, None).precision == BFLOAT16, "int8 differs here"
    broken = True
    assert encoder._network(base, None).precision == FLOAT32
    turned.clear()
    assert encoder._network(base, None).precision == INT8


@pytest.mark.parametrize("times", [1.0, 200.0])
def test_attention_is_a_softmax_however_large_its_scores(times: float) -> None:
    drawn = torch.Generator().manual_seed(3)
    queries, keys, values = torch.randn(3, 2, 4, 9, 8, generator=drawn).unbind()
    queries = queries * times
    seen = torch.ones(2, 1, 1, 9, dtype=torch.bool)
    seen[1, ..., 5:] = False
    for mask in (seen, None):
        expected = torch.nn.functional.scaled_dot_product_attention(
            queries, keys, values, attn_mask=mask
        )
        assert torch.allclose(attended(queries, keys, values, mask), expected, atol=1e-5)


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="looks into Linux's own file")
@pytest.mark.parametrize("precision", [BFLOAT16, INT8])
def test_an_encoder_in_a_lower_precision_holds_nothing_of_the_base_file(
    encoder: SongEncoder,
    tiny_bases: dict[str, str],
    precision: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = tiny_bases["LYRICLAB_BASE_MINILM_L6"]
    monkeypatch.setenv("LYRICLAB_BASE_MINILM_L6", folder)

    def mapped() -> int:
        gc.collect()
        return Path("/proc/self/maps").read_text().count(folder)

    before = mapped()
    held = SongEncoder(precision)
    assert mapped() == before
    found, plain = (one.vectors([song_of("folk", 1)])[0].astype(float) for one in (held, encoder))
    assert found @ plain > 0.98
