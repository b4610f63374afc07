"""Staff notation as SVG, engraved by verovio.

verovio reads the MusicXML of `engine.notation.document` with changes that only a picture needs:
chord symbols carry their whole text and no degrees (verovio would print these twice), systems
break where their words fill the width, and title, style and tempo are text set by this module.

The SVG draws in one colour, ``currentColor`` by default, so it follows the theme of the page. It
has no style sheet, script, link, identifier or ``use`` element: it survives HTML sanitizers, and
several pictures can stand in one page.
"""

from __future__ import annotations

import re
from math import floor
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, SubElement, fromstring, tostring

from engine.arrangement.rhythm import layout
from engine.arrangement.styles import style
from engine.music.metre import Metre
from engine.notation.document import document
from engine.notation.elements import xml_text
from engine.notation.folding import folded
from engine.notation.staves import Staff
from engine.notation.systems import signature_width, system_bars, text_width, widest_bar

if TYPE_CHECKING:
    from engine.music.lead_sheet import LeadSheet

_XMLNS = "http://www.w3.org/2000/svg"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_SIDES = ("width", "height")
_FONT = "Times, 'Times New Roman', Tinos, 'Liberation Serif', serif"
_EM = 40.5  # verovio's lyric size in its page units
_MARGIN = 20  # page units
_TITLE_EMS = 1.6
_SLACK = 1.08  # verovio needs a little more than the estimate

# Verovio writes accidentals within text as SMuFL characters of its own font, and takes an
# underscore in lyrics for an elision, so it is given another character.
_UNDERSCORE = "\uff3f"
_ACCIDENTALS = {"♭♭": "\ue264\uea63\ued64", "♭": "\ue260\uea64\ued60"} | {
    "♮": "\ue261\uea65\ued61",
    "♯": "\ue262\uea66\ued62",
    "♯♯": "\ue263\uea67\ued63",
}
_TEXT_GLYPHS = str.maketrans(
    {glyph: plain for plain, glyphs in _ACCIDENTALS.items() for glyph in glyphs}
    | {_UNDERSCORE: "_"}
)
_DROPPED = {"desc", "title", "style", "defs"}
_TEXT_STYLES = {"reh": {"font-weight": "bold"}, "mNum": {"font-style": "italic"}}


def staff_svg(  # noqa: PLR0913 - each is a choice of the reader
    sheet: LeadSheet,
    width: int = 1000,
    *,
    parts: str = "lead",
    scale: int = 40,
    colour: str = "currentColor",
    page_height: int | None = None,
    header: bool = True,
    footer: bool = False,
    repeats: bool = False,
) -> list[str]:
    """Return the staff notation of a lead sheet as SVG, one string a page.

    Parameters
    ----------
    sheet
        What to draw.
    width
        Of the picture in CSS pixels, at least 240; the music is broken into systems to fit.
    parts
        ``"lead"`` for words and rhythm, ``"full"`` to add the piano, ``"slash"`` for a chart of
        beats and chords without words.
    scale
        Size in per cent; 40 sets lyrics in 16 pixels. A bar too wide for the picture shrinks it.
    colour
        Of everything drawn: ``"currentColor"`` follows the text around the picture; give a colour
        where the picture is shown as an image of its own.
    page_height
        In CSS pixels; without it there is one page as tall as needed.
    header
        Whether title, artist, style and tempo stand above the music.
    footer
        Whether title and page number stand below each page.
    repeats
        Whether sections that return are printed once (`engine.notation.folding`).
    """
    staff = Staff(layout(sheet), style(sheet.genre), words_shown=parts != "slash")
    if repeats:
        staff = folded(sheet, staff)
    width = max(240, width)
    signature = signature_width(sheet.key.fifths)
    wanted = (widest_bar(staff) * _SLACK + signature) * _EM + 2 * _MARGIN
    scale = max(8, min(scale, floor(100 * width / wanted)))
    page_width = width * 100 / scale
    room = (page_width - 2 * _MARGIN) / _EM - signature
    if parts == "full":
        room -= 2.0  # the brace
    root = document(
        sheet, staff, piano=parts == "full", system_bars=system_bars(staff, room / _SLACK)
    )
    _prepare(root)
    pages = _verovio(root, page_width, scale, page_height)
    drawn: list[str] = []
    for number, page in enumerate(pages):
        plain = page.replace(f' xmlns="{_XMLNS}"', "", 1)
        picture = cleaned(fromstring(plain), colour)  # noqa: S314 - verovio's own output
        if number == 0 and header:
            _add_header(picture, sheet, scale)
        if footer:
            _add_footer(picture, f"{sheet.title} · {number + 1} of {len(pages)}", scale)
        picture.set("aria-label", xml_text(f"Staff notation of {sheet.title or 'the song'}"))
        drawn.append(tostring(picture, encoding="unicode"))
    return drawn


