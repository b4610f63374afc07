from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings

from engine.music.chord import Chord
from engine.music.editing import line_changes, with_added, with_chord, with_line, with_words
from engine.music.key import Key
from engine.music.lead_sheet import LeadSheet, Line, PlacedChord
from tests.engine.strategies import lead_sheets

SHEET = LeadSheet(
    "Rain",
    Key("G", "major"),
    (
        Line(("down", "the", "road"), (PlacedChord(0, Chord.parse("G")),), "verse"),
        Line(("home", "again"), (PlacedChord(1, Chord.parse("C")),), "verse"),
    ),
)


@settings(max_examples=25)
@given(lead_sheets())
def test_a_song_is_the_same_as_itself(sheet: LeadSheet) -> None:
    assert all(change.is_same for change in line_changes(sheet, sheet))


@settings(max_examples=25)
@given(lead_sheets(), lead_sheets())
def test_every_line_of_both_songs_is_there_once_and_in_order(
    one: LeadSheet, two: LeadSheet
) -> None:
    changes = line_changes(one, two)
    assert tuple(c.before for c in changes if c.before) == one.lines
    assert tuple(c.after for c in changes if c.after) == two.lines


def test_a_changed_chord_is_marked_on_both_sides_and_nothing_else() -> None:
    other = with_added(with_chord(SHEET, (0, 0), Chord.parse("Em")), 0, 2, Chord.parse("D"))
    first, second = line_changes(SHEET, other)
    assert (first.chords_before, first.chords_after) == ({0}, {0, 1})
    assert not first.words_before
    assert second.is_same


def test_a_changed_word_is_marked_and_its_chord_stays() -> None:
    first, _ = line_changes(SHEET, with_words(SHEET, 0, "down a road"))
    assert (first.words_before, first.words_after) == ({1}, {1})
    assert not (first.chords_before or first.chords_after)


def test_lines_that_came_and_went_stand_alone() -> None:
    longer = with_line(SHEET, 1, "something else entirely")
    changes = line_changes(SHEET, longer)
    assert [(c.before is not None, c.after is not None) for c in changes] == [
        (True, True),
        (False, True),
        (True, True),
    ]
    assert line_changes(longer, SHEET)[1].words_before == {0, 1, 2}


def test_another_heading_is_a_change() -> None:
    lines = (replace(SHEET.lines[0], section="chorus"), SHEET.lines[1])
    first, second = line_changes(SHEET, replace(SHEET, lines=lines))
    assert not first.is_same
    assert second.is_same
