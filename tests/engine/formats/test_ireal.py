from __future__ import annotations

import json
from itertools import groupby
from typing import Any
from urllib.parse import unquote

import chordsketch
import pytest

from engine.corpora.songbook import songbook
from engine.formats import chordpro, ireal
from engine.music.chord import Chord
from engine.music.lead_sheet import LeadSheet

SONG = chordpro.read(
    b"{title: Paper Lanterns}\n{artist: Ann Nobody}\n{key: Em}\n{time: 3/4}\n{tempo: 96}\n"
    b"{soc}\n[Em7]Lanterns on the [Cmaj9]harbour [G/B]wall are [D7sus4]burning in the "
    b"[F#m7b5]rain\n{eoc}\n"
)


def link(sheet: LeadSheet) -> str:
    page = ireal.write(sheet).decode()
    return page[page.index("irealb://") : page.index('">Open')]


def as_other_software_reads(sheet: LeadSheet) -> dict[str, Any]:
    song: dict[str, Any] = json.loads(chordsketch.parse_irealb(link(sheet)))
    return song


def test_other_software_reads_title_key_metre_and_chords() -> None:
    song = as_other_software_reads(SONG)
    assert (song["title"], song["composer"]) == ("Paper Lanterns", "Ann Nobody")
    assert song["key_signature"]["mode"] == "minor"
    assert (song["time_signature"]["numerator"], song["tempo"]) == (3, 96)
    bars = [bar for section in song["sections"] for bar in section["bars"]]
    roots = [chord["chord"]["root"]["note"] for bar in bars for chord in bar["chords"]]
    assert [root for root, _ in groupby(roots)] == list("ECGDF")


def test_a_second_reader_finds_the_same_bars() -> None:
    from pyRealParser import Tune

    (tune,) = Tune.parse_ireal_url(link(SONG))
    assert tune.title == "Paper Lanterns"
    text = "".join(tune.measures_as_strings)
    assert [name for name in ("E-7", "C^9", "G/B", "D7sus", "Fh", "F#h7") if name in text][:4] == [
        "E-7",
        "C^9",
        "G/B",
        "D7sus",
    ]


@pytest.mark.parametrize("title", [sheet.title for sheet in songbook()[::12]])
def test_every_chord_of_a_song_comes_back_in_order(title: str) -> None:
    sheet = next(song for song in songbook() if song.title == title)
    again = ireal.read(ireal.write(sheet))
    assert again.title == sheet.title
    heard = [tones for tones, _ in groupby(again.chords, lambda chord: chord.pitch_classes)]
    assert heard == [tones for tones, _ in groupby(sheet.chords, lambda c: c.pitch_classes)]


def test_the_older_link_is_read() -> None:
    text = "irealbook://Hill=Nobody Ann=Swing=Bb=n=[*iBb^7 |*AT44C-7 F7/A|x|n |Bb6 Z"
    sheet = ireal.read(text.encode())
    assert (sheet.title, str(sheet.key)) == ("Hill", "Bb:major")
    chords = [[placed.chord.symbol for placed in line.chords] for line in sheet.lines]
    assert chords == [["Bbmaj7"], ["Cm7", "F7/A", "Cm7", "F7/A", "N.C.", "Bb6"]]
    assert [line.section for line in sheet.lines] == ["intro", None]


def test_the_link_can_stand_in_any_page() -> None:
    assert unquote(link(SONG)).count("=") >= 9
    assert ireal.read(link(SONG).encode()).title == SONG.title


QUALITIES = (
    *("sus", "7sus", "9sus", "13sus", "7b9sus", "7b13sus", "7susadd3", "7alt", "add9", "h7", "o7"),
    *("^7#11", "-7b5", "7#9#5", "69", "-^7", "+"),
)


@pytest.mark.parametrize("quality", QUALITIES)
def test_a_quality_is_read_to_its_end_wherever_it_stands(quality: str) -> None:
    wanted = Chord.parse(f"E{quality}")
    for chart in (f"[T44E{quality}|A Z", f"[T44sE{quality} lA |A Z", f"[T44E{quality},A|A Z"):
        assert ireal.read(f"irealbook://Hill=Nobody=Swing=E=n={chart}".encode()).chords[0] == wanted
