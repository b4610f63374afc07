"""Songs a second of ``python -m engine batch``, beside a plain pipeline loop over the same rows.

``python bench/bench_batch.py [--songs N] [--rounds N] [--model NAME ...] [--precision NAME ...]
[--table FILE]``. The songs are words of our songbook shuffled by seed, 40 to 600 words each, 26% of
them in a refrain that comes back (so much the songs of our training corpus repeat: `distinct_text`
leaves 74% of their words), or songs drawn by seed from a Parquet table with a column ``lyrics``:
how many songs an early exit spares the network hangs on how songs are written. Ours is
`engine.batch.answer_table` from CSV to CSV, reading and writing included, models loaded before. The
plain side is `transformers.pipeline` in float32 over the same base (text classification, whole
depth, at most 512 tokens), one row after another; the BiLSTM-GRU has no pipeline, so there it is
the same network in PyTorch's own layers, asked song by song; for the combined answer it is the
plain loops of its parts, one after the other. Of the BiLSTM-GRU, which takes milliseconds a song,
ten times as many songs are asked. Both sides take turns, and the ratio is the median of the
rounds': a machine that is faster now and slower then is so for both. Ours is also measured beside a
busy process. The last line of stdout is one JSON object.
"""

from __future__ import annotations

import copy
import csv
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from measuring import busy_neighbour, in_precision, last_line, parsed_arguments

from engine.batch import answer_table
from engine.classifiers import CLASSIFIERS, EARLY_EXIT, EXITING, loading_once, model_of, part_name
from engine.corpora.songbook import songbook
from engine.lyrics import Lyrics
from engine.models.bases import base_folder
from engine.models.presets import slot
from engine.models.quiet import quiet_libraries

WORDS_A_LINE = 7
WARM_UP = 4
SUNG_BEFORE = 0.26
MORE = {"bilstm-gru": 10}


def shuffled_songs(count: int, seed: int = 0) -> list[str]:
    """Lyrics of 40 to 600 words: the songbook's words in any order, the first lines again last."""
    numbers = random.Random(seed)  # noqa: S311 - not for secrets
    words = [word for sheet in songbook() for line in sheet.lines for word in line.words]
    songs: list[str] = []
    for _ in range(count):
        chosen = numbers.choices(words, k=numbers.randint(40, 600))
        lines = [chosen[i : i + WORDS_A_LINE] for i in range(0, len(chosen), WORDS_A_LINE)]
        again = round(len(lines) * SUNG_BEFORE)
        lines = lines[: len(lines) - again] + lines[:again]
        songs.append("\n".join(" ".join(line) for line in lines))
    return songs


def drawn_songs(table: Path, count: int, seed: int = 0) -> list[str]:
    """So many lyrics of a table, the same ones each time."""
    import pandas as pd

    lyrics = pd.read_parquet(table, columns=["lyrics"])["lyrics"]
    return lyrics.sample(min(count, len(lyrics)), random_state=seed).tolist()


