"""Shipped models answer alike in float32 and bfloat16, whichever of them a chip makes one take.

The bounds are a half more than the largest differences over 60 songs of the songbook. Where
bfloat16 is emulated a song takes many times as long, so fewer are asked there.
"""

from __future__ import annotations

import math
from typing import Any

import pytest

from engine.classifiers import load_classifier
from engine.corpora.chord_songs import ChordSong
from engine.corpora.songbook import example_songs
from engine.evaluation.tasks.next_chord import judged
from engine.generator.decoder import Decoder
from engine.generator.songs import home_song
from engine.lyrics import Lyrics
from engine.models import compute
from engine.music.lead_sheet import LeadSheet

pytestmark = pytest.mark.slow

# Of one genre's probability, between 0 and 1.
MOST = {"llama": 0.012, "roberta": 0.001, "bilstm-gru": 0.001, "combined": 0.006}
# Of the mean log probability of a song's chords given what comes before them, in nats a chord.
MOST_NATS = 0.035


@pytest.fixture(scope="module")
def sheets() -> tuple[LeadSheet, ...]:
    return example_songs(3 if compute.serving_precision().is_lower else 1)


def in_both(monkeypatch: pytest.MonkeyPatch, answered: Any) -> list[Any]:
    """What is answered in float32, and in bfloat16."""
    found: list[Any] = []
    for precision in (compute.FLOAT32, compute.BFLOAT16):
        monkeypatch.setenv(compute.SETTING, precision)
        found.append(answered())
    return found


def test_genres_hardly_depend_on_the_precision(
    sheets: tuple[LeadSheet, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    songs = [
        Lyrics.parse("\n".join(" ".join(line.words) for line in sheet.lines if line.words))
        for sheet in sheets
    ]

    def answers() -> dict[str, list[Any]]:
        kept: dict[str, Any] = {}

        def load(name: str, preset: str) -> Any:
            if name not in kept:
                kept[name] = load_classifier(name, preset, load)
            return kept[name]

        return {name: load(name, "embedded").predict(songs) for name in MOST}

    whole, half = in_both(monkeypatch, answers)
    for name, most in MOST.items():
        for one, other in zip(whole[name], half[name], strict=True):
            assert one.probabilities == pytest.approx(other.probabilities, abs=most), name
            first, second = (p for _, p in one.ranked[:2])
            if first - second > 2 * most:
                assert one.label == other.label


def test_chords_hardly_depend_on_the_precision(
    sheets: tuple[LeadSheet, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    songs = [ChordSong("a song", None, sheet, True, None) for sheet in sheets]

    def nats() -> list[float]:
        decoder = Decoder()
        return [
            math.log(judged(decoder.model, decoder.encoder, [song])["chord"].perplexity)
            for song in home
        ]

    home = [home_song(song) for song in songs]
    for one, other in zip(*in_both(monkeypatch, nats), strict=True):
        assert one == pytest.approx(other, abs=MOST_NATS)
