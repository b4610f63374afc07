"""200 lyrics of odd shapes through the shipped generator: 200 valid lead sheets.

    python bench/check_generator_shapes.py [--count 200]

Each sheet is checked against its lyric and controls and must survive the JSON and ChordPro
formats. The last line of stdout is one JSON object; a failure ends with a traceback, exit code 1.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from engine.classifiers.prediction import GENRES
from engine.formats import write
from engine.generator import COMPLEXITIES, Controls, load_generator
from engine.generator.placement.ranker import capacity
from engine.generator.vocabulary import complexity_of
from engine.generator.wishes import wished_form
from engine.lyrics import Lyrics, line_key
from engine.music.form import COPY
from engine.music.key import KEYS
from engine.music.lead_sheet import LeadSheet

WORDS = (
    *("rain", "river", "Home", "don't", "'cause", "la", "O", "yeah!", "rock-and-roll", "(ooh)"),
    *("1999", "🎸🔥", "über", "愛", "мир", "—", "…", "A.M.", "w" * 60, "x\u0301y", "&amp;", "50%"),
)


def odd_lyric(chosen: random.Random) -> str:
    """One lyric of an odd shape: short, long, repeated, with blank lines and headings."""
    shape = chosen.choice(("one word", "short", "short", "wide", "long", "repeats", "stanzas"))
    if shape == "one word":
        return chosen.choice(WORDS[:10])

    def line(most: int) -> str:
        return " ".join(chosen.choices(WORDS, k=chosen.randint(1, most)))

    if shape == "wide":
        return "go\n" + " ".join(chosen.choices(WORDS, k=chosen.randint(60, 200)))
    if shape == "long":
        return "\n".join(f"word {line(3)}" for _ in range(chosen.randint(30, 60)))
    lines = [f"sing {line(8)}" for _ in range(chosen.randint(1, 5))]
    if shape == "repeats":
        lines = lines * chosen.randint(2, 6)
        return "\n".join(text.upper() if chosen.random() < 0.3 else text for text in lines)
    if shape == "stanzas":
        headings = chosen.choices(("[Chorus]", "Verse 2:", "", "(Outro)"), k=len(lines))
        return "\n\n".join(f"{top}\n{text}" for top, text in zip(headings, lines, strict=True))
    return "\n".join(lines)


def random_controls(chosen: random.Random) -> Controls:
    """Controls over their whole range."""
    return Controls(
        key=chosen.choice((None, *KEYS)),
        genre=chosen.choice((None, *GENRES)),
        chords_per_line=chosen.choice((None, None, 1, 2, 4, 9)),
        complexity=chosen.choice(COMPLEXITIES),
        temperature=chosen.choice((0.0, 0.8, 2.0)),
        seed=chosen.randrange(2**31),
        time_signature=chosen.choice(("4/4", "3/4", "6/8", "12/8", "2/2")),
    )


def check(sheet: LeadSheet, lyrics: Lyrics, controls: Controls) -> None:
    """Raise AssertionError at the first broken promise."""

    def holds(condition: bool, promise: str) -> None:
        if not condition:
            raise AssertionError(f"{promise}: {controls}, {lyrics.text[:80]!r}")

    holds([x.words for x in sheet.lines] == [x.words for x in lyrics.lines], "one line per line")
    holds(controls.key in (None, sheet.key), "the asked key")
    form = wished_form(lyrics.lines, controls)
    for line, plan in zip(sheet.lines, form.lines, strict=True):
        positions = [placed.word for placed in line.chords]
        holds(positions == sorted(positions), "positions never run backwards")
        holds(all(0 <= at <= len(line.words) for at in positions), "positions on the line")
        if plan.plan == COPY and plan.source is not None:
            source = sheet.lines[plan.source]
            same = line_key(source.words) == line_key(line.words)
            holds(not same or source.chords == line.chords, "the chords of the line it copies")
        level = COMPLEXITIES.index(controls.complexity)
        holds(all(complexity_of(x.chord) <= level for x in line.chords), "the asked complexity")
        if controls.chords_per_line is not None:
            wanted = min(controls.chords_per_line, capacity(len(line.words)))
            holds(len(positions) == wanted, "the asked number of chords")
    holds(bool(sheet.lines[0].chords), "the song begins with a chord")
    for name in ("json", "chordpro", "musicxml"):
        holds(bool(write(sheet, name)), f"can be written as {name}")


def main() -> None:
    """Check and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--count", type=int, default=200)
    options = parser.parse_args()
    generator = load_generator()
    chosen = random.Random(7)  # noqa: S311
    start = time.perf_counter()
    lines = 0
    for number in range(options.count):
        lyrics, controls = Lyrics.parse(odd_lyric(chosen)), random_controls(chosen)
        check(generator.generate(lyrics, controls), lyrics, controls)
        lines += len(lyrics.lines)
        if number % 20 == 19:
            print(f"{number + 1} lead sheets, all valid", flush=True)
    seconds = round(time.perf_counter() - start, 1)
    print(
        json.dumps({"check": "shapes", "valid": options.count, "lines": lines, "seconds": seconds})
    )


if __name__ == "__main__":
    main()
