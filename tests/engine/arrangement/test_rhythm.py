from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings

from engine.arrangement.rhythm import Layout, layout
from engine.formats import chordpro
from engine.music.chord import Chord
from engine.music.lead_sheet import LeadSheet
from engine.music.metre import HALF_BAR, OFFBEAT
from tests.effort import effort
from tests.engine.strategies import lead_sheets


def laid_out(body: str, time: str = "4/4", tempo: int = 100) -> Layout:
    return layout(chordpro.read(f"{{time: {time}}}\n{{tempo: {tempo}}}\n{body}".encode()))


def words_at(plan: Layout) -> dict[str, int]:
    return {word.text: word.start for word in plan.words}


def chords_at(plan: Layout) -> dict[str, int]:
    return {struck.chord.symbol: struck.start for struck in plan.chords}


@given(lead_sheets())
@settings(max_examples=40, deadline=None)
def test_any_song_keeps_the_order_of_its_words_and_chords(sheet: LeadSheet) -> None:
    plan = layout(sheet)
    assert [(w.line, w.word, w.text) for w in plan.words] == [
        (number, index, word)
        for number, line in enumerate(sheet.lines)
        for index, word in enumerate(line.words)
    ]
    assert tuple(struck.chord for struck in plan.chords) == sheet.chords
    assert all(word.start < word.end for word in plan.words)
    assert all(a.end <= b.start for a, b in pairwise(plan.words))
    assert all(a.start < b.start and a.end == b.start for a, b in pairwise(plan.chords))
    end = plan.bars * plan.metre.slots
    spans = [(w.start, w.end) for w in plan.words] + [(s.start, s.end) for s in plan.chords]
    assert all(-plan.pickup <= start and stop <= end for start, stop in spans)
    assert len(plan.systems) == len(sheet.lines)


@given(lead_sheets())
@settings(max_examples=40, deadline=None)
def test_a_chord_on_a_word_begins_with_or_within_it(sheet: LeadSheet) -> None:
    plan = layout(sheet)
    places = [(n, p.word) for n, line in enumerate(sheet.lines) for p in line.chords]
    words = {(word.line, word.word): word for word in plan.words}
    for index, (place, struck) in enumerate(zip(places, plan.chords, strict=True)):
        word = words.get(place)
        if word is None:
            continue
        first = index == 0 or places[index - 1] != place
        assert struck.start == word.start if first else word.start < struck.start < word.end


def test_the_first_chord_takes_the_downbeat_and_words_before_it_the_bar_before() -> None:
    plan = laid_out("The [G]morning comes with coffee on the [D]stove\nAnd [C]every window")
    assert words_at(plan)["The"] == -1
    assert plan.pickup == 1
    assert chords_at(plan) == {"G": 0, "D": 8, "C": 16}
    assert words_at(plan)["And"] == 15


def test_a_line_without_chords_picks_up_its_function_words() -> None:
    plan = laid_out("[G]Down to the river\nWhere the water is wide")
    assert words_at(plan)["water"] % 8 == 0
    assert words_at(plan)["Where"] < words_at(plan)["water"]


def test_too_many_words_for_a_pickup_stay_in_their_bar() -> None:
    plan = laid_out("Nobody ever remembered the colour of [G]rain")
    assert plan.pickup == 0
    assert chords_at(plan)["G"] > 0
    assert plan.metre.strength(chords_at(plan)["G"]) <= HALF_BAR


@pytest.mark.parametrize("time", ["4/4", "3/4", "6/8", "12/8", "2/2", "5/4"])
def test_chords_never_change_off_the_beat_in_an_ordinary_line(time: str) -> None:
    plan = laid_out("[G]Carry me [Em]over the [C]long river [D]home", time)
    assert all(plan.metre.strength(struck.start) < OFFBEAT for struck in plan.chords)


def test_bars_follow_the_words_and_the_chords() -> None:
    assert laid_out("[G]Stay").bars == 1
    assert laid_out("[G]Carry me home to the [D]sea").bars == 2
    long = "[G]Every single morning in the middle of the winter of a year I remember"
    assert laid_out(long).bars == 4
    assert laid_out("[G]one [A]two [B]three [C]four [D]five").bars == 4


