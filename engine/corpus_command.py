"""What ``python -m engine corpus`` takes and prints: data sets to stores, summaries, splits."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine import leaks_command
from engine.corpora.store import SongStore, import_songs
from engine.corpora.store.making import STORE
from engine.corpora.store.musicpile import hub_shards, import_musicpile
from engine.corpora.store.own_list import list_of
from engine.corpora.store.tags import TOP, chosen_genres, not_genres
from engine.errors import InputError
from engine.progress import progress_bar

if TYPE_CHECKING:
    from engine.corpora.store.tags import ChosenGenres

_MOST_SHOWN = 12


def add_parser(commands: Any) -> None:
    """Add the command and its own commands to those of the program."""
    corpus = commands.add_parser(
        "corpus", help="data sets: import, words, summary, split, doubles, leaks"
    )
    steps = corpus.add_subparsers(required=True, metavar="STEP")

    importing = steps.add_parser("import", help="make a store of a data set (resumable)")
    importing.add_argument(
        "source",
        help="folder of Genius Expertise (lyrics.jl, song_info.jl), MusicPile (Parquet, or with "
        "--hub its name), folder of ChordPro files, or a table of songs",
    )
    importing.add_argument(
        "--hub", action="store_true", help="the source is a name on the Hugging Face hub: stream it"
    )
    importing.add_argument(
        "--src", nargs="+", default=[], metavar="SRC", help="MusicPile: only texts of these sources"
    )
    importing.add_argument("--limit", type=int, help="MusicPile: only the first so many rows")
    importing.add_argument("--store", type=Path, help="file to write (default: beside the data)")
    importing.add_argument(
        "--words",
        action="store_true",
        help="measure words and chords too, as the step 'words' does",
    )
    importing.set_defaults(command=_import)

    words = steps.add_parser(
        "words",
        help="measure a store's words and chords for the Explorer's tabs (resumable)",
    )
    words.add_argument("store", type=Path)
    words.set_defaults(command=_words)

    summary = steps.add_parser("summary", help="tell what a store holds")
    summary.add_argument("store", type=Path)
    summary.add_argument("--json", action="store_true", help="print JSON")
    _add_not_genres(summary)
    summary.set_defaults(command=_summary)

    split = steps.add_parser(
        "split", help="write train, validation and test for train/: by artist, without doubles"
    )
    split.add_argument("store", type=Path)
    split.add_argument("--output", type=Path, required=True, help="folder to write")
    split.add_argument("--top", type=int, default=TOP, help="how many genres tags tell")
    split.add_argument("--seed", type=int, default=0, help="draws which artists go where")
    _add_not_genres(split)
    split.set_defaults(command=_split)
    leaks_command.add_parsers(steps)


def _add_not_genres(parser: Any) -> None:
    parser.add_argument(
        "--not-genres",
        type=Path,
        metavar="FILE",
        help="TOML list of tags that are no genre (default: one that the Explorer page has kept "
        "beside the store, else engine/corpora/store/not_genres.toml)",
    )


def _import(arguments: argparse.Namespace) -> None:
    with progress_bar() as progress:
        place = _imported(arguments, progress)
    store = SongStore(place)
    print(f"{place}: {store.overview().songs:,} songs")
    for reason, count in store.bad_counts():
        print(f"{count:,} lines: {reason}", file=sys.stderr)
    if arguments.words:
        _measure(store)


def _words(arguments: argparse.Namespace) -> None:
    _measure(SongStore(arguments.store))


def _measure(store: SongStore) -> None:
    from engine.corpora.store.word_index import index_folder
    from engine.corpora.store.word_measuring import make_index

    with progress_bar() as progress:
        make_index(store, progress)
    print(f"{index_folder(store.path)}: words and chords of all songs are measured")


def _imported(arguments: argparse.Namespace, progress: Callable[[int, int], None]) -> Path:
    if not arguments.hub:
        return import_songs(
            Path(arguments.source),
            arguments.store,
            progress,
            sources=arguments.src,
            limit=arguments.limit,
        )
    name = str(arguments.source)
    place = arguments.store or Path(f"{name.rpartition('/')[2]}.{STORE}")
    import_musicpile(
        hub_shards(name), place, name, arguments.src, arguments.limit, progress=progress
    )
    return place


def _summary(arguments: argparse.Namespace) -> None:
    store = SongStore(arguments.store)
    whole = store.overview()
    tags: dict[str, int] = dict(store.tags().itertuples(index=False, name=None))
    listed = not_genres(arguments.not_genres or list_of(store.path))
    chosen = chosen_genres(tags, listed, TOP)
    genres: list[tuple[str, int]] = list(store.genres().itertuples(index=False, name=None))
    if arguments.json:
        told = {
            "name": store.about.get("name"),
            "songs": whole.songs,
            "words": whole.words,
            "artists": whole.artists,
            "years": store.span("year"),
            "missing": whole.missing,
            "genres": dict(genres),
            "top_genres": dict(chosen.genres),
            "no_genres": dict(chosen.passed_over),
            "not_read": dict(store.bad_counts()),
        }
        print(json.dumps(told, indent=2, ensure_ascii=False))
        return
    print("\n".join(_told(store, genres, chosen)))


def _split(arguments: argparse.Namespace) -> None:
    from engine.corpora.store.splitting import split

    if arguments.top < 1:
        raise InputError(f"--top {arguments.top} tells no genre; 1 or more are accepted.")
    store = SongStore(arguments.store)
    listed = not_genres(arguments.not_genres or list_of(store.path))
    with progress_bar() as progress:
        report = split(
            store,
            arguments.output,
            listed,
            top=arguments.top,
            seed=arguments.seed,
            progress=progress,
        )
    for part, songs in report.songs.items():
        print(f"{part}: {songs:,} songs; {_listed(list(report.genres[part].items()))}")
    for reason, songs in report.left_out.items():
        print(f"left out: {songs:,} songs: {reason}")
    leaks = report.leaks
    print(
        f"shared between parts: {leaks['artists']:,} artists, {leaks['texts']:,} texts, "
        f"{leaks['near_duplicates']:,} pairs that are half alike or more (a split song by song: "
        f"{leaks['near_duplicates_at_random']:,})"
    )
    print(f"tags: the {len(report.tags)} commonest genres; report in {arguments.output}/split.json")


def _told(store: SongStore, genres: list[tuple[str, int]], chosen: ChosenGenres) -> list[str]:
    whole = store.overview()
    years = store.span("year")
    missing = ", ".join(f"{name} {count:,}" for name, count in whole.missing.items() if count)
    lines = [
        f"{store.about.get('name')}: {whole.songs:,} songs, {whole.words:,} words, "
        f"{whole.artists:,} artists" + (f", years {years[0]} to {years[1]}" if years else ""),
        f"missing: {missing or 'nothing'}",
        f"genres: {_listed(genres)}",
        f"the {len(chosen.genres)} commonest tags that are genres: {_listed(chosen.genres)}",
        f"passed over as no genre: {_listed(chosen.passed_over)}",
    ]
    lines += [f"not read: {count:,} lines: {reason}" for reason, count in store.bad_counts()]
    return lines


def _listed(counts: Any) -> str:
    shown = ", ".join(f"{name} {count:,}" for name, count in counts[:_MOST_SHOWN])
    more = len(counts) - _MOST_SHOWN
    return f"{shown} and {more:,} more" if more > 0 else shown or "none"
