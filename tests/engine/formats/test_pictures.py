"""PDF, SVG and PNG of the staff, opened by programs of others."""

from __future__ import annotations

import io

import pytest
from lxml import etree
from PIL import Image
from pypdf import PdfReader

from engine.formats import chordpro, png, staff_pdf, svg
from engine.formats.export import Export

SONG = chordpro.read(
    "{title: Gänse im Żyto}\n{key: Eb}\n{tempo: 84}\n{soc}\n"
    "[Ebmaj7]Über den [F#m7b5]cœur naïf [Bb7]gęślą jaźń\n{eoc}\n".encode()
)
WORDS = ["Über", "den", "cœur", "na", "ïf", "gę", "ślą", "jaźń"]


@pytest.fixture(scope="module")
def page_text() -> str:
    (page,) = PdfReader(io.BytesIO(staff_pdf.write(SONG))).pages
    return page.extract_text()


def test_the_printed_staff_has_title_tempo_words_and_chords(page_text: str) -> None:
    text = "".join(page_text.split())
    assert "GänseimŻyto" in text
    assert "♩" in text
    assert "84" in text
    for word in SONG.lines[0].words:
        assert word in text.replace("-", "")
    for chord in ("E♭maj7", "F♯m7♭5", "B♭7"):
        assert chord in text


def test_a_long_staff_has_numbered_pages() -> None:
    line = "[C]Down the [Am7]dusty road I carried [F]home the winter [G7]rain\n"
    sheet = chordpro.read(f"{{title: Rain}}\n{line * 14}".encode())
    found = PdfReader(io.BytesIO(staff_pdf.write(sheet, Export(large_print=True)))).pages
    assert len(found) > 1
    assert f"Rain, page 2 of {len(found)}" in found[1].extract_text()


def test_the_svg_is_one_picture_of_plain_elements() -> None:
    root = etree.fromstring(svg.write(SONG))
    names = {etree.QName(element).localname for element in root.iter()}
    assert names <= {
        *("svg", "g", "path", "rect", "polygon", "polyline", "ellipse"),
        "text",
        "tspan",
    }
    assert "Über" in "".join(root.itertext())


def test_the_png_is_ink_on_white_and_as_wide_as_twice_the_svg() -> None:
    picture = Image.open(io.BytesIO(png.write(SONG)))
    assert picture.width == 2000
    assert picture.getpixel((0, 0)) == (255, 255, 255, 255)
    darkest, _ = picture.convert("L").getextrema()
    assert darkest < 60


def test_the_piano_is_drawn_on_wish() -> None:
    both = [len(svg.write(SONG, Export(parts=parts))) for parts in ("lead", "full")]
    assert both[1] > 1.3 * both[0]
