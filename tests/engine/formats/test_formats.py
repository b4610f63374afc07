from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from engine import formats
from engine.errors import InputError
from engine.formats import chordpro, json_format

SHEET = chordpro.read(b"{title: Rust}\n[C]la [G7]la [C]")


@pytest.mark.parametrize("name", formats.WRITTEN)
def test_every_format_writes_and_says_what_it_is(name: str) -> None:
    assert formats.write(SHEET, name)
    assert formats.extension(name).startswith(".")
    assert "/" in formats.mime(name)
    assert formats.name(name)


@pytest.mark.parametrize("name", ["chordpro", "json", "text"])
def test_readable_formats_read_what_they_wrote(name: str) -> None:
    assert formats.read(formats.write(SHEET, name), name) == SHEET


def test_an_unknown_format_names_those_there_are() -> None:
    for use in (formats.mime, formats.extension, lambda name: formats.write(SHEET, name)):
        with pytest.raises(InputError, match="'pdf2' is not a format; chordpro, json, musicxml"):
            use("pdf2")


def test_reading_a_huge_file_or_writing_a_read_only_format_is_refused() -> None:
    with pytest.raises(InputError, match="at most 4,000,000 bytes"):
        formats.read(b" " * 4_000_001, "json")
    with pytest.raises(InputError, match="read but not written"):
        formats.write(SHEET, "onsong")


def test_a_format_is_imported_only_when_used() -> None:
    program = "import sys, engine.formats; print([m for m in sys.modules if 'music21' in m])"
    output = subprocess.run(  # noqa: S603 - a program of our own
        [sys.executable, "-c", program], capture_output=True, check=True
    )
    assert output.stdout.strip() == b"[]"


def test_the_same_song_means_the_same_in_every_readable_format() -> None:
    assert json_format.read(json_format.write(SHEET)) == chordpro.read(chordpro.write(SHEET))


@pytest.mark.parametrize("format_name", ["chordpro", "text", "json"])
def test_a_capo_comes_back_and_the_song_sounds_as_before(format_name: str) -> None:
    sheet = chordpro.read(b"{key: Eb}\n[Eb]Rust on the [Cm7]gate and [Ab/C]rain")
    with_capo = replace(sheet, capo=2)
    data = formats.write(with_capo, format_name)
    again = formats.read(data, format_name)
    assert again.capo == 2
    assert again.key == sheet.key
    assert [chord.pitch_classes for chord in again.chords] == [
        chord.pitch_classes for chord in sheet.chords
    ]
    if format_name != "json":
        assert b"Db" in data
        assert b"Bbm7" in data
        assert b"Eb]" not in data


def test_a_capo_that_no_guitar_has_is_left_out() -> None:
    for text in ("{capo: no capo}", "{capo: 300}", "{capo: 12}"):
        sheet = chordpro.read(f"{{key: C}}\n{text}\n[C]Rust".encode())
        assert (sheet.capo, sheet.key.symbol) == (0, "C")


def test_half_characters_in_json_end_nowhere() -> None:
    song = b'{"title": "\\ud800", "lines": [{"words": ["\\ud800"], "chords": [[0, "C:maj"]]}]}'
    sheet = formats.read(song, "json")
    for format_name in ("chordpro", "json", "text"):
        assert b"?" in formats.write(sheet, format_name)
