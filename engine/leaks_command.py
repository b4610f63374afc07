"""``python -m engine corpus doubles`` and ``leaks``: songs entered twice, and what parts share."""

from __future__ import annotations

import argparse
import json
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from engine.corpora import read_file
from engine.corpora.store import Filters, SongStore, store_of_table
from engine.corpora.store.doubles import doubles, doubles_table
from engine.corpora.store.leaks import HALF, SAME, Leaks, Part, leaks
from engine.corpora.store.near_duplicates import ALIKE
from engine.errors import InputError
from engine.progress import progress_bar

_STORES = (".duckdb",)
_SHOWN = 10


def add_parsers(steps: Any) -> None:
    """Add the two to the steps of ``corpus``."""
    twice = steps.add_parser("doubles", help="songs with nearly the same words, in groups")
    twice.add_argument("store", type=Path)
    twice.add_argument("--output", type=Path, help="CSV to write: a row a song, with its group")
    twice.add_argument(
        "--least", type=_share, default=ALIKE, help="from which likeness on (default: %(default)s)"
    )
    twice.set_defaults(command=_doubles)

    shared = steps.add_parser(
        "leaks", help="artists and words that parts of a data set share, such as train and test"
    )
    shared.add_argument(
        "sources",
        type=Path,
        nargs="+",
        metavar="SOURCE",
        help="one store, whose parts are compared; or a file for each part, stores or tables",
    )
    shared.add_argument(
        "--parts", nargs="+", default=[], metavar="PART", help="of one store: only these parts"
    )
    shared.add_argument("--output", type=Path, help="JSON to write: every artist and pair")
    shared.add_argument(
        "--least", type=_share, default=HALF, help="from which likeness on (default: %(default)s)"
    )
    shared.set_defaults(command=_leaks)


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = 0.0
    if not 0.3 <= share <= 1:
        raise argparse.ArgumentTypeError(f"'{text}' is no likeness from 0.3 to 1")
    return share


def _doubles(arguments: argparse.Namespace) -> None:
    store = SongStore(arguments.store)
    with progress_bar() as progress:
        found = doubles(store, least=arguments.least, progress=progress)
    print(
        f"{len(found.groups):,} groups of songs with nearly the same words among {found.songs:,}; "
        f"{found.spare:,} songs would go if one of each stayed"
    )
    listed = doubles_table(store, found)
    for _, rows in list(listed.groupby("group"))[:_SHOWN]:
        told: Any = zip(rows["artist"], rows["title"], strict=True)
        named = "; ".join(f"{artist or '?'}: {title or '?'}" for artist, title in told)
        print(f"  {named}")
    if len(found.groups) > _SHOWN:
        print(f"  and {len(found.groups) - _SHOWN:,} more groups")
    if arguments.output:
        _write(arguments.output, str(listed.to_csv(index=False)))


def _leaks(arguments: argparse.Namespace) -> None:
    with ExitStack() as stack, progress_bar() as progress:
        found = leaks(_parts(arguments, stack), arguments.least, progress)
    print("\n".join(_told(found)))
    if arguments.output:
        _write(arguments.output, f"{json.dumps(found.report, indent=2, ensure_ascii=False)}\n")


def _parts(arguments: argparse.Namespace, stack: ExitStack) -> list[Part]:
    """The parts of one store, or a part a file."""
    sources: list[Path] = arguments.sources
    if len(sources) > 1:
        if arguments.parts:
            raise InputError("--parts names parts of one store; several files are parts already.")
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="lyric-lab-leaks-")))
        stores = [_store(source, folder / str(at)) for at, source in enumerate(sources)]
        names = [source.name for source in sources]
        if len(set(names)) < len(names):
            names = [str(source) for source in sources]
        return [Part(name, store) for name, store in zip(names, stores, strict=True)]
    if sources[0].suffix not in _STORES:
        raise InputError(
            f"{sources[0]} is one table; give a file for each part, or a store that has parts."
        )
    store = SongStore(sources[0])
    there = store.names("source")
    named: list[str] = arguments.parts or there
    if unknown := [name for name in named if name not in there]:
        raise InputError(
            f"The store has no part '{unknown[0]}'; parts are {', '.join(there) or 'none'}."
        )
    return [Part(name, store, Filters(sources=(name,))) for name in named]


def _store(source: Path, place: Path) -> SongStore:
    if source.suffix in _STORES:
        return SongStore(source)
    store_of_table(read_file(source), place, source.name)
    return SongStore(place)


def _told(found: Leaks) -> list[str]:
    lines = [f"{name}: {songs:,} songs with words" for name, songs in found.songs.items()]
    if found.in_both:
        lines.append(f"in two parts: {found.in_both:,} songs")
    names = list(found.songs)
    artists, pairs = found.artists.to_dict("records"), found.pairs.to_dict("records")
    for at, one in enumerate(names):
        for other in names[at + 1 :]:
            shared = sum((row["one"], row["other"]) == (one, other) for row in artists)
            kinds = [row["kind"] for row in pairs if (row["one"], row["other"]) == (one, other)]
            same = kinds.count(SAME)
            lines.append(
                f"{one} and {other} share {_counted(shared, 'artist')}, {same:,} songs word for "
                f"word and {_counted(len(kinds) - same, 'pair')} with nearly the same words"
            )
    return lines


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror or error}.") from None
