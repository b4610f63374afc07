"""How to finger a chord: diagrams for guitar, ukulele and piano, drawn by chordsketch."""

from __future__ import annotations

from itertools import takewhile
from xml.etree.ElementTree import Element, fromstring, register_namespace, tostring

from engine.errors import InputError
from engine.music.chord import Chord

_SVG = "http://www.w3.org/2000/svg"
_ROOM = 8  # pixels
_WIDEST_NAME = 7  # characters at the full size
_EM_SHARE = 0.66  # width of a bold letter, at most, in font sizes

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
    svg = fromstring(drawn)  # noqa: S314 - chordsketch's own
    svg.set("fill", colour)
    _name(svg, chord)
    if instrument != "piano":
        _make_room(svg)
    register_namespace("", _SVG)
    return tostring(svg, encoding="unicode")


def _name(svg: Element, chord: Chord) -> None:
    """Write the chord as the song spells it: chordsketch calls B flat A sharp."""
    text = _name_of(svg)
    # Tensions stand in further texts, raised and in parentheses: one text names the chord here.
    tensions = list(takewhile(_is_of_name, list(svg)[1:]))
    for tension in tensions:
        svg.remove(tension)
    if tensions:
        ends = float(text.get("x", "0")), float(tensions[-1].get("x", "0"))
        text.set("x", f"{sum(ends) / 2:g}")
        text.set("text-anchor", "middle")
    text.text = chord.symbol.replace("#", "♯").replace("b", "♭")
    if len(text.text) > _WIDEST_NAME:
        text.set("font-size", "10")


def _make_room(svg: Element) -> None:
    """Raise the name above the circles of open strings, which it touched, and show it whole."""
    text = _name_of(svg)
    left, top, width, height = map(float, svg.get("viewBox", "").split())
    middle = float(text.get("x", "0"))
    half = _EM_SHARE * float(text.get("font-size", "14")) * len(text.text or "") / 2
    right = max(left + width, middle + half)
    left = min(left, middle - half)
    svg.set("viewBox", f"{left:g} {top - _ROOM:g} {right - left:g} {height + _ROOM:g}")
    svg.set("width", f"{right - left:g}")
    svg.set("height", f"{height + _ROOM:g}")
    text.set("y", f"{float(text.get('y', '0')) - _ROOM:g}")


def _is_of_name(element: Element) -> bool:
    return element.tag == f"{{{_SVG}}}text" and element.get("class") != "fret-number"


def _name_of(svg: Element) -> Element:
    text = svg.find(f"{{{_SVG}}}text")
    assert text is not None  # noqa: S101 - every diagram begins with its name
    return text
