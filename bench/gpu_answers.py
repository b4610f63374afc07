"""How soon the full preset's models answer, by the classes that serve the app."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

import torch
from gpu_songs import all_words, song_text
from gpu_training import Place
from measuring import median_seconds

from engine.classifiers import load_classifier
from engine.lyrics import Lyrics

_WORDS = 256


def genre_answers(place: Place, name: str) -> dict[str, float]:
    """Seconds of one lyric of 256 words, and songs a second of many."""
    model = load_classifier(name, "full")
    chance = random.Random(0)  # noqa: S311 - no secret
    lines, many = all_words(), 4 if place.rehearsal else 128
    songs = [Lyrics.parse(song_text(lines, _WORDS, chance)) for _ in range(many)]
    runs = 1 if place.rehearsal else 10
    single = median_seconds(_timed(lambda: model.predict(songs[:1])), runs, 1)
    batch = median_seconds(_timed(lambda: model.predict(songs)), 1, 1)
    return {
        "seconds": round(single, 5),
        "songs_per_second": round(many / batch, 2),
        "songs": many,
        **_held(),
    }


def chord_answers(place: Place) -> dict[str, float]:
    """Seconds of chords on 16 lines, with the decoder and its memory."""
    from bench_chords import LYRIC

    from engine.generator import Controls
    from engine.generator.tinyllama import TinyLlamaGenerator

    generator = TinyLlamaGenerator("full")
    text = "\n".join(LYRIC.splitlines()[: 4 if place.rehearsal else None])
    lyrics, controls = Lyrics.parse(text), Controls(genre="folk")
    sheet = generator.generate(lyrics, controls)
    runs = 1 if place.rehearsal else 5
    seconds = median_seconds(_timed(lambda: generator.generate(lyrics, controls)), runs, 0)
    return {
        "seconds": round(seconds, 4),
        "lines": len(lyrics.lines),
        "chords": len(sheet.chords),
        **_held(),
    }


def _timed(task: Callable[[], object]) -> Callable[[], None]:
    """The task, over only when the device has done it."""

    def whole() -> None:
        task()
        if torch.cuda.is_available():
            torch.cuda.synchronize()

    return whole


def _held() -> dict[str, Any]:
    if not torch.cuda.is_available():
        return {}
    return {"peak_gigabytes": round(torch.cuda.max_memory_allocated() / 1e9, 3)}


def timed_part(part: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What a part found, and how long it took with all that is around it."""
    began = time.perf_counter()
    found = part()
    return {**found, "whole_seconds": round(time.perf_counter() - began, 1)}
