"""Whether the generator keeps forms: 30 blues go to IV and come home, in 20 AABA songs A returns.

    python bench/check_song_forms.py [--seed 0] [--show]

The lyrics are those of bench/lyrics; every verse of the blues song counts, and each of the short
ones. `--show` prints every song that does not keep its form. The last line of stdout is one JSON
object.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from engine.evaluation.metrics.kept_forms import keeps_blues, last_a_returns
from engine.evaluation.metrics.song_harmony import sections, sung_lines
from engine.formats import write
from engine.generator import Controls, load_generator
from engine.lyrics import Lyrics
from engine.music.key import Key
from engine.music.lead_sheet import LeadSheet

LYRICS = Path(__file__).parent / "lyrics"
PARTING = "\n---\n"
KEYS = ("E:major", "A:major", "G:major", "C:major", "Bb:major")


def lyrics_of(*names: str) -> list[Lyrics]:
    """The songs of files of `LYRICS`."""
    texts = [text for name in names for text in (LYRICS / name).read_text("utf-8").split(PARTING)]
    return [Lyrics.parse(text) for text in texts]


def keeps_every_blues(sheet: LeadSheet) -> bool:
    """Whether every verse of a song keeps the form."""
    return all(keeps_blues(verse) for verse in sections(sung_lines(sheet)))


def sheets(lyrics: Iterable[Lyrics], genre: str, seed: int) -> list[LeadSheet]:
    """Each lyric with chords, in keys taken in turn."""
    generator = load_generator()
    return [
        generator.generate(
            one, Controls(key=Key.parse(KEYS[number % len(KEYS)]), genre=genre, seed=seed + number)
        )
        for number, one in enumerate(lyrics)
    ]


def main() -> None:
    """Write, look, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", action="store_true", help="print songs that lose their form")
    options = parser.parse_args()
    blues = sheets(lyrics_of("aab-blues.txt", "blues-verses.txt"), "blues", options.seed)
    standards = sheets(lyrics_of("aaba-songs.txt"), "jazz", options.seed)
    kept = [keeps_every_blues(sheet) for sheet in blues]
    returning = [last_a_returns(sung_lines(sheet)) for sheet in standards]
    if options.show:
        for sheet, good in zip((*blues, *standards), (*kept, *returning), strict=True):
            if not good:
                print(write(sheet, "chordpro").decode(), end="\n\n")
    print(f"{sum(kept)} of {len(kept)} blues go to IV in line 2 and come home in line 3")
    print(f"in {sum(returning)} of {len(returning)} AABA songs the last A returns")
    found = {"blues": sum(kept), "of blues": len(kept)}
    print(json.dumps({"check": "forms", **found, "aaba": sum(returning), "of": len(returning)}))


if __name__ == "__main__":
    main()
