"""Time to write chords on 16 lines of 7 words, beside plain float32 ``generate``.

    python bench/bench_chords.py [--runs 5] [--precision float32 bfloat16]

Ours: the shipped generator, warm. Plain: `transformers` ``generate`` in float32 on the same
merged weights (same layers, the base's full vocabulary head), greedy, given the whole lyric and
made to say as many tokens as ours said. Its answer is not chords; only its time is of interest.
Both are measured on a quiet machine and beside a busy process; times are medians in seconds, and
the last line of stdout is one JSON object.
"""

from __future__ import annotations

import time
from typing import Any

from measuring import (
    in_precision,
    last_line,
    median_seconds,
    parsed_arguments,
    quiet_and_busy,
    told,
)

from engine.generator import Controls
from engine.generator.model import load_model
from engine.generator.tinyllama import TinyLlamaGenerator
from engine.lyrics import Lyrics
from engine.models.bases import base_source
from engine.models.compute import Precision
from engine.models.presets import slot
from engine.models.quiet import quiet_libraries
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


def plain_model(generator: TinyLlamaGenerator) -> tuple[Any, Any]:
    """The same merged weights as a float32 LlamaForCausalLM, and the base's tokenizer."""
    import torch
    from transformers import AutoTokenizer, LlamaForCausalLM

    where = slot("tinyllama")
    merged: Any = load_model(
        where,
        where.folder,
        generator.vocabulary,
        int(generator.card.config["layers"]),
        Precision("float32", "the plain side"),
        torch.device("cpu"),
    ).decoder
    words = torch.nn.Embedding.from_pretrained(merged.get_input_embeddings().weight.float())
    merged.set_input_embeddings(words)
    model: Any = LlamaForCausalLM(merged.config)
    model.model = merged
    model.lm_head.weight = words.weight
    source = base_source(where.base) if where.base else ""
    return model.eval(), AutoTokenizer.from_pretrained(source)


def said(sheet: LeadSheet) -> int:
    """How many tokens a lead sheet took: two a chord, one a line."""
    return sum(2 * len(line.chords) + 1 for line in sheet.lines)


def main() -> None:
    """Measure both and print."""
    import torch

    arguments = parsed_arguments(__doc__, runs={"type": int, "default": 5})
    quiet_libraries()
    lyrics = Lyrics.parse(LYRIC)
    controls = Controls(genre="folk")
    found: dict[str, Any] = {}
    loading = 0.0
    for asked in arguments.precision:
        precision = in_precision(asked)
        began = time.perf_counter()
        generator = TinyLlamaGenerator()
        loading = time.perf_counter() - began
        sheet = generator.generate(lyrics, controls)
        found[precision] = quiet_and_busy(
            lambda generator=generator: median_seconds(
                lambda: generator.generate(lyrics, controls), arguments.runs, 1
            )
        )
        told(
            f"{len(lyrics.lines)} lines in {precision}, {len(sheet.chords)} chords",
            found[precision],
        )

    model, tokenizer = plain_model(generator)
    inputs: Any = tokenizer(lyrics.text, return_tensors="pt")
    tokens = said(sheet)

    def plain() -> None:
        with torch.inference_mode():
            model.generate(**inputs, do_sample=False, min_new_tokens=tokens, max_new_tokens=tokens)

    theirs = quiet_and_busy(lambda: median_seconds(plain, arguments.runs, 1))
    told("plain float32 generate", theirs)
    last_line(
        "chords",
        lines=len(lyrics.lines),
        chords=len(sheet.chords),
        tokens=tokens,
        runs=arguments.runs,
        seconds=found,
        plain_seconds=theirs,
        plain_over_ours={
            name: round(theirs["quiet"] / seconds["quiet"], 2) for name, seconds in found.items()
        },
        target_seconds=TARGET_SECONDS,
        load_seconds=round(loading, 2),
    )


if __name__ == "__main__":
    main()
