"""A data set of Genius Expertise's size: import, and what the Explorer asks of it, beside pandas.

``python bench/bench_corpus.py [--songs N] [--folder FOLDER] [--alone]``. The dump is
`genius_dump.py`'s, with words of its own and broken lines; it is imported by a process of its own,
whose memory is read at the end. Then 50 questions as the page asks them (searches of words that
come often, seldom and never, filters, charts, the first rows of the table), each asked once of the
store and once of a pandas data frame of the same songs, which holds all of them in memory; both
answers must be alike. With ``--alone`` pandas is not asked. The store is also asked beside a busy
process. The dump is deleted afterwards unless a folder is named.
The last line of stdout is one JSON object.
"""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import genius_dump
from genius_dump import INFO, LYRICS
from measuring import ROOT, busy_neighbour, last_line, p95, parsed_arguments, seconds

from engine.corpora import filtered
from engine.corpora.store import Filters, SongStore
from engine.corpora.store.making import STORE

QUESTIONS = 50
Question = tuple[Callable[[SongStore], Any], Callable[[Any], Any]]
_IMPORT = """
import json, resource, sys, time
from pathlib import Path
from engine.corpora.store import import_songs
began = time.perf_counter()
import_songs(Path(sys.argv[1]))
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"seconds": time.perf_counter() - began, "mib": memory}))
"""


def main() -> None:
    """Measure and print."""
    alone: dict[str, Any] = {"action": "store_true", "help": "ask the store, and not pandas"}
    arguments = parsed_arguments(__doc__, precision=False, **genius_dump.OPTIONS, alone=alone)
    with genius_dump.dump_in(arguments.folder, arguments.songs) as folder:
        for old in folder.glob(f"{STORE}*"):
            if old.is_file():
                old.unlink()
        read = sum((folder / name).stat().st_size for name in (LYRICS, INFO)) / 1e6
        imported = import_measured(folder)
        speed = read / imported["seconds"]
        print(
            f"import: {read:,.0f} MB in {imported['seconds']:.1f} s, {speed:.1f} MB/s, "
            f"{imported['mib']:,.0f} MiB of memory",
            flush=True,
        )
        store = SongStore(folder / STORE)
        queries = questions(store)
        quiet = [seconds(lambda ask=ask: ask(store)) for ask, _ in queries]
        with busy_neighbour():
            busy = [seconds(lambda ask=ask: ask(store)) for ask, _ in queries]
        songs = store.overview().songs
        beside = {} if arguments.alone else asked_of_pandas(store, queries, quiet)
        told = f"; pandas {beside['pandas_p95']:.3f} s, " if beside else ""
        if beside:
            told += f"{beside['pandas_ratio']:.1f} times as long in the median"
        print(
            f"{QUESTIONS} questions over {songs:,} songs: p95 {p95(quiet):.3f} s, beside a "
            f"busy process {p95(busy):.3f} s{told}",
            flush=True,
        )
        store.close()
    last_line(
        "corpus",
        songs=songs,
        import_mb_per_second=round(speed, 1),
        import_mib=round(imported["mib"]),
        p95={name: round(p95(of), 3) for name, of in (("quiet", quiet), ("busy", busy))},
        **beside,
    )


def asked_of_pandas(
    store: SongStore, queries: list[Question], quiet: list[float]
) -> dict[str, float]:
    """The same questions to a data frame; its answers must be the store's."""
    songs = store.table(Filters(), ("title", "artist", "year", "genre", "words", "sung"))
    songs["year"] = songs["year"].astype("Int64")
    songs["lyrics"] = songs["sung"]
    pandas = [seconds(lambda ask=ask: ask(songs)) for _, ask in queries]
    for number, (ask, other) in enumerate(queries):
        assert ask(store) == other(songs), f"question {number} is answered differently"  # noqa: S101
    ratio = statistics.median(b / a for a, b in zip(quiet, pandas, strict=True))
    return {"pandas_p95": round(p95(pandas), 3), "pandas_ratio": round(ratio, 2)}


def import_measured(folder: Path) -> dict[str, float]:
    """Seconds and memory (MiB) of an import by a process of its own."""
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", _IMPORT, str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def questions(store: SongStore) -> list[Question]:
    """Questions for the store and the same for a data frame, with answers that can be compared."""
    chance = random.Random(0)  # noqa: S311 - not for secrets
    words = str(store.song(0)["sung"]).split()
    genres = store.names("genre")
    found: list[Question] = []
    for number in range(QUESTIONS):
        search = chance.choice([*words, "no such word", "", " ".join(words[:2]), words[0] * 2])
        chosen = tuple(chance.sample(genres, 3)) if number % 2 else ()
        years = (1990, chance.randrange(2000, 2020)) if number % 3 == 0 else None
        filters = Filters(genres=chosen, years=years, search=search)
        found.append(_question(number % 4, filters))
    return found


def _question(kind: int, filters: Filters) -> Question:
    def passing(songs: Any) -> Any:
        return filtered(songs, filters.genres, filters.years, filters.words, filters.search)

    if kind == 0:
        return (
            lambda store: store.overview(filters).words,
            lambda songs: int(passing(songs)["words"].sum()),
        )
    if kind == 1:
        whole = filters.without("genres")
        return (
            lambda store: dict(store.genres(whole).itertuples(index=False, name=None)),
            lambda songs: (
                filtered(songs, (), whole.years, None, whole.search)["genre"]
                .replace("", "unknown")
                .value_counts()
                .to_dict()
            ),
        )
    if kind == 2:
        return (
            lambda store: store.table(filters, ("title",), 1000)["title"].tolist(),
            lambda songs: passing(songs)["title"].head(1000).tolist(),
        )
    return (
        lambda store: int(store.lengths(filters)["songs"].sum()),
        lambda songs: len(passing(songs)),
    )


if __name__ == "__main__":
    main()
