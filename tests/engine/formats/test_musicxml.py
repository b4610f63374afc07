from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import pytest
from hypothesis import given, settings

from engine.corpora.songbook import songbook
from engine.formats import chordpro, musicxml
from engine.music.chord import Chord
from engine.music.chord_degrees import QUALITY_DEGREES
from engine.music.key import Key
from engine.music.lead_sheet import LeadSheet, Line, PlacedChord
from engine.notation.engraving import staff_svg
from tests.effort import effort
from tests.engine import musicxml_schema
from tests.engine.strategies import lead_sheets

GOLDEN = Path(__file__).parents[2] / "golden"

WALTZ = b"""{title: Tin Roof Waltz}
{artist: The Golden Files}
{key: Eb}
{time: 3/4}
{tempo: 132}
{meta: genre country}

{start_of_verse: Intro}
[Eb] [Bb7/F] [Eb/G] [N.C.]
{end_of_verse}

{start_of_verse}
The [Eb]rain on the tin roof is [Ab]keeping the [Eb]time
And the [Cm7]kettle sings [F7]flat, but it [Bb7sus4]mostly [Bb7]rhymes [Eb6]
{end_of_verse}

{start_of_chorus}
[Ab]Waltz [Abm6]me [Eb/Bb]home [Gdim7]
Down_town is a long way to roam
{end_of_chorus}
"""
TURNAROUND = b"""{title: Late Window}
{key: Dm}
{time: 4/4}
{tempo: 76}
{meta: genre jazz}

{start_of_verse}
[Dm9]Nobody [G13]knows what the [Em7b5]streetlight [A7(b9)]said
It [Dm(maj7)]hummed [Bb7#11]half a tune and [A7#5]went to [Dm6/9]bed
{end_of_verse}

{start_of_bridge}
Slow [Gm11]- [C9sus4] - [Fmaj7]ly
{end_of_bridge}
"""
SONGS = {"waltz": WALTZ, "turnaround": TURNAROUND}


def song(name: str) -> LeadSheet:
    return chordpro.read(SONGS[name])


def written(sheet: LeadSheet) -> Element:
    return fromstring(musicxml.write(sheet))  # noqa: S314 - our own file


def parsed(data: bytes) -> Any:
    from music21 import converter

    return converter.parseData(data, format="musicxml")


def lyrics(root: Element) -> list[str]:
    """The words, joined of their syllables."""
    words: list[str] = []
    for lyric in root.iterfind("part[@id='words']//lyric"):
        if lyric.findtext("syllabic") in {"single", "begin"}:
            words.append("")
        words[-1] += lyric.findtext("text") or ""
    return words


def line_of(*chords: Chord) -> LeadSheet:
    words = tuple(f"w{index}" for index in range(len(chords)))
    placed = tuple(PlacedChord(index, chord) for index, chord in enumerate(chords))
    return LeadSheet("Chords", Key("C", "major"), (Line(words, placed),))


@pytest.mark.parametrize("name", SONGS)
def test_golden_files_have_not_changed_unread(name: str) -> None:
    data = musicxml.write(song(name))
    path = GOLDEN / f"{name}.musicxml"
    if os.environ.get("LYRICLAB_GOLDEN") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    assert data == path.read_bytes(), "read the diff after: make golden"


@pytest.mark.parametrize("name", SONGS)
def test_golden_files_say_in_music21_what_the_lead_sheet_says(name: str) -> None:
    from music21 import harmony

    sheet = song(name)
    score = parsed((GOLDEN / f"{name}.musicxml").read_bytes())
    words, *piano = list(score.parts)  # unpacking the iterator itself repeats a part
    assert score.metadata.title == sheet.title
    assert "".join(n.lyric for n in words.recurse().notes if n.lyric) == "".join(
        word for line in sheet.lines for word in line.words
    )
    symbols = list(words.recurse().getElementsByClass("Harmony"))
    assert len(symbols) == len(sheet.chords)
    for symbol, chord in zip(symbols, sheet.chords, strict=True):
        assert isinstance(symbol, harmony.NoChord) == chord.is_no_chord
        if not chord.is_no_chord:
            assert {pitch.pitchClass for pitch in symbol.pitches} == chord.pitch_classes
    lengths = {part.duration.quarterLength for part in score.parts}
    assert len(lengths) == 1
    assert len(piano) == 2


@given(lead_sheets())
@settings(max_examples=25, deadline=None)
def test_any_song_is_valid_and_keeps_its_words_and_chords_in_order(sheet: LeadSheet) -> None:
    data = musicxml.write(sheet)
    assert musicxml_schema.errors(data) == []
    root = fromstring(data)  # noqa: S314 - our own file
    found = lyrics(root)
    expected = [word for line in sheet.lines for word in line.words]
    assert len(found) == len(expected)
    for text, word in zip(found, expected, strict=True):
        assert text == re.sub("[\ufffe\uffff]", "\ufffd", word)
    roots = [
        None
        if harmony.findtext("kind") == "none"
        else (harmony.findtext("root/root-step"), int(harmony.findtext("root/root-alter") or 0))
        for harmony in root.iter("harmony")
    ]
    assert roots == [
        None if chord.root is None else (chord.root[0], _alteration(chord.root))
        for chord in sheet.chords
    ]


