"""Songs come in as ChordPro, are edited, go out in every format, and open in other programs."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace

import chordsketch
import pretty_midi
import pytest
import rpp
import soundfile
from lxml import etree
from PIL import Image
from pypdf import PdfReader
from pyRealParser import Tune

from engine import formats
from engine.corpora.songbook import songbook
from engine.formats import chordpro
from engine.music import editing
from engine.music.chord import Chord
from engine.music.lead_sheet import LeadSheet
from tests.engine import musicxml_schema

LINES = 3  # of a song, so that twenty take a moment
SLOW = ("wav", "ogg", "mp3", "png", "staff-pdf")  # each for a fifth of the songs


def edited(number: int) -> LeadSheet:
    """A song read from ChordPro, with a chord changed, one added, one moved and one gone."""
    whole = songbook()[number]
    data = chordpro.write(replace(whole, lines=whole.lines[:LINES]))
    sheet = formats.read(data, "chordpro")
    first = next(at for at, line in enumerate(sheet.lines) if line.words and line.chords)
    sheet = editing.with_chord(sheet, (first, 0), Chord.parse("F#m7b5/C"))
    sheet = editing.with_added(sheet, first, len(sheet.lines[first].words), Chord.parse("Bb7sus4"))
    last = max(at for at, line in enumerate(sheet.lines) if line.words and line.chords)
    sheet = editing.with_moved(sheet, (last, 0), last, 1)
    if len(sheet.lines[last].chords) > 1:
        sheet = editing.without_chords(sheet, [(last, 1)])
    return editing.without_locks(sheet)


def members(data: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return archive.namelist()


def sounds(data: bytes) -> bool:
    samples, _ = soundfile.read(io.BytesIO(data))
    return abs(samples).max() > 0.1


OPENED: dict[str, Callable[[bytes], object]] = {
    "chordpro": lambda data: not chordsketch.validate(data.decode()),
    "json": json.loads,
    "musicxml": lambda data: not musicxml_schema.errors(data),
    "mxl": lambda data: "META-INF/container.xml" in members(data),
    "midi": lambda data: pretty_midi.PrettyMIDI(io.BytesIO(data)).lyrics,
    "text": bytes.decode,
    "ireal": lambda data: Tune.parse_ireal_url(re.search(r'irealb://[^"]+', data.decode())[0]),  # type: ignore[index]
    "pdf": lambda data: PdfReader(io.BytesIO(data)).pages[0].extract_text(),
    "staff-pdf": lambda data: PdfReader(io.BytesIO(data)).pages[0].extract_text(),
    "svg": lambda data: etree.fromstring(data).tag.endswith("svg"),
    "png": lambda data: Image.open(io.BytesIO(data)).getbbox(),
    "dawproject": lambda data: {"project.xml", "metadata.xml"} <= set(members(data)),
    "reaper": lambda data: rpp.loads(data.decode()).findall("TRACK"),
    "wav": sounds,
    "ogg": sounds,
    "mp3": sounds,
}


def test_every_format_is_opened_here() -> None:
    assert OPENED.keys() == set(formats.WRITTEN)


@pytest.mark.parametrize("number", range(0, 120, 6))
def test_an_edited_song_opens_in_every_format_and_comes_back(number: int) -> None:
    sheet = edited(number)
    left_out = {name for at, name in enumerate(SLOW) if (number // 6) % len(SLOW) != at}
    for name in formats.WRITTEN:
        if name in left_out:
            continue
        data = formats.write(sheet, name)
        assert OPENED[name](data), name
        if name in {"chordpro", "json", "text"}:
            assert formats.read(data, name) == sheet, name
        elif name in {"musicxml", "mxl", "midi"}:
            again = formats.read(data, name)
            assert again.chords == sheet.chords, name
            assert [line.words for line in again.lines if line.words] or name == "midi"
