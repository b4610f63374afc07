"""Seconds to tell the genre of a 250-word lyric with all three models, and beside plain pipelines.

``python bench/bench_genre.py [--runs N] [--precision float32 bfloat16]``. The plain side is
`transformers.pipeline` in float32 over the same bases (text classification, whole depth) for LLaMA
and RoBERTa; the BiLSTM-GRU has no pipeline and counts as it is on both sides. Both are measured on
a quiet machine and beside a busy process; times are medians in seconds, and the last line of stdout
is one JSON object.
"""

from __future__ import annotations

from typing import Any

from measuring import (
    in_precision,
    last_line,
    median_seconds,
    parsed_arguments,
    quiet_and_busy,
    told,
)

from engine.classifiers import load_classifier
from engine.corpora.songbook import songbook
from engine.lyrics import Lyrics
from engine.models.bases import base_folder
from engine.models.quiet import quiet_libraries

MODELS = ("llama", "roberta", "bilstm-gru")


def lyric_of(words: int) -> Lyrics:
    """A lyric of so many words, from the songbook's lines."""
    lines = [" ".join(line.words) for sheet in songbook() for line in sheet.lines if line.words]
    text: list[str] = []
    while sum(len(line.split()) for line in text) < words:
        text.append(lines[len(text)])
    return Lyrics.parse("\n".join(text))


def ours(lyric: Lyrics, runs: int) -> dict[str, dict[str, float]]:
    """Seconds of each model and of all."""
    found: dict[str, dict[str, float]] = {}
    for name in MODELS:
        model = load_classifier(name)
        found[name] = quiet_and_busy(
            lambda model=model: median_seconds(lambda: model.predict([lyric]), runs)
        )
        told(name, found[name])
    found["all"] = together(found)
    return found


def together(found: dict[str, dict[str, float]]) -> dict[str, float]:
    """The sum over models, quiet and busy."""
    quiet, busy = (sum(of[key] for of in found.values()) for key in ("quiet", "busy"))
    return {"quiet": round(quiet, 4), "busy": round(busy, 4), "slower": round(busy / quiet, 2)}


def plain(lyric: Lyrics, runs: int) -> dict[str, dict[str, float]]:
    """Seconds of the plain pipelines."""
    import torch
    from transformers import pipeline

    found: dict[str, dict[str, float]] = {}
    for name, base in (("llama", "smollm2-135m"), ("roberta", "minilm-l6")):
        folder = str(base_folder(base))
        classify: Any = pipeline(
            "text-classification", model=folder, dtype=torch.float32, device="cpu"
        )
        found[name] = quiet_and_busy(
            lambda classify=classify: median_seconds(
                lambda: classify(lyric.text, truncation=True, max_length=512), runs
            )
        )
        told(f"{name}, plain pipeline in float32", found[name])
    return found


def main() -> None:
    """Measure and print."""
    arguments = parsed_arguments(__doc__, runs={"type": int, "default": 10})
    quiet_libraries()
    lyric = lyric_of(250)
    found: dict[str, Any] = {}
    for asked in arguments.precision:
        precision = in_precision(asked)
        print(f"in {precision}:")
        found[precision] = ours(lyric, arguments.runs)
        told("all three models", found[precision]["all"])
    theirs = plain(lyric, arguments.runs)
    ratios: dict[str, float] = {}
    for precision, of in found.items():
        whole = together({**theirs, "bilstm-gru": of["bilstm-gru"]})
        ratios[precision] = round(whole["quiet"] / of["all"]["quiet"], 2)
    last_line(
        "genre",
        words=len(lyric.words),
        runs=arguments.runs,
        seconds=found,
        plain_seconds=theirs,
        plain_over_ours=ratios,
    )


if __name__ == "__main__":
    main()