def _prepare(root: Element) -> None:
    """Change the score as only verovio needs it."""
    for harmony in root.iter("harmony"):
        for degree in harmony.findall("degree"):
            harmony.remove(degree)
        kind = harmony.find("kind")
        if kind is not None and kind.get("text"):
            kind.set("text", _typographic(kind.get("text", "")))
    for lyric in root.iter("lyric"):
        text = lyric.find("text")
        if (number := lyric.get("name", "")).endswith(".") and text is not None:
            text.text = f"{number}\u00a0{text.text}"
    for text in root.iter("text"):
        text.text = (text.text or "").replace("_", _UNDERSCORE)
    for measure in root.iter("measure"):
        for direction in measure.findall("direction"):
            if direction.find("direction-type/metronome") is not None:
                measure.remove(direction)


def _typographic(suffix: str) -> str:
    """Return a chord suffix with real accidentals: 7(b9,#11) becomes 7(♭9,♯11)."""
    return re.sub(r"b(?=[\db])", "♭", suffix).replace("#", "♯")


def _verovio(root: Element, width: float, scale: int, page_height: int | None) -> list[str]:
    """Return the pages verovio makes of a score."""
    import verovio

    verovio.enableLog(verovio.LOG_OFF)
    # Verovio keeps its fonts per thread and loads them on import only: in another thread (a web
    # server has many) it would draw nothing, without a word.
    toolkit: Any = verovio.toolkit(False)
    toolkit.setResourcePath(str(Path(verovio.__file__).parent / "data"))
    toolkit.setOptions(
        {
            "adjustPageHeight": page_height is None,
            "breaks": "encoded" if page_height is None else "line",
            "footer": "none",
            "header": "none",
            "justifyVertically": False,
            "pageHeight": 60000 if page_height is None else round(page_height * 100 / scale),
            "pageMarginBottom": _MARGIN,
            "pageMarginLeft": _MARGIN,
            "pageMarginRight": _MARGIN,
            "pageMarginTop": _MARGIN,
            "pageWidth": round(width),
            "scale": scale,
            "smuflTextFont": "none",
            "minLastJustification": 0.4,  # else words collide in a last system that is half full
            "spacingSystem": 8,
            "svgFormatRaw": True,
            "svgRemoveXlink": True,
        }
    )
    toolkit.loadData(tostring(root, encoding="unicode"))
    return [toolkit.renderToSVG(page) for page in range(1, toolkit.getPageCount() + 1)]


def cleaned(svg: Element, colour: str) -> Element:
    """Return verovio's drawing with glyphs in place, one colour, and nothing it does not need."""
    glyphs = {
        group.get("id", ""): path.get("d", "")
        for group in svg.iterfind("defs/g")
        for path in group.iterfind("path")
    }
    width, height = (float((svg.get(side) or "0").removesuffix("px")) for side in _SIDES)
    _clean(svg, glyphs)
    inner = svg.find("svg")
    if inner is None:  # pragma: no cover - verovio always nests one
        return svg
    view = {"class": "staff-page", "viewBox": inner.get("viewBox", "")}
    inner.attrib.clear()
    inner.attrib.update(view | {"width": f"{width:g}", "height": f"{height:g}"})
    svg.attrib.clear()
    svg.attrib.update(
        {"xmlns": _XMLNS, "role": "img", "fill": colour, "color": colour, "font-family": _FONT}
        | _box(width, height)
    )
    return svg


def _box(width: float, height: float) -> dict[str, str]:
    return {
        "width": f"{width:g}",
        "height": f"{height:g}",
        "viewBox": f"0 0 {width:g} {height:g}",
        "style": "max-width:100%;height:auto",
    }