def test_a_played_line_has_a_bar_for_each_chord_and_slashes() -> None:
    plan = laid_out("[G] [D] [Em] [C]")
    assert list(chords_at(plan).values()) == [0, 8, 16, 24]
    assert plan.slashes == ((0, 32),)
    assert plan.bars == 4


def test_chords_after_the_last_word_are_played_not_sung() -> None:
    plan = laid_out("[G]Home again [D] [G7]")
    assert plan.slashes[0][0] == chords_at(plan)["D"]
    assert plan.words[-1].end <= plan.slashes[0][0]


def test_equal_verses_have_equal_rhythm() -> None:
    verse = "The [G]rain came down on [D]Monday\nAnd [C]no one [G]heard"
    plan = laid_out(f"{verse}\n\n{verse}\n\n[G]end")
    half = len(plan.words) // 2
    first, second = plan.words[:half], plan.words[half : 2 * half]
    shift = second[0].start - first[0].start
    assert [word.start + shift for word in first] == [word.start for word in second]


def test_sections_are_marked_where_they_begin() -> None:
    plan = laid_out(
        "{start_of_verse}\n[G]one\n[G]two\n{end_of_verse}\n{start_of_chorus}\n[C]three\n"
    )
    assert [(mark.bar, mark.section) for mark in plan.marks] == [(0, "verse"), (2, "chorus")]


def test_a_song_of_one_chord_holds_it_to_the_end() -> None:
    plan = laid_out("[G]La la la\nla la")
    assert plan.chords[0].chord == Chord.parse("G")
    assert plan.chords[0].end == plan.bars * plan.metre.slots


def test_verses_of_one_measure_have_equally_many_bars() -> None:
    plan = laid_out(
        "{start_of_verse: Verse 1}\n[G]The river took the [D]morning slow\n"
        "[C]The ferryman forgot to [G]row\n{end_of_verse}\n\n"
        "{start_of_verse: Verse 2}\n[G]The lantern on the [D]harbour wall was burn[G]ing\n"
        "[C]Was lit for no one there at [G]all\n{end_of_verse}\n"
    )
    starts = [*plan.systems, plan.bars]

    assert starts[2] - starts[0] == starts[4] - starts[2]


def test_a_blues_has_twelve_bars() -> None:
    line = "[E]My baby caught the morning train"
    plan = laid_out(f"{line}\n[A]My baby caught the morning train\n[B7]And left me in the [E]rain")

    assert plan.systems == (0, 4, 8)
    assert plan.bars == 12


def test_a_line_of_hundreds_of_crowded_words_is_set_as_quickly_as_a_page() -> None:
    crowd = "\\[A, " * 594
    song = f"I [E7]pawned my winter jacket, {crowd}[A7]pawned my [A7]guitar [E7]case"
    sheet = chordpro.read(song.encode())
    assert effort(lambda: layout(sheet), enough=50) <= 50
    slots = [sung.start for sung in layout(sheet).words]
    assert slots == sorted(set(slots))


def test_singers_breathe_between_lines() -> None:
    plan = laid_out(
        "[G]Every single morning in the middle of the [D]winter\n[C]Every single evening in the"
        " middle of the [G]rain"
    )
    last = max(word.end for word in plan.words if word.line == 0)
    following = min(word.start for word in plan.words if word.line == 1)

    assert last < following


def test_a_numbered_section_is_marked_by_its_name() -> None:
    plan = laid_out("{start_of_verse: Verse 2}\n[G]one\n{end_of_verse}\n")

    assert [mark.title for mark in plan.marks] == ["Verse 2"]


def test_a_form_that_was_asked_for_has_its_bars_and_edited_words_do_without() -> None:
    words = "[E]Ticket in my pocket and [A]nobody to blame"
    text = f"{{genre: folk}}\n{words}\n{words}\n{{meta: form 8-bar-blues}}".encode()
    sheet = chordpro.read(text)
    assert sheet.form == "8-bar-blues"
    assert layout(sheet).bars == 8

    edited = replace(sheet, lines=sheet.lines[:1])
    assert layout(edited) == layout(replace(edited, form=None))
