from __future__ import annotations

import re
import threading
from dataclasses import replace
from itertools import pairwise
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import pytest
from hypothesis import given, settings

from engine.arrangement.performance import performance
from engine.arrangement.rhythm import layout
from engine.formats import chordpro
from engine.music.key import Key
from engine.music.lead_sheet import LeadSheet, Line
from engine.notation.document import document
from engine.notation.engraving import staff_svg
from engine.notation.staves import Staff
from engine.notation.systems import system_bars, text_width
from tests.engine.notation.in_music21 import score
from tests.engine.strategies import lead_sheets

SONG = b"""{title: Paper Lanterns}
{artist: The Golden Files}
{key: Bb}
{tempo: 92}
{meta: genre folk}

{start_of_verse: Intro}
[Bb] [Eb] [F7sus4] [F7]
{end_of_verse}

{start_of_verse}
The [Bb]lanterns on the [Eb]harbour wall are [Gm7]swinging in the [F]rain
And [Eb]every_one is [F/A]counting [Bb]down the [Bb7/Ab]minutes to the [Eb]train
{end_of_verse}

{start_of_chorus}
[Eb]Extraordinarily [F#dim7]slow, [Bb/F]oh [G7(b9)]so [C7]slow [F7]
[N.C.]Hold [Bb]on
{end_of_chorus}
"""


@pytest.fixture(scope="module")
def song() -> LeadSheet:
    return chordpro.read(SONG)


def drawn(sheet: LeadSheet, width: int = 1000, **options: Any) -> Element:
    (page,) = staff_svg(sheet, width, **options)
    return fromstring(page)  # noqa: S314 - our own drawing


def tags(svg: Element) -> list[str]:
    return [element.tag.rpartition("}")[2] for element in svg.iter()]


def text_of(element: Element) -> str:
    return "".join(element.itertext())


def groups(svg: Element, kind: str) -> list[Element]:
    return [element for element in svg.iter() if element.get("class") == kind]


def first_text(group: Element) -> tuple[float, float, str]:
    text = next(element for element in group.iter() if element.tag.endswith("}text"))
    return float(text.get("x", "0")), float(text.get("y", "0")), text_of(text)


def test_the_picture_has_every_word_and_chord_symbol(song: LeadSheet) -> None:
    svg = drawn(song)
    syllables = [text_of(group) for group in groups(svg, "syl")]
    assert "".join(syllables) == "".join(word for line in song.lines for word in line.words)
    assert {"lan", "terns", "ex", "traor", "di", "nar", "i", "ly"} <= set(map(str.lower, syllables))
    symbols = [text_of(group).replace("♭", "b").replace("♯", "#") for group in groups(svg, "harm")]
    assert symbols == [chord.symbol for chord in song.chords]


def test_title_artist_style_and_tempo_stand_above(song: LeadSheet) -> None:
    text = text_of(drawn(song))
    for expected in ("Paper Lanterns", "The Golden Files", "Folk ♩ = 92", "Verse", "Chorus"):
        assert expected in text
    assert "Paper Lanterns" not in text_of(drawn(song, header=False))


@pytest.mark.parametrize("width", [280, 360, 700, 1000, 1600])
def test_words_never_touch_and_stay_inside_at_any_width(song: LeadSheet, width: int) -> None:
    svg = drawn(song, width)
    assert float(svg.get("width", "0")) == pytest.approx(width, abs=1)
    page = next(element for element in svg.iter() if element.get("class") == "staff-page")
    right_edge = float(page.get("viewBox", "").split()[2])
    rows: dict[float, list[tuple[float, str]]] = {}
    for group in groups(svg, "syl"):
        x, y, text = first_text(group)
        rows.setdefault(y, []).append((x, text))
    for row in rows.values():
        for (x, text), (following, _) in pairwise(sorted(row)):
            assert x + 405 * text_width(text) < following
        x, text = max(row)
        assert x + 405 * text_width(text) < right_edge


@pytest.mark.parametrize("width", [360, 1000])
def test_chord_symbols_never_touch(song: LeadSheet, width: int) -> None:
    rows: dict[float, list[tuple[float, str]]] = {}
    for group in groups(drawn(song, width), "harm"):
        x, y, text = first_text(group)
        rows.setdefault(y, []).append((x, text))
    for row in rows.values():
        for (x, text), (following, _) in pairwise(sorted(row)):
            assert x + 405 * text_width(text) < following


def test_narrow_pictures_have_more_systems_that_still_break_at_bars(song: LeadSheet) -> None:
    staff = Staff(layout(song))
    wide, narrow = system_bars(staff, 60), system_bars(staff, 20)
    assert wide[0] == narrow[0] == 0
    assert len(narrow) > len(wide)
    assert set(wide) <= set(staff.layout.systems)
    assert {mark.bar for mark in staff.layout.marks} <= set(wide) & set(narrow)


def test_the_picture_follows_the_theme_and_survives_sanitizers(song: LeadSheet) -> None:
    (page,) = staff_svg(song)
    assert page.startswith("<svg xmlns=")
    assert not {"use", "style", "script", "defs", "foreignObject", "image"} & set(
        tags(fromstring(page))  # noqa: S314 - our own drawing
    )
    assert not re.search(r'"(black|#0{3,6})"|\bid=|href|[\ue000-\uf8ff]', page)
    assert 'fill="currentColor"' in page
    assert 'color="#eee"' in staff_svg(song, colour="#eee")[0]


