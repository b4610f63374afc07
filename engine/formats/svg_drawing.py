"""The pictures of `engine.notation.engraving` as fpdf2 can draw them.

fpdf2 draws paths, shapes and text of SVG, but no picture within a picture, no ``currentColor``, and
text only where position, size and style stand on it. So views become transformed groups, colours
are spelled out, and what the parts of a text inherit is written on them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, SubElement, fromstring, tostring

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SVG = "{http://www.w3.org/2000/svg}"
_OF_TEXT = ("font-size", "font-style", "font-weight", "x", "y", "dx", "dy")
_NOTES = "♩♪"  # of which the font has no bold ones
_BY_NOTES = re.compile(f"([{_NOTES}])")


def drawing(svg: str, family: str) -> Any:
    """An `fpdf.svg.SVGObject` of a picture, its text in a font of the document."""
    from fpdf.svg import SVGObject

    picture = fromstring(svg)  # noqa: S314 - our own engraving
    ink = picture.get("fill", "#000")
    size = {name: picture.get(name, "") for name in ("width", "height", "viewBox")}
    plain = Element(f"{_SVG}svg", size | {"fill": ink})
    for child in picture:
        _draw(child, plain, ink, family)
    return SVGObject(tostring(plain).decode())


def _draw(element: Element, into: Element, ink: str, family: str) -> None:
    name = element.tag.removeprefix(_SVG)
    if name == "text":
        _write(element, into, family)
        return
    said = {key: ink if value == "currentColor" else value for key, value in element.items()}
    if said.get("fill-opacity") == "0":
        said |= {"fill": "none"}
        del said["fill-opacity"]
    if name == "svg":
        name, said = "g", {"transform": _view(element)}
    drawn = SubElement(into, f"{_SVG}{name}", said)
    for child in element:
        _draw(child, drawn, ink, family)


def _view(element: Element) -> str:
    """The transformation of a nested view."""
    x, y, width, height = map(float, element.get("viewBox", "").split())
    across = float(element.get("width", width)) / width
    down = float(element.get("height", height)) / height
    place = f"translate({element.get('x', '0')}, {element.get('y', '0')})"
    return f"{place} scale({across:g}, {down:g}) translate({-x:g}, {-y:g})"


def _write(element: Element, into: Element, family: str) -> None:
    runs = list(_runs(element, {}))
    if not runs:
        return
    first = runs[0][1]
    place = {name: element.get(name) or first.get(name, "0") for name in ("x", "y")}
    text = SubElement(into, f"{_SVG}text", place | {"font-family": family})
    if anchor := element.get("text-anchor"):
        text.set("text-anchor", anchor)
    for words, said in runs:
        run = SubElement(text, f"{_SVG}tspan", {"font-family": family})
        for key, value in said.items():
            if key not in {"x", "y"} or value != place[key]:
                run.set(key, value.removesuffix("px"))
        run.text = words


def _runs(element: Element, inherited: Mapping[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    """The pieces of a text, each with all that is said of it."""
    said = dict(inherited) | {key: element.get(key, "") for key in _OF_TEXT if element.get(key)}
    for piece in _BY_NOTES.split(element.text or ""):
        if piece:
            yield piece, said | ({"font-weight": "normal"} if piece in _NOTES else {})
    for child in element:
        yield from _runs(child, said)
