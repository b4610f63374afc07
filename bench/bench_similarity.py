"""Songs a second that are read as vectors, beside plain `transformers` loops over the same songs.

``python bench/bench_similarity.py [--songs N] [--rounds N] [--table FILE]``. The songs are those of
`bench_batch.py`, 40 to 600 words, or the first of a table that `engine.corpora` reads. Ours is
`SongEncoder.vectors` in chunks of 64, whichever precision it chooses. Three plain loops in float32
stand beside it, over the same base, and ours in float32:

- *whole*: song by song, all its lines in windows as long as ours, the mean over all tokens;
- *cut*: song by song, the first 512 tokens and no more;
- *batches*: the model card's own example, 32 songs in their order padded to the longest, cut so.

All take turns, and ratios are the median of the rounds', by the clock and by the processor time of
all threads, which other processes on the machine disturb less. How far vectors agree is told by
cosines, and by how many of a song's ten nearest are the same. Then the nearest of 223,000 vectors
are looked for. The last line of stdout is one JSON object.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from bench_batch import shuffled_songs
from measuring import last_line, median_seconds, parsed_arguments

from engine.classifiers.windows import even_windows, padded
from engine.corpora import read_file
from engine.corpora.store.schema import sung
from engine.models.bases import base_source
from engine.models.quiet import quiet_libraries
from engine.similarity.embedding import CHUNK
from engine.similarity.encoder import SongEncoder
from engine.similarity.neighbours import cosines
from engine.similarity.network import FLOAT32
from engine.similarity.reading import MOST_WINDOWS, WINDOW
from engine.similarity.revision import encoder_base
from engine.similarity.vectors import Vectors, VectorsWriter

LONGEST, BATCH = 512, 32
STORED = 223_000

OWN_FLOAT32 = "ours in float32"

Read = Callable[[list[str]], Any]


def main() -> None:
    """Measure and print."""
    arguments = parsed_arguments(
        __doc__,
        precision=False,
        songs={"type": int, "default": 96},
        rounds={"type": int, "default": 3},
        table={"type": Path, "help": "a table of songs instead of the songbook's words"},
    )
    quiet_libraries()
    songs = songs_of(arguments.table, arguments.songs)
    encoder = SongEncoder()
    unrounded = SongEncoder(FLOAT32)
    ways: dict[str, Read] = {
        "ours": lambda given: ours(encoder, given),
        OWN_FLOAT32: lambda given: ours(unrounded, given),
        **plain_loops(),
    }
    found: dict[str, Any] = {}
    for read in ways.values():
        read(songs[:4])
    times: dict[str, list[float]] = {name: [] for name in ways}
    worked: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(arguments.rounds):
        for name, read in ways.items():
            began, before = time.perf_counter(), time.process_time()
            found[name] = read(songs)
            times[name].append(time.perf_counter() - began)
            worked[name].append(time.process_time() - before)
    rates = {name: len(songs) / statistics.median(of) for name, of in times.items()}
    ratios, by_work = (
        {
            name: statistics.median(b / a for a, b in zip(of["ours"], of[name], strict=True))
            for name in ways
            if name != "ours"
        }
        for of in (times, worked)
    )
    print(f"ours ({encoder.network.precision}): {rates['ours']:.1f} songs/s", flush=True)
    for name, ratio in ratios.items():
        kind = name if name == OWN_FLOAT32 else f"plain, {name}"
        print(
            f"{kind}: {rates[name]:.1f} songs/s, ours {ratio:.2f} times as many, "
            f"{by_work[name]:.2f} times by processor time",
            flush=True,
        )
    agreement = {name: alike(found["ours"], of) for name, of in found.items() if name != "ours"}
    for name, (median, least, shared) in agreement.items():
        print(
            f"ours beside {name}: cosine {median:.4f} in the median, {least:.4f} at least, "
            f"{shared:.2f} of ten nearest songs the same"
        )
    nearest = nearest_seconds(encoder.width)
    print(f"nearest of {STORED:,} vectors: {1000 * nearest:.0f} ms")
    last_line(
        "similarity",
        songs=len(songs),
        words=sum(len(song.split()) for song in songs),
        precision=encoder.network.precision,
        songs_per_second={name: round(rate, 1) for name, rate in rates.items()},
        times_as_many={name: round(ratio, 2) for name, ratio in ratios.items()},
        times_by_processor={name: round(ratio, 2) for name, ratio in by_work.items()},
        agreement={
            name: {"cosine": round(m, 4), "least": round(least, 4), "nearest": round(shared, 2)}
            for name, (m, least, shared) in agreement.items()
        },
        nearest_ms=round(1000 * nearest),
    )


def songs_of(table: Path | None, count: int) -> list[str]:
    """Songs as they are sung."""
    if table is None:
        return [sung(song).text for song in shuffled_songs(count)]
    texts = [str(text).lower() for text in read_file(table).songs["sung"] if text]
    return np.random.default_rng(0).permutation(np.array(texts, object))[:count].tolist()


def ours(encoder: SongEncoder, songs: list[str]) -> Any:
    """Vectors by the encoder, in chunks as a map reads them."""
    return np.concatenate(
        [encoder.vectors(songs[at : at + CHUNK]) for at in range(0, len(songs), CHUNK)]
    ).astype(np.float32)


def plain_loops() -> dict[str, Read]:
    """Loops without any of our care."""
    from transformers import AutoModel, AutoTokenizer

    source = base_source(encoder_base())
    tokenizer: Any = AutoTokenizer.from_pretrained(source)
    model: Any = AutoModel.from_pretrained(source, add_pooling_layer=False, dtype=torch.float32)
    model.eval()

    def mean(ids: torch.Tensor, mask: torch.Tensor, *, over: int | None = None) -> torch.Tensor:
        states = model(input_ids=ids, attention_mask=mask).last_hidden_state * mask[..., None]
        return states.sum((0, 1) if over is None else over)

    @torch.inference_mode()
    def whole(songs: list[str]) -> Any:
        found: list[torch.Tensor] = []
        for song in songs:
            ids = tokenizer(song, add_special_tokens=False, verbose=False)["input_ids"]
            first, last = tokenizer.cls_token_id, tokenizer.sep_token_id
            parts = even_windows(ids, WINDOW - 2, MOST_WINDOWS)
            found.append(mean(*padded([[first, *part, last] for part in parts], 0)))
        return normal(torch.stack(found))

    @torch.inference_mode()
    def cut(songs: list[str]) -> Any:
        return normal(torch.cat([mean(*_encoded([song]), over=1) for song in songs]))

    @torch.inference_mode()
    def batches(songs: list[str]) -> Any:
        parts = [songs[at : at + BATCH] for at in range(0, len(songs), BATCH)]
        return normal(torch.cat([mean(*_encoded(part), over=1) for part in parts]))

    def _encoded(songs: list[str]) -> tuple[torch.Tensor, torch.Tensor]:
        given = tokenizer(
            songs, padding=True, truncation=True, max_length=LONGEST, return_tensors="pt"
        )
        return given["input_ids"], given["attention_mask"]

    return {"whole": whole, "cut": cut, "batches": batches}


def normal(sums: torch.Tensor) -> Any:
    """Of length one, so that a sum does as a mean."""
    return torch.nn.functional.normalize(sums, dim=1).numpy()


def alike(one: Any, other: Any) -> tuple[float, float, float]:
    """Median and least cosine of vectors of the same songs; how many of ten nearest are shared."""
    cosine = (one * other).sum(1)
    near = [_nearest(vectors) for vectors in (one, other)]
    shared = [len(set(a) & set(b)) / len(a) for a, b in zip(*near, strict=True)]
    return float(np.median(cosine)), float(cosine.min()), float(np.mean(shared))


def _nearest(vectors: Any) -> list[list[int]]:
    cosine = vectors @ vectors.T
    np.fill_diagonal(cosine, -2)
    return np.argsort(-cosine, axis=1)[:, :10].tolist()


def nearest_seconds(width: int) -> float:
    """How long all cosines with one of very many vectors on disk take."""
    chance = np.random.default_rng(0)
    with tempfile.TemporaryDirectory(prefix="lyric-lab-bench-") as folder:
        path = Path(folder) / "songs.vectors"
        with VectorsWriter(path, width) as writer:
            for at in range(0, STORED, 1000):
                keys = [f"{at + n:032d}".encode() for n in range(1000)]
                writer.add(keys, chance.normal(size=(1000, width)).astype(np.float16))
        stored = Vectors(path, width)
        return median_seconds(lambda: cosines(stored.values, stored.values[7]), 5)


if __name__ == "__main__":
    main()
