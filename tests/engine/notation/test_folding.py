"""What is printed once and read by its signs is the song as it is played, bar by bar."""

from __future__ import annotations

from fractions import Fraction
from math import inf
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given, settings

from engine.arrangement.rhythm import layout
from engine.corpora.songbook import songbook
from engine.formats import chordpro
from engine.music.lead_sheet import LeadSheet
from engine.notation.document import document
from engine.notation.engraving import staff_svg
from engine.notation.folding import FoldedStaff, folded
from engine.notation.staves import Staff
from tests.engine.notation.in_music21 import score
from tests.engine.strategies import lead_sheets

VERSES = chordpro.read(b"""{title: Rain}
{key: G}
{start_of_verse}
[G]Down the dusty [C]road again
[D]Every mile a [G]letter then
{end_of_verse}
{start_of_chorus}
[C]Leave a light, [G]leave a light
[D]Rivers keep a [G]secret right
{end_of_chorus}
{start_of_verse}
[G]Up the winding [C]stair again
[D]Every step a [G]memory then
{end_of_verse}
{start_of_chorus}
[C]Leave a light, [G]leave a light
[D]Rivers keep a [G]secret right
{end_of_chorus}
{start_of_bridge}
[Em]Slow and [Am]low
{end_of_bridge}
""")
ENDINGS = chordpro.read(b"""{title: Rain}
{key: G}
{start_of_verse}
[G]Down the dusty [C]road again
[D]Every mile a [G]letter then
{end_of_verse}
{start_of_verse}
[G]Down the dusty [C]road again
[D]Every mile a [Em]letter then
{end_of_verse}
""")


def both(sheet: LeadSheet) -> tuple[Staff, Staff]:
    staff = Staff(layout(sheet))
    return staff, folded(sheet, staff)


def sung(staff: Staff, bar: int, verse: int = 1) -> list[tuple[int, str]]:
    """Onsets and syllables of a bar in one verse; of words that all share, whichever is asked."""
    start = bar * staff.metre.slots
    found = [
        (piece.start - start, syllable)
        for piece in staff.words[start]
        for syllable in piece.syllables
    ]
    shared = not {syllable.verse for _, syllable in found} - {1}
    return [(at, s.text) for at, s in found if shared or s.verse == verse]


def check_words(whole: Staff, short: Staff) -> None:
    assert isinstance(short, FoldedStaff)
    assert sorted(bar for bars in short.order for bar in bars) == list(range(whole.layout.bars))
    for at, bars in enumerate(short.order):
        for verse, bar in enumerate(bars, 1):
            found, expected = sung(short, at, verse), sung(whole, bar)
            assert found == expected or (found == sung(whole, bars[0]) == expected)


def harmony(part: Any) -> list[tuple[Fraction, str]]:
    return [
        (Fraction(symbol.getOffsetInHierarchy(part)).limit_denominator(64), symbol.figure)
        for symbol in part.recurse().getElementsByClass("Harmony")
    ]


def check_chords(sheet: LeadSheet, whole: Staff, short: Staff) -> None:
    (written,) = score(sheet, piano=False, staff=whole).parts
    (printed,) = score(sheet, piano=False, staff=short).parts
    unfolded = printed.expandRepeats()
    assert len(unfolded.getElementsByClass("Measure")) == len(written.getElementsByClass("Measure"))
    assert harmony(unfolded) == harmony(written)


def test_verses_stand_below_each_other_over_one_chorus() -> None:
    whole, short = both(VERSES)
    assert short.layout.bars < whole.layout.bars
    assert [mark.title for mark in short.layout.marks] == ["Verse", "Chorus", "Bridge"]
    assert {s.verse for bar in short.words.values() for p in bar for s in p.syllables} == {1, 2}
    check_words(whole, short)
    check_chords(VERSES, whole, short)


def test_the_picture_has_repeat_signs_and_numbers_before_the_verses() -> None:
    (page,) = staff_svg(VERSES, repeats=True)
    svg = "".join(fromstring(page).itertext())  # noqa: S314 - our own drawing
    assert "1.Down2.Up" in svg.replace("\u00a0", "")
    assert svg.count("Chorus") == 1


def test_last_bars_that_differ_are_endings() -> None:
    whole, short = both(ENDINGS)
    endings = [signs.ending for signs in short.signs.values() if signs.ending]
    assert endings in ([(1,), (2,)], [(1,), (1,), (2,), (2,)])
    check_words(whole, short)
    check_chords(ENDINGS, whole, short)


@pytest.mark.parametrize("number", range(0, 120, 12))
def test_our_songs_unfold_to_what_is_played(number: int) -> None:
    sheet = songbook()[number]
    whole, short = both(sheet)
    if short is not whole:
        check_words(whole, short)
        check_chords(sheet, whole, short)


@given(lead_sheets())
@settings(max_examples=20, deadline=None)
def test_any_song_folds_without_losing_a_bar_or_a_word(sheet: LeadSheet) -> None:
    whole, short = both(sheet)
    if short is not whole:
        check_words(whole, short)


@pytest.mark.parametrize("number", [23, 45, 94])
def test_the_line_of_a_verses_last_word_does_not_run_on_below_the_next_section(number: int) -> None:
    """Readers draw it up to the next syllable of that verse, which may be pages away."""
    sheet = songbook()[number]
    short = folded(sheet, Staff(layout(sheet)))
    pieces = [piece for bar in short.words.values() for piece in bar]
    sections = [mark.bar * short.metre.slots for mark in short.layout.marks]
    syllables = [(piece.start, s) for piece in pieces for s in piece.syllables]
    lyrics = [
        (lyric.get("number"), lyric.findtext("text"), lyric.find("extend") is not None)
        for lyric in document(sheet, short).iter("lyric")
    ]
    assert [(str(s.verse), s.text) for _, s in syllables] == [(v, text) for v, text, _ in lyrics]
    lines = 0
    for at, ((start, syllable), (_, _, has_line)) in enumerate(zip(syllables, lyrics, strict=True)):
        if not has_line:
            continue
        lines += 1
        end = next((other for other in sections if other > start), inf)
        rest = syllables[at + 1 :]
        following = next((other for other, s in rest if s.verse == syllable.verse), inf)
        others = [other for other, _ in rest if other >= end]
        assert following <= min(others, default=inf), syllable.text
    assert lines