def test_an_underscore_is_written_as_one(song: LeadSheet) -> None:
    assert "every_one" in [text_of(group) for group in groups(drawn(song), "syl")]


def test_a_word_held_over_notes_has_a_line_and_its_syllables_have_notes() -> None:
    sheet = chordpro.read(b"{key: C}\n[C]Riv[G]er [C]slow")
    pieces = [piece for bar in Staff(layout(sheet)).words.values() for piece in bar]
    sung = [syllable for piece in pieces for syllable in piece.syllables]
    assert [(s.text, s.place) for s in sung] == [
        ("Riv", "begin"),
        ("er", "end"),
        ("slow", "single"),
    ]
    root = document(sheet, Staff(layout(sheet)))
    held = [s.text for s in sung if s.extended]
    assert [
        lyric.findtext("text") for lyric in root.iter("lyric") if lyric.find("extend") is not None
    ] == held


def test_the_full_picture_adds_the_piano(song: LeadSheet) -> None:
    lead, full = drawn(song), drawn(song, parts="full")
    assert len(groups(full, "staff")) == 3 * len(groups(full, "measure"))
    assert len(groups(lead, "staff")) == len(groups(lead, "measure"))
    assert [text_of(g) for g in groups(full, "syl")] == [text_of(g) for g in groups(lead, "syl")]


def test_the_slash_chart_has_every_chord_over_beats_without_words(song: LeadSheet) -> None:
    lead, chart = drawn(song), drawn(song, parts="slash")
    assert not groups(chart, "syl")
    symbols = [text_of(group) for group in groups(chart, "harm")]
    assert symbols == [text_of(group) for group in groups(lead, "harm")]
    assert len(groups(chart, "measure")) == len(groups(lead, "measure"))


def test_printed_pages_are_numbered(song: LeadSheet) -> None:
    pages = staff_svg(song, 500, page_height=450, footer=True)
    for number, page in enumerate(pages, 1):
        assert f"Paper Lanterns · {number} of {len(pages)}" in page
    assert 'class="page"' not in staff_svg(song)[0]


def test_every_thread_of_a_server_can_draw(song: LeadSheet) -> None:
    drawn: list[int] = []
    for _ in range(3):
        worker = threading.Thread(target=lambda: drawn.append(len(staff_svg(song))))
        worker.start()
        worker.join()

    assert drawn == [1, 1, 1]


def test_pages_of_a_given_height(song: LeadSheet) -> None:
    pages = staff_svg(song, 500, page_height=450)
    assert len(pages) > 1
    syllables = [
        text_of(group)
        for page in pages
        for group in groups(fromstring(page), "syl")  # noqa: S314 - our own drawing
    ]
    assert "".join(syllables) == "".join(word for line in song.lines for word in line.words)


def test_a_pickup_shares_the_first_system(song: LeadSheet) -> None:
    sheet = LeadSheet("Pickup", song.key, song.lines[1:2])
    svg = drawn(sheet, 1600)
    rows = {first_text(group)[1] for group in groups(svg, "syl")}
    first = first_text(groups(svg, "syl")[0])[1]
    assert len([group for group in groups(svg, "syl") if first_text(group)[1] == first]) > 1
    assert len(rows) <= 2


def test_a_title_of_unknown_characters_is_drawn(song: LeadSheet) -> None:
    assert staff_svg(replace(song, title="\U00018cd6"))


@given(lead_sheets())
@settings(max_examples=8, deadline=None)
def test_any_song_can_be_drawn(sheet: LeadSheet) -> None:
    svg = drawn(sheet, 600)
    words = sum(len(line.words) for line in sheet.lines)
    assert len(groups(svg, "syl")) >= words


def test_music21_reads_the_words_and_two_staves_of_a_piano(song: LeadSheet) -> None:
    parts = list(score(song).parts)
    assert [part.partName for part in parts] == ["Words", "Piano", "Piano"]
    assert [part.partName for part in score(song, piano=False).parts] == ["Words"]
    assert len({part.duration.quarterLength for part in parts}) == 1


@pytest.mark.parametrize("key", ["C:major", "D:minor", "Ab:minor", "E:major", "C#:major"])
def test_slashes_stand_on_the_middle_line_without_an_accidental(key: str) -> None:
    sheet = LeadSheet("Middle", Key.parse(key), (Line(("la", "la")),))
    (words,) = score(sheet, piano=False).parts
    signature = words.recurse().getElementsByClass("KeySignature").first()
    for note in words.recurse().notes:
        assert (note.pitch.step, note.pitch.octave) == ("B", 4)
        expected = signature.accidentalByStep("B")
        assert note.pitch.alter == (expected.alter if expected else 0)


@pytest.mark.parametrize("genre", ["folk", "rock", "punk", "jazz", None])
def test_the_printed_piano_plays_what_is_heard(song: LeadSheet, genre: str | None) -> None:
    sheet = replace(song, genre=genre)
    played = performance(sheet)
    whole = score(sheet)
    for part, notes in zip(list(whole.parts)[1:], (played.chords, played.bass), strict=True):
        written = {
            (round((note.getOffsetInHierarchy(whole)) * 2) / 2, pitch.midi % 12)
            for note in part.recurse().notes
            for pitch in note.pitches
            if note.tie is None or note.tie.type == "start"
        }
        # Swung eighths are written even.
        heard = {(int(note.start * 2 + 0.1) / 2, note.pitch % 12) for note in notes}
        assert written == heard
