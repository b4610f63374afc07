"""Whether songs come back whole: the songbook and songs written here, through every format.

    python bench/check_round_trips.py [--written 300] [--seed 0] [--format musicxml ...] [--show 3]

The written songs have words of the songbook and of bench/lyrics, and wishes drawn at random: all
keys, styles, metres, complexities, forms, numbers of chords, a capo. A format is asked for what it
says it holds (`HOLDS` below; the rest is what its sentence on the page leaves out): a format that
is read here by our reader, a project of a recording program by its markers. `--show` prints so many
losses of each format. The last line of stdout is one JSON object; the exit status is 1 if anything
is lost.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import shlex
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

sys.path.insert(0, str(Path(__file__).parent.parent))

from engine import formats
from engine.arrangement.styles import STYLES
from engine.corpora.songbook import songbook
from engine.errors import InputError
from engine.formats.midi import typewritten
from engine.generator import COMPLEXITIES, Controls, load_generator
from engine.lyrics import Lyrics
from engine.music.chord import Chord
from engine.music.form.templates import TEMPLATES
from engine.music.key import KEYS, Key
from engine.music.lead_sheet import LeadSheet, Line, PlacedChord

LYRICS = Path(__file__).parent / "lyrics"
PARTING = "\n---\n"
TITLES = ("", "Rain & <Road>", "{Ça va} #1", "It’s Late")
METRES = ("4/4", "4/4", "3/4", "6/8", "2/2", "12/8", "5/4", "2/4", "7/8")
Held = dict[str, Any]


def everything(sheet: LeadSheet) -> Held:
    """What JSON and ChordPro hold."""
    return scored(sheet) | {"genre": sheet.genre, "capo": sheet.capo, "form": sheet.form}


def scored(sheet: LeadSheet) -> Held:
    """What a score holds."""
    return {
        "head": (sheet.title, sheet.artist, sheet.key, sheet.tempo, sheet.time_signature),
        "words": [line.words for line in sheet.lines],
        "sections": [(line.section, line.number, line.stanza) for line in sheet.lines],
        "chords": [line.chords for line in sheet.lines],
    }


def typed(sheet: LeadSheet) -> Held:
    """What a text holds: in each line its chords in their order, each on its word or the next."""
    held = everything(sheet)
    return held | {"chords": [[one.chord for one in line.chords] for line in sheet.lines]}


def sounding(sheet: LeadSheet) -> Held:
    """What a MIDI file holds."""
    return {
        "head": (sheet.title, sheet.key, sheet.tempo, sheet.time_signature),
        "words": [[typewritten(word) for word in line.words] for line in sheet.lines],
        "sections": [(line.section, line.number, line.stanza) for line in sheet.lines],
        "chords": list(sheet.chords),
    }


def barred(sheet: LeadSheet) -> Held:
    """What iReal Pro holds: chords that change, rare ones as the nearest that it has.

    Bars before a song's first chord are bars without one there, which is no change.
    """
    changes = [tones for tones, _ in groupby(map(in_ireal, sheet.chords))]
    return {
        "head": (sheet.title, sheet.key, sheet.tempo, sheet.time_signature),
        "changes": changes if not changes or changes[0] else changes[1:],
    }


@lru_cache(1_000)
def in_ireal(chord: Chord) -> frozenset[int]:
    """The tones of a chord that stands alone in a song of iReal Pro."""
    alone = LeadSheet("A", Key("C", "major"), (Line((), (PlacedChord(0, chord),)),))
    (found,) = set(formats.read(formats.write(alone, "ireal"), "ireal").chords)
    return found.pitch_classes


HOLDS: dict[str, Callable[[LeadSheet], Held]] = {
    "json": everything,
    "chordpro": everything,
    "text": typed,
    "musicxml": scored,
    "mxl": scored,
    "midi": sounding,
    "ireal": barred,
}


def marked(sheet: LeadSheet) -> list[str]:
    """The symbols that a recording program shows over its bars."""
    return [chord.symbol for chord in sheet.chords]


def daw_markers(data: bytes) -> list[str]:
    """The names of a DAWproject's markers, with ASCII accidentals."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        project = ElementTree.fromstring(archive.read("project.xml"))  # noqa: S314 - ours
    return [in_ascii(marker.get("name", "")) for marker in project.iter("Marker")]


def reaper_markers(data: bytes) -> list[str]:
    """The names of a REAPER project's markers, with ASCII accidentals."""
    lines = [line for line in data.decode().splitlines() if line.strip().startswith("MARKER ")]
    return [in_ascii(shlex.split(line)[3]) for line in lines]


