"""Time to write chords on 16 lines of 7 words, beside plain float32 ``generate``.

    python bench/bench_chords.py [--runs 20] [--threads 2]

Ours: the shipped generator, warm. Plain: `transformers` ``generate`` in float32 on the same
merged weights (same layers, the base's full vocabulary head), greedy, given the whole lyric and
made to say as many tokens as ours said. Its answer is not chords; only its time is of interest.
The last line of stdout is one JSON object; times are seconds, p50 over the runs.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

sys.path.insert(0, str(Path(__file__).parent.parent))

from engine.generator import Controls
from engine.generator.model import load_model
from engine.generator.tinyllama import TinyLlamaGenerator
from engine.lyrics import Lyrics
from engine.models.bases import base_source
from engine.models.presets import slot
from engine.music.lead_sheet import LeadSheet

TARGET_SECONDS = 5.0
LYRIC = """The morning bus is late again today
I count the pigeons on the station roof
A paper cup goes rolling down the line
And nobody is asking me for proof

You said the summer would be long enough
To learn the names of all the birds
But every page we opened turned to leaves
And every leaf was running out of words

So leave a lamp beside the kitchen door
I might be home before the kettle sings
Or I might drive until the radio dies
And find out what another city brings

The driver waves and everyone sits down
I see your window shining through the rain
There is a map of somewhere in my coat
There is a song that nobody can name"""


def p50(task: Callable[[], object], runs: int) -> float:
    """Median seconds of a task, after one warm-up."""
    task()
    seconds: list[float] = []
    for _ in range(runs):
        start = time.perf_counter()
        task()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def plain_model(generator: TinyLlamaGenerator) -> tuple[Any, Any]:
    """The same merged weights as a float32 LlamaForCausalLM, and the base's tokenizer."""
    from transformers import AutoTokenizer, LlamaForCausalLM

    where = slot("tinyllama")
    merged: Any = load_model(
        where,
        where.folder,
        generator.vocabulary,
        int(generator.card.config["layers"]),
        torch.float32,
        torch.device("cpu"),
    ).decoder
    model: Any = LlamaForCausalLM(merged.config)
    model.model = merged
    model.lm_head.weight = merged.get_input_embeddings().weight
    source = base_source(where.base) if where.base else ""
    return model.eval(), AutoTokenizer.from_pretrained(source)


def said(sheet: LeadSheet) -> int:
    """How many tokens a lead sheet took: two a chord, one a line."""
    return sum(2 * len(line.chords) + 1 for line in sheet.lines)


def main() -> None:
    """Measure both and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)

    start = time.perf_counter()
    generator = TinyLlamaGenerator()
    loading = time.perf_counter() - start
    lyrics = Lyrics.parse(LYRIC)
    controls = Controls(genre="folk")
    sheet = generator.generate(lyrics, controls)
    ours = p50(lambda: generator.generate(lyrics, controls), options.runs)

    model, tokenizer = plain_model(generator)
    inputs: Any = tokenizer(lyrics.text, return_tensors="pt")
    tokens = said(sheet)

    def plain() -> None:
        with torch.inference_mode():
            model.generate(**inputs, do_sample=False, min_new_tokens=tokens, max_new_tokens=tokens)

    theirs = p50(plain, options.runs)
    print(f"{len(lyrics.lines)} lines, {len(lyrics.words)} words, {len(sheet.chords)} chords")
    print(f"ours {ours:.2f} s (target {TARGET_SECONDS:g} s), plain float32 generate {theirs:.2f} s")
    print(
        json.dumps(
            {
                "bench": "chords",
                "seconds_p50": round(ours, 3),
                "target_seconds": TARGET_SECONDS,
                "plain_float32_seconds_p50": round(theirs, 3),
                "ratio": round(theirs / ours, 2),
                "load_seconds": round(loading, 2),
                "runs": options.runs,
                "threads": options.threads,
                "chords": len(sheet.chords),
                "tokens": tokens,
                "dtype": str(next(generator.model.decoder.parameters()).dtype).removeprefix(
                    "torch."
                ),
            }
        )
    )


if __name__ == "__main__":
    main()
