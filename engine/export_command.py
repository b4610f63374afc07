"""How files of songs are to be written, as the command line is told it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.formats.export import PARTS, Export
from engine.music.chord_names import CHORD_NAMES

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the choices for a written song."""
    parser.add_argument(
        "--capo",
        type=int,
        help="fret of a capo: text and chord sheets have the shapes (default: as it is)",
    )
    parser.add_argument(
        "--names",
        choices=CHORD_NAMES,
        default="chords",
        help="chords as symbols, Roman or Nashville numbers, in formats for people",
    )
    parser.add_argument(
        "--parts",
        choices=PARTS,
        default="lead",
        help="what a staff shows",
    )
    parser.add_argument(
        "--large-print", action="store_true", help="large letters in the PDF formats"
    )


def export_of(arguments: argparse.Namespace) -> Export:
    """The choices that were made; `InputError` for a capo that no guitar has."""
    return Export(
        transpose=getattr(arguments, "transpose", 0),
        capo=arguments.capo,
        names=arguments.names,
        parts=arguments.parts,
        large_print=arguments.large_print,
    )