def in_ascii(name: str) -> str:
    """A chord's name with the accidentals of `Chord.symbol`."""
    return name.replace("♯", "#").replace("♭", "b")


MARKERS: dict[str, Callable[[bytes], list[str]]] = {
    "dawproject": daw_markers,
    "reaper": reaper_markers,
}


def lost(sheet: LeadSheet, name: str) -> list[str]:
    """Which of the things that a format says it holds a song loses in it."""
    data = formats.write(sheet, name)
    if name in MARKERS:
        return [] if is_within(marked(sheet), MARKERS[name](data)) else ["chords"]
    held, found = (HOLDS[name](one) for one in (sheet, formats.read(data, name)))
    return [part for part, value in held.items() if found[part] != value]


def is_within(wanted: list[str], found: list[str]) -> bool:
    """Whether a list has the names wanted, in their order, among others."""
    rest = iter(found)
    return all(any(name == other for other in rest) for name in wanted)


def written(count: int, seed: int) -> Iterator[LeadSheet]:
    """Songs by the generator without its decoder, with wishes drawn at random."""
    draw = random.Random(seed)  # noqa: S311 - a draw of songs
    texts = [path.read_text("utf-8").split(PARTING)[0] for path in sorted(LYRICS.glob("*.txt"))]
    texts += [lyric_of(song) for song in songbook()]
    generator = load_generator()
    for number in range(count):
        wishes = Controls(
            key=draw.choice(KEYS),
            genre=draw.choice(sorted(STYLES)),
            chords_per_line=draw.choice((None, None, 1, 2, 3, 5)),
            complexity=draw.choice(COMPLEXITIES),
            temperature=draw.choice((0.0, 0.8, 1.4)),
            seed=number,
            tempo=draw.choice((None, 44, 96, 187)),
            time_signature=draw.choice(METRES),
            title=draw.choice(TITLES),
            decoder=False,
            variety=draw.random(),
            borrowed=draw.choice((0.0, 1.0, 4.0)),
            form=draw.choice((None, None, *TEMPLATES)),
        )
        lyrics = Lyrics.parse(draw.choice(texts))
        try:
            sheet = generator.generate(lyrics, wishes)
        except InputError:  # words that do not fit the form
            sheet = generator.generate(lyrics, replace(wishes, form=None))
        yield replace(sheet, capo=draw.choice((0, 0, 1, 5)))


def lyric_of(song: LeadSheet) -> str:
    """The words with their headings, as somebody types them."""
    stanzas = groupby((line for line in song.lines if line.words), lambda line: line.stanza)
    texts = [list(lines) for _, lines in stanzas]
    return "\n\n".join(
        "\n".join(
            [*([f"[{lines[0].heading}]"] if lines[0].section else []), *(x.text for x in lines)]
        )
        for lines in texts
    )


def main() -> None:
    """Write, read, compare, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--written", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    names = (*HOLDS, *MARKERS)
    parser.add_argument("--format", nargs="+", choices=names, default=names)
    parser.add_argument("--show", type=int, default=0, help="losses to print of each format")
    options = parser.parse_args()
    songs = [*songbook(), *written(options.written, options.seed)]
    losses: dict[str, Counter[str]] = {}
    for name in options.format:
        counted = losses[name] = Counter[str]()
        shown = 0
        for number, song in enumerate(songs):
            missing = lost(song, name)
            counted.update(missing)
            if missing and shown < options.show:
                shown += 1
                print(f"{name}, song {number} {song.title!r}: {', '.join(missing)}")
                show(song, name, missing)
        whole = (
            "all whole" if not counted else ", ".join(f"{n} lose {p}" for p, n in counted.items())
        )
        print(f"{name:11}{len(songs)} songs: {whole}")
    total = sum(sum(counted.values()) for counted in losses.values())
    print(json.dumps({"check": "round trips", "songs": len(songs), "losses": total}))
    sys.exit(1 if total else 0)


def show(song: LeadSheet, name: str, missing: list[str]) -> None:
    """Print the first difference of each part that was lost."""
    if name in MARKERS:
        return
    held, found = (
        HOLDS[name](one) for one in (song, formats.read(formats.write(song, name), name))
    )
    for part in missing:
        pairs = zip(
            *(
                list(map(str, one[part]))
                if isinstance(one[part], (list, tuple))
                else [str(one[part])]
                for one in (held, found)
            ),
            strict=False,
        )
        at, pair = next(
            ((at, pair) for at, pair in enumerate(pairs) if pair[0] != pair[1]), (-1, ("", ""))
        )
        print(f"  {part} {at}: {pair[0][:200]}\n    -> {pair[1][:200]}  ({song.time_signature})")


if __name__ == "__main__":
    main()