def write_table(path: Path, songs: list[str]) -> Path:
    """The songs as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["lyrics"], *([song] for song in songs)])
    return path


def our_rate(model: str, songs: list[str], loaded: dict[str, Any]) -> float:
    """Songs a second of the command, from file to file."""

    def load(name: str, _preset: str) -> Any:
        return loaded[name]

    with tempfile.TemporaryDirectory() as folder:
        warm = write_table(Path(folder) / "warm.csv", songs[:WARM_UP])
        answer_table(warm, Path(folder) / "warm_out.csv", model, load=load)
        table = write_table(Path(folder) / "songs.csv", songs)
        start = time.perf_counter()
        answer_table(table, Path(folder) / "out.csv", model, load=load)
        return len(songs) / (time.perf_counter() - start)


def plain_loop(model: str, loaded: dict[str, Any]) -> Callable[[str], Any]:
    """What asks one row at a time without any of our care."""
    import torch
    from transformers import pipeline

    base = slot(model_of(model)).base
    if base is None:
        alone = copy.copy(loaded[model])
        alone.answering = None
        return lambda song: alone.predict([Lyrics.parse(song)])
    classify = pipeline(
        "text-classification", model=str(base_folder(base.name)), dtype=torch.float32, device="cpu"
    )
    return lambda song: classify(song, truncation=True, max_length=512)


def plain_rate(ask: Callable[[str], Any], songs: list[str]) -> float:
    """Songs a second of the plain loop."""
    for song in songs[:WARM_UP]:
        ask(song)
    start = time.perf_counter()
    for song in songs:
        ask(song)
    return len(songs) / (time.perf_counter() - start)


def main() -> None:
    """Measure and print."""
    known = [*CLASSIFIERS, *(part_name(model, EARLY_EXIT) for model in EXITING)]
    arguments = parsed_arguments(
        __doc__,
        songs={"type": int, "default": 24},
        rounds={"type": int, "default": 3},
        model={"nargs": "+", "choices": known, "default": list(CLASSIFIERS)},
        table={"type": Path, "help": "songs to draw from, in place of the songbook's words"},
    )
    quiet_libraries()
    most = arguments.songs * max(MORE.values())
    table = arguments.table
    songs = drawn_songs(table, most) if table else shuffled_songs(most)
    found: dict[str, Any] = {}
    for asked in arguments.precision:
        precision = in_precision(asked)
        print(f"in {precision}:")
        found[precision] = rates(songs, arguments.songs, arguments.model, arguments.rounds)
    last_line(
        "batch",
        songs=arguments.songs,
        rounds=arguments.rounds,
        words=sum(len(song.split()) for song in songs[: arguments.songs]),
        songs_per_second=found,
    )


def rates(
    drawn: list[str], count: int, models: list[str], rounds: int
) -> dict[str, dict[str, float]]:
    """Songs a second of each model, ours and plain, quiet; and ours beside a busy process."""
    known = {*CLASSIFIERS, *models}
    songs = {name: drawn[: count * MORE.get(name, 1)] for name in known}
    load = loading_once()
    loaded: dict[str, Any] = {name: load(name, "embedded") for name in models}
    parts = {
        name: [member.name for member in getattr(model, "members", [model])]
        for name, model in loaded.items()
    }
    wanted = list(dict.fromkeys(part for names in parts.values() for part in names))
    loaded |= {name: load(name, "embedded") for name in wanted}
    loops = {name: plain_loop(name, loaded) for name in wanted}
    ours: dict[str, list[float]] = {name: [] for name in models}
    plain: dict[str, list[float]] = {name: [] for name in models}
    for _ in range(rounds):
        rates_of = {name: plain_rate(loops[name], songs[name]) for name in wanted}
        for name in models:
            plain[name].append(1 / sum(1 / rates_of[part] for part in parts[name]))
        for name in models:
            ours[name].append(our_rate(name, songs[name], loaded))
    with busy_neighbour():
        busy = {
            name: statistics.median(our_rate(name, songs[name], loaded) for _ in range(rounds))
            for name in models
        }
    found: dict[str, dict[str, float]] = {}
    for name in models:
        ratios = [mine / theirs for mine, theirs in zip(ours[name], plain[name], strict=True)]
        quiet = statistics.median(ours[name])
        found[name] = {
            "ours": round(quiet, 2),
            "busy": round(busy[name], 2),
            "slower": round(quiet / busy[name], 2),
            "plain": round(statistics.median(plain[name]), 2),
            "ratio": round(statistics.median(ratios), 2),
            "least": round(min(ratios), 2),
            "greatest": round(max(ratios), 2),
        }
        of = found[name]
        print(
            f"{name}: {of['ours']:.1f} songs/s, beside a busy process {of['busy']:.1f} "
            f"({of['slower']:.2f} times slower), plain {of['plain']:.1f} songs/s, ratio "
            f"{of['ratio']:.2f} ({of['least']:.2f} to {of['greatest']:.2f})",
            flush=True,
        )
    return found


if __name__ == "__main__":
    main()