def _clean(element: Element, glyphs: dict[str, str]) -> None:
    """Clean the children of an element, in depth."""
    for child in list(element):
        tag = child.tag
        kinds = child.attrib.pop("class", "").split()
        if tag in _DROPPED or "placeholder" in kinds:
            element.remove(child)
            continue
        for name in ("id", _XML_LANG):
            child.attrib.pop(name, None)
        if kinds:
            child.set("class", kinds[0])
        if kinds and kinds[0] in _TEXT_STYLES:
            child.attrib.update(_TEXT_STYLES[kinds[0]])
        if tag == "use":
            glyph = glyphs.get(child.attrib.pop("href", "").removeprefix("#"), "")
            child.tag = "path"
            child.set("transform", child.get("transform", "") + " scale(1,-1)")
            child.set("d", glyph)
        elif child.get("stroke-width"):
            child.set("stroke", "currentColor")
        if child.get("font-family"):
            del child.attrib["font-family"]
            child.set("font-size", f"{_EM * 10:g}px")
        child.text, child.tail = _text(child.text), None
        _clean(child, glyphs)
        if kinds[:1] == ["reh"]:
            _align_left(child)
        if tag == "g" and len(child) == 0:
            element.remove(child)


def _align_left(mark: Element) -> None:
    """Move a boxed rehearsal mark, which verovio centres on the bar line, into the margins."""
    box = mark.find("rect")
    if box is not None:
        left = float(box.get("x", "0"))
        mark.set("transform", f"translate({-left:g}, {-5 * _EM:g})")


def _text(text: str | None) -> str | None:
    """Return text with plain characters for those of verovio's font, without indentation."""
    if text is None or not text.strip("\n "):
        return None
    return text.translate(_TEXT_GLYPHS)


def _add_header(svg: Element, sheet: LeadSheet, scale: int) -> None:
    """Write title, artist, style and tempo above the music."""
    em = _EM * scale / 100
    width, height = (float(svg.get(side) or 0) for side in _SIDES)
    edge = _MARGIN * scale / 100
    baseline = 0.0
    if sheet.title:
        baseline += 2.0 * em
        ems = text_width(sheet.title) or 1.0  # characters of no known width
        size = min(_TITLE_EMS, (width - 2 * edge) / em / ems * 0.95) * em
        title = {"x": f"{width / 2:g}", "text-anchor": "middle", "font-size": f"{size:.1f}"}
        _add_text(svg, sheet.title, baseline, title | {"class": "title"})
    baseline += 1.6 * em
    size = f"{em:.1f}"
    style = {"x": f"{edge:g}", "font-size": size, "font-weight": "bold", "class": "tempo"}
    _add_text(svg, _tempo(sheet), baseline, style)
    if sheet.artist:
        right = {"x": f"{width - edge:g}", "text-anchor": "end", "font-size": size}
        _add_text(svg, sheet.artist, baseline, right | {"class": "artist"})
    music = svg.find("svg")
    if music is not None:
        music.set("y", f"{baseline + em:g}")
    svg.attrib.update(_box(width, height + baseline + em))


def _add_footer(svg: Element, text: str, scale: int) -> None:
    """Write a line below the music."""
    em = _EM * scale / 100
    width, height = (float(svg.get(side) or 0) for side in _SIDES)
    svg.attrib.update(_box(width, height + 1.5 * em))
    middle = {"x": f"{width / 2:g}", "text-anchor": "middle", "font-size": f"{0.8 * em:.1f}"}
    _add_text(svg, text, height + em, middle | {"class": "page"})


def _tempo(sheet: LeadSheet) -> str:
    """Return style and tempo as text: Folk ♩ = 96; in 2/2 the quarters are counted."""
    metre = Metre.parse(sheet.time_signature)
    pulse = {0.5: "♪", 0.75: "♪.", 1.5: "♩."}.get(metre.pulse, "♩")
    beats = sheet.tempo * (2 if metre.pulse == 2 else 1)
    genre = sheet.genre or ""
    return f"{genre[:1].upper()}{genre[1:]} {pulse} = {beats}".strip()


def _add_text(svg: Element, text: str, baseline: float, attributes: dict[str, str]) -> None:
    element = SubElement(svg, "text", {"y": f"{baseline:g}"} | attributes)
    element.text = xml_text(text)
