"""Seconds to tell the genre of a 250-word lyric with all three models, and beside plain pipelines.

``python bench/bench_genre.py [RUNS]``. The plain side is `transformers.pipeline` in float32 over
the same bases (text classification, whole depth) for LLaMA and RoBERTa; the BiLSTM-GRU has no
pipeline and counts as it is on both sides. The last line is one JSON object; times are medians in
seconds.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from engine.classifiers import explainable, load_classifier
from engine.corpora.songbook import songbook
from engine.lyrics import Lyrics
from engine.models.bases import base_folder
from engine.models.quiet import quiet_libraries


def lyric_of(words: int) -> Lyrics:
    """A lyric of so many words, from the songbook's lines."""
    lines = [" ".join(line.words) for sheet in songbook() for line in sheet.lines if line.words]
    text: list[str] = []
    while sum(len(line.split()) for line in text) < words:
        text.append(lines[len(text)])
    return Lyrics.parse("\n".join(text))


def median_seconds(function: Callable[[], Any], runs: int) -> float:
    """Median wall time of a call, after two calls to warm up."""
    for _ in range(2):
        function()
    times: list[float] = []
    for _ in range(runs):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main() -> None:
    """Measure and print."""
    import torch
    from transformers import pipeline

    quiet_libraries()
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    lyric = lyric_of(250)
    ours: dict[str, float] = {}
    plain: dict[str, float] = {}
    for name in explainable():  # a pool of these costs what they cost
        classifier = load_classifier(name)
        ours[name] = median_seconds(lambda c=classifier: c.predict([lyric]), runs)
        print(f"{name}: {ours[name]:.3f} s")
    for name, base in (("llama", "smollm2-135m"), ("roberta", "minilm-l6")):
        folder = str(base_folder(base))
        classify = pipeline("text-classification", model=folder, dtype=torch.float32, device="cpu")
        plain[name] = median_seconds(
            lambda c=classify: c(lyric.text, truncation=True, max_length=512), runs
        )
        print(f"{name}, plain pipeline in float32: {plain[name]:.3f} s")
    total = sum(ours.values())
    plain_total = sum(plain.values()) + ours["bilstm-gru"]
    print(
        json.dumps(
            {
                "bench": "genre",
                "words": len(lyric.words),
                "runs": runs,
                "seconds": {name: round(value, 4) for name, value in ours.items()},
                "plain_seconds": {name: round(value, 4) for name, value in plain.items()},
                "total_seconds": round(total, 4),
                "plain_over_ours": round(plain_total / total, 2),
                "threads": torch.get_num_threads(),
            }
        )
    )


if __name__ == "__main__":
    main()
