"""What ``python -m engine batch`` and ``parts`` take and tell: many songs, and folders of parts."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from engine import chords_command
from engine.batch import EXTENSIONS, Cluster
from engine.batch.questions import MODELS
from engine.batch.writing import OUTPUT_EXTENSIONS
from engine.errors import InputError
from engine.generator import GENERATORS, checked_genre


def add_parsers(commands: Any) -> None:
    """Add the commands to those of the program."""
    batch = commands.add_parser(
        "batch", help="tell the genre of every song in a table, or write chords on each"
    )
    batch.add_argument("input", type=Path, help=f"table: {', '.join(EXTENSIONS)}")
    batch.add_argument(
        "--output",
        type=Path,
        required=True,
        help=f"table to write: {', '.join(OUTPUT_EXTENSIONS)}; a name without an ending is a "
        "folder of Parquet parts with a manifest",
    )
    batch.add_argument(
        "--model",
        choices=MODELS,
        required=True,
        metavar="MODEL",
        help=f"a genre model, a part of one, or what writes chords: {', '.join(MODELS)}",
    )
    batch.add_argument("--text-column", default="lyrics", help="column of the lyrics")
    batch.add_argument("--preset", default="embedded", help="embedded or full")
    batch.add_argument(
        "--restart", action="store_true", help="do not go on from an interrupted run"
    )
    batch.add_argument("--quiet", action="store_true", help="no progress bar, no summary")
    add_cluster_arguments(batch)
    wishes = batch.add_argument_group(
        f"wishes for the chords of every song ({', '.join(GENERATORS)})"
    )
    chords_command.add_song_wishes(wishes)
    batch.set_defaults(command=_batch, title="", key_of=[], like=[], unlike=[])

    parts = commands.add_parser("parts", help="check a folder of parts, or write it as one table")
    parts.add_argument("folder", type=Path, help="what a batch wrote to an --output without ending")
    parts.add_argument(
        "--output", type=Path, help=f"table to write: {', '.join(OUTPUT_EXTENSIONS)}"
    )
    parts.set_defaults(command=_parts)


def add_cluster_arguments(parser: argparse.ArgumentParser) -> None:
    """Add where workers are."""
    parser.add_argument(
        "--ray",
        metavar="ADDRESS",
        help="answer by workers of a Ray cluster: 'local' for one of this machine's cores, 'auto', "
        "or HOST:PORT (see docs/cluster.md)",
    )
    parser.add_argument(
        "--workers", type=int, help="with --ray: how many (default: one a GPU, else one a core)"
    )


def cluster_of(arguments: argparse.Namespace) -> Cluster | None:
    """Where workers are; None without ``--ray``."""
    if arguments.ray is None:
        if arguments.workers is not None:
            raise InputError("--workers counts workers of a cluster; name one with --ray.")
        return None
    return Cluster(arguments.ray, arguments.workers)


def _batch(arguments: argparse.Namespace) -> None:
    from tqdm import tqdm

    from engine.batch import answer_table

    genre = checked_genre(arguments.genre, arguments.preset) if arguments.genre else None
    controls = chords_command.controls_of(arguments, genre)
    hidden = arguments.quiet or not sys.stderr.isatty()
    with tqdm(unit=" songs", disable=hidden, dynamic_ncols=True, smoothing=0.1) as bar:

        def progress(done: int, total: int) -> None:
            if bar.total is None:  # what an earlier run answered is no speed of this one
                bar.reset(total)
                bar.initial = bar.n = bar.last_print_n = done
            bar.update(done - bar.n)

        run = answer_table(
            arguments.input,
            arguments.output,
            arguments.model,
            text_column=arguments.text_column,
            preset=arguments.preset,
            controls=controls,
            restart=arguments.restart,
            cluster=cluster_of(arguments),
            progress=progress,
        )
    for note in run.notes:
        _tell(f"warning: {note}")
    if not arguments.quiet:
        _tell(f"wrote {arguments.output}: {run}")


def _parts(arguments: argparse.Namespace) -> None:
    from engine.batch.parts import Parts

    parts = Parts(arguments.folder)
    found = parts.manifest
    _tell(
        f"{arguments.folder}: {len(found.parts):,} parts as they were written, {found.rows:,} "
        f"songs, {found.errors:,} with an error, by {found.about.get('model')} "
        f"{found.about.get('revision')}"
    )
    if arguments.output:
        parts.write(arguments.output)
        _tell(f"wrote {arguments.output}")


def _tell(message: Any) -> None:
    print(" ".join(str(message).split()), file=sys.stderr)
