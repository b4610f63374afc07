"""Chord diagrams: spelled as the song is, and readable."""

from __future__ import annotations

from xml.etree.ElementTree import fromstring

import pytest

from engine.errors import InputError
from engine.music.chord import Chord
from engine.notation.diagrams import INSTRUMENTS, chord_diagram_svg


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_chord_diagrams(instrument: str) -> None:
    diagram = chord_diagram_svg(Chord.parse("Am7"), instrument, colour="#123456")
    assert diagram is not None
    assert diagram.startswith("<svg ")
    assert "#123456" in diagram
    assert chord_diagram_svg(Chord.parse("N.C."), instrument) is None


def test_an_unknown_instrument_is_refused() -> None:
    with pytest.raises(InputError, match="guitar, ukulele, piano are accepted"):
        chord_diagram_svg(Chord.parse("C"), "kazoo")


@pytest.mark.parametrize("instrument", INSTRUMENTS)
@pytest.mark.parametrize(("symbol", "name"), [("Bb7", "B♭7"), ("A#7", "A♯7"), ("Cm7b5", "Cm7♭5")])
def test_a_diagram_is_named_as_the_song_spells_the_chord(
    instrument: str, symbol: str, name: str
) -> None:
    diagram = chord_diagram_svg(Chord.parse(symbol), instrument)
    assert diagram is not None
    svg = fromstring(diagram)  # noqa: S314 - our own picture
    assert [text.text for text in svg if text.get("font-weight") == "bold"] == [name]
    assert not any(text.get("class") == "tension" or text.text == "(" for text in svg)


@pytest.mark.parametrize("instrument", ["guitar", "ukulele"])
@pytest.mark.parametrize("symbol", ["Em7", "C", "Ebmaj7", "Abm(add9)", "C7sus4"])
def test_the_name_stands_clear_of_open_strings_and_is_whole(instrument: str, symbol: str) -> None:
    diagram = chord_diagram_svg(Chord.parse(symbol), instrument)
    assert diagram is not None
    svg = fromstring(diagram)  # noqa: S314 - our own picture
    left, top, width, _ = map(float, svg.get("viewBox", "").split())
    name, *rest = svg
    circles = [float(e.get("cy", "99")) - float(e.get("r", "0")) for e in rest]
    assert float(name.get("y", "99")) + 4 <= min(circles)
    assert float(name.get("y", "0")) - 14 >= top
    half = 0.6 * float(name.get("font-size", "0")) * len(name.text or "") / 2
    middle = float(name.get("x", "0"))
    assert left <= middle - half
    assert middle + half <= left + width
