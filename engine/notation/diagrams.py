"""How to finger a chord: diagrams for guitar, ukulele and piano, drawn by chordsketch."""

from __future__ import annotations

from engine.errors import InputError
from engine.music.chord import Chord

INSTRUMENTS = ("guitar", "ukulele", "piano")


def chord_diagram_svg(
    chord: Chord, instrument: str, *, colour: str = "currentColor", paper: str = "white"
) -> str | None:
    """Return how to finger a chord as SVG, drawn by chordsketch.

    Parameters
    ----------
    chord
        Any chord; what has no diagram gives None.
    instrument
        One of `INSTRUMENTS`.
    colour, paper
        Of what is drawn, and of the numbers in the dots; piano keys stay black and white.

    Raises
    ------
    InputError
        When the instrument is unknown.
    """
    import chordsketch

    if instrument not in INSTRUMENTS:
        msg = f"{instrument!r} has no chord diagrams; {', '.join(INSTRUMENTS)} are accepted."
        raise InputError(msg)
    if chord.is_no_chord:
        return None
    drawn: str | None = chordsketch.chord_diagram_svg(chord.symbol, instrument)
    if drawn is None:
        return None
    if instrument != "piano":
        drawn = drawn.replace('"white"', f'"{paper}"').replace('"black"', f'"{colour}"')
    return drawn.replace("<svg ", f'<svg fill="{colour}" ', 1)