def _alteration(note: str) -> int:
    return note.count("#") - note[1:].count("b")


@given(lead_sheets())
@settings(max_examples=10, deadline=None)
def test_every_bar_of_every_part_is_full(sheet: LeadSheet) -> None:
    root = written(sheet)
    bars = [
        [
            sum(int(note.findtext("duration", "0")) for note in measure.iter("note")
                if note.find("chord") is None and note.findtext("staff", "1") == "1")
            for measure in part.iter("measure")
        ]
        for part in root.iter("part")
    ]  # fmt: skip
    divisions = [int(element.text or 0) for element in root.iter("divisions")]
    words, piano = ([length / divisions[0] for length in part] for part in bars)
    beats, unit = (int(number) for number in sheet.time_signature.split("/"))
    assert words == piano
    assert set(words[1:]) <= {4 * beats / unit}


def test_music21_reads_every_quality_with_the_same_pitch_classes() -> None:
    chords = [
        Chord(root, quality, (), bass)
        for quality in QUALITY_DEGREES
        for root, bass in (("C", "1"), ("F#", "5"), ("Bb", "b7"))
    ]
    symbols = parsed(musicxml.write(line_of(*chords))).parts[0].recurse()
    found = [
        {pitch.pitchClass for pitch in symbol.pitches}
        for symbol in symbols.getElementsByClass("Harmony")
    ]
    expected = [set(chord.pitch_classes) for chord in chords]
    wrong = [c.label for c, a, b in zip(chords, found, expected, strict=True) if a != b]
    assert wrong == []


def test_equal_songs_give_equal_bytes_and_no_date() -> None:
    data = musicxml.write(song("waltz"))
    assert data == musicxml.write(song("waltz"))
    assert b"encoding-date" not in data


def test_the_words_make_no_sound_and_no_chord_has_no_root() -> None:
    root = written(song("waltz"))
    assert root.findtext("part-list/score-part[@id='words']/midi-instrument/volume") == "0"
    no_chord = next(h for h in root.iter("harmony") if h.findtext("kind") == "none")
    assert no_chord.find("root") is None


def test_systems_sections_tempo_and_signatures_are_written() -> None:
    root = written(song("waltz"))
    assert [mark.text for mark in root.iter("rehearsal")] == ["Intro", "Verse", "Chorus"]
    assert root.findtext(".//metronome/per-minute") == "132"
    assert root.findtext(".//words") == "Country "
    assert root.findtext(".//fifths") == "-3"
    assert root.findtext(".//time/beats") == "3"
    assert len(root.findall("part[@id='words']//print[@new-system='yes']")) >= 2


@pytest.mark.parametrize(("time", "unit", "dots"), [("6/8", "quarter", 1), ("2/2", "half", 0)])
def test_the_metronome_counts_the_beat_of_the_metre(time: str, unit: str, dots: int) -> None:
    sheet = LeadSheet("T", Key("C", "major"), (Line(("la",)),), time_signature=time, tempo=60)
    root = written(sheet)
    assert root.findtext(".//metronome/beat-unit") == unit
    assert len(root.findall(".//metronome/beat-unit-dot")) == dots


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("mscore3") is None, reason="needs MuseScore 3")
def test_musescore_reads_every_chord_symbol_alike(tmp_path: Path) -> None:
    chords = [Chord("Eb", quality) for quality in QUALITY_DEGREES if quality != "1"]
    chords += [Chord.parse(text) for text in ("C/E", "G7sus4", "C6/9", "A7(b9,b13)", "F#7#5", "N")]
    (tmp_path / "in.musicxml").write_bytes(musicxml.write(line_of(*chords)))
    subprocess.run(
        ["mscore3", "-o", "out.musicxml", "in.musicxml"],  # noqa: S607
        cwd=tmp_path,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        check=True,
        capture_output=True,
        timeout=120,
    )
    before, after = (
        [_meaning(h) for h in fromstring((tmp_path / name).read_bytes()).iter("harmony")]  # noqa: S314
        for name in ("in.musicxml", "out.musicxml")
    )
    assert after == before
    assert len(after) == len(chords)


def _meaning(harmony: Element) -> tuple[object, ...]:
    kind = harmony.findtext("kind")
    if kind == "none":
        return ("none",)
    degrees = [
        tuple(degree.findtext(f"degree-{part}") for part in ("type", "value", "alter"))
        for degree in harmony.iter("degree")
    ]
    notes = [harmony.findtext(path) for path in ("root/root-step", "root/root-alter")]
    return (*notes, kind, harmony.findtext("bass/bass-step"), sorted(degrees))


def test_staff_and_file_of_a_song_take_little_of_a_processor() -> None:
    sheet = songbook()[0]
    staff_svg(sheet)  # imports

    def work() -> None:
        musicxml.write(sheet)
        staff_svg(sheet, repeats=True)

    assert effort(work, 90) <= 90  # half of that is usual
