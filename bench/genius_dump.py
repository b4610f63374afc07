"""A dump shaped as Genius Expertise, of any size, with words of its own and broken lines in it.

``python bench/genius_dump.py FOLDER --songs 223000`` writes ``lyrics.jl``, ``song_info.jl`` and
``map_artist_names.csv``. Words are made of syllables and drawn as words are (Zipf); songs have
verses, a chorus that comes back, and headings; tags mix genres with places; some songs have no
words, no title or no date; about one line in ten thousand is broken.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from engine.corpora.store import SongStore

LYRICS, INFO = "lyrics.jl", "song_info.jl"
OPTIONS: dict[str, dict[str, Any]] = {
    "songs": {"type": int, "default": 223_000},
    "folder": {"type": Path, "help": "keep the dump and its store here, or take them from here"},
}
"""Of the benchmarks that ask about a dump."""
SYLLABLES = [start + end for start in "bklmnrst" for end in "aeio"]
WORDS = 40_000
GENRES = (
    *("rap", "pop", "rock", "r&b", "country", "alternative rock", "trap", "indie rock", "metal"),
    *("electronic", "soul", "folk", "punk rock", "jazz", "blues", "reggae", "drill", "synth-pop"),
    *(
        f"{kind} {base}"
        for kind in ("dark", "new", "deep", "art", "lo-fi")
        for base in (
            "rap",
            "pop",
            "rock",
            "folk",
            "house",
            "jazz",
            "punk",
            "soul",
            "metal",
            "country",
            "techno",
            "blues",
            "funk",
            "trap",
            "reggae",
            "gospel",
            "swing",
            "ambient",
        )
    ),
)
PLACES = ("uk", "usa", "east coast", "west coast", "france", "deutschland", "genius", "en espanol")
MONTHS = ("January", "March", "June", "August", "November", "December")


def main() -> None:
    """Write the files named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--songs", **OPTIONS["songs"])
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    size = write(arguments.folder, arguments.songs, arguments.seed)
    print(f"wrote {size / 1e6:,.0f} MB to {arguments.folder}")


@contextmanager
def dump_in(folder: Path | None, songs: int) -> Generator[Path]:
    """A folder with a dump of so many songs: written if it lacks one; without it a passing one."""
    with tempfile.TemporaryDirectory(prefix="lyric-lab-bench-") as passing:
        place = folder or Path(passing)
        if not (place / LYRICS).exists():
            write(place, songs)
        yield place


@contextmanager
def store_in(folder: Path | None, songs: int) -> Generator[SongStore]:
    """The store of the dump in such a folder, open: imported if it is not there."""
    from engine.corpora.store import SongStore, import_songs
    from engine.corpora.store.making import STORE

    with dump_in(folder, songs) as place:
        if not (place / STORE).exists():
            import_songs(place)
        store = SongStore(place / STORE)
        try:
            yield store
        finally:
            store.close()


def write(folder: Path, songs: int, seed: int = 0) -> int:
    """Write a dump of so many songs; gives its bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn = np.random.default_rng(seed)
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    words = _words(chance)
    shares = 1 / np.arange(1, WORDS + 1) ** 0.95
    sums = np.cumsum(shares / shares.sum())
    artists = max(songs // 6, 4)
    lyrics, info = folder / LYRICS, folder / INFO
    with lyrics.open("w", encoding="utf-8") as sung, info.open("w", encoding="utf-8") as told:
        for number in range(songs):
            artist = f"Artist-{int(artists * chance.random() ** 2)}"
            tags = _tags(chance)
            at = np.searchsorted(sums, drawn.random(150))
            line = [words[index] for index in at]
            name = f"{artist}-{line[0]}-{line[1]}-{number}-lyrics"
            song: dict[str, Any] = {
                "url_name": name,
                "primary_artist": artist,
                "title": f"{line[0]} {line[1]}".capitalize(),
                "tags": tags,
                "views": chance.randrange(10**6),
                "release_date": None
                if chance.random() < 0.1
                else f"{chance.choice(MONTHS)} {chance.randrange(1, 28)}, "
                f"{int(2020 - 50 * chance.random() ** 3)}",
            }
            if chance.random() < 0.05:
                del song["title"]
            told.write(json.dumps(song) + "\n")
            if chance.random() < 0.9:
                sung.write(json.dumps({"song": name, "lyrics": _lyric(line, tags[0])}) + "\n")
            if chance.random() < 1e-4:
                sung.write('{"song": "' + name + '", "lyrics": "torn off\n')
                told.write("not JSON at all\n")
    aliases = "".join(f"Artist-{n},Artist-{n + 1}\n" for n in range(0, artists - 1, 50))
    (folder / "map_artist_names.csv").write_text(f"name,page\n{aliases}", "utf-8")
    return sum(path.stat().st_size for path in folder.iterdir())


def _words(chance: random.Random) -> list[str]:
    made: dict[str, None] = {}
    while len(made) < WORDS:
        made["".join(chance.choices(SYLLABLES, k=chance.randrange(1, 5)))] = None
    return list(made)


def _tags(chance: random.Random) -> list[str]:
    genre = GENRES[int(len(GENRES) * chance.random() ** 3)]
    more = [GENRES[int(len(GENRES) * chance.random() ** 2)] for _ in range(chance.randrange(3))]
    places = [chance.choice(PLACES)] if chance.random() < 0.5 else []
    return list(dict.fromkeys([genre, *more, *places]))


def _lyric(words: list[str], genre: str) -> str:
    """Three verses and a chorus that comes back, 28 lines; the genre has a word of its own."""
    lines = [" ".join(words[at : at + 7]).capitalize() for at in range(0, 147, 7)]
    chorus = [*lines[:3], f"{lines[3]} {genre.replace(' ', '')}{genre[:1]}a"]
    parts = [
        ("[Verse 1]", lines[4:10]),
        ("[Chorus]", chorus),
        ("[Verse 2: Nobody]", lines[10:16]),
        ("[Chorus]", chorus),
        ("[Bridge]", lines[16:21]),
        ("[Chorus]", chorus),
    ]
    return "\n\n" + "\n\n".join("\n".join([heading, *part]) for heading, part in parts)


if __name__ == "__main__":
    main()
