"""What ``python -m engine corpus`` takes and prints: data sets to stores, summaries, splits."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.corpora.store import SongStore, import_songs
from engine.corpora.store.tags import TOP, chosen_genres, not_genres

if TYPE_CHECKING:
    from engine.corpora.store.tags import ChosenGenres

_MOST_SHOWN = 12


def add_parser(commands: Any) -> None:
    """Add the command and its own commands to those of the program."""
    corpus = commands.add_parser("corpus", help="data sets: import, summary")
    steps = corpus.add_subparsers(required=True, metavar="STEP")

    importing = steps.add_parser("import", help="make a store of a data set (resumable)")
    importing.add_argument(
        "source",
        type=Path,
        help="folder of Genius Expertise (lyrics.jl, song_info.jl), folder of ChordPro files, or "
        "a table of songs",
    )
    importing.add_argument("--store", type=Path, help="file to write (default: beside the data)")
    importing.set_defaults(command=_import)

    summary = steps.add_parser("summary", help="tell what a store holds")
    summary.add_argument("store", type=Path)
    summary.add_argument("--json", action="store_true", help="print JSON")
    _add_not_genres(summary)
    summary.set_defaults(command=_summary)


def _add_not_genres(parser: Any) -> None:
    parser.add_argument(
        "--not-genres",
        type=Path,
        metavar="FILE",
        help="TOML list of tags that are no genre (default: engine/corpora/store/not_genres.toml)",
    )


def _import(arguments: argparse.Namespace) -> None:
    from tqdm import tqdm

    hidden = not sys.stderr.isatty()
    with tqdm(unit="B", unit_scale=True, disable=hidden, dynamic_ncols=True) as bar:

        def progress(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        place = import_songs(arguments.source, arguments.store, progress)
    store = SongStore(place)
    print(f"{place}: {store.overview().songs:,} songs")
    for reason, count in store.bad_counts():
        print(f"{count:,} lines: {reason}", file=sys.stderr)


def _summary(arguments: argparse.Namespace) -> None:
    store = SongStore(arguments.store)
    whole = store.overview()
    tags: dict[str, int] = dict(store.tags().itertuples(index=False, name=None))
    chosen = chosen_genres(tags, not_genres(arguments.not_genres), TOP)
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
