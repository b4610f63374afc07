"""Single acts, as a songwriter would tell them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.errors import InputError
from engine.music import editing
from engine.music.chord import Chord
from engine.music.editing.likeness import words_under
from engine.music.editing.lines import new_places
from engine.music.key import Key
from engine.music.lead_sheet import LeadSheet, Line, PlacedChord


def line(text: str, *chords: tuple[int, str], section: str | None = None, stanza: int = 0) -> Line:
    placed = tuple(PlacedChord(word, Chord.parse(symbol)) for word, symbol in chords)
    return Line(tuple(text.split()), placed, section, stanza)


SHEET = LeadSheet(
    "Rain",
    Key("G", "major"),
    (
        line("down the dusty road", (0, "G"), (2, "C"), section="verse"),
        line("I carried home the rain", (1, "D"), section="verse"),
        line("leave a light", (0, "Em"), section="chorus", stanza=1),
        line("every mile a letter", (0, "G"), section="verse", stanza=2),
        line("with somebody's name", section="verse", stanza=2),
        line("", (0, "C"), (0, "G"), section="outro", stanza=3),
    ),
)


def told(sheet: LeadSheet, number: int) -> list[tuple[int, str]]:
    return [(placed.word, placed.chord.symbol) for placed in sheet.lines[number].chords]


def test_a_chord_is_set_added_moved_and_deleted() -> None:
    sheet = editing.with_chord(SHEET, (0, 1), Chord.parse("Am7"))
    assert told(sheet, 0) == [(0, "G"), (2, "Am7")]
    sheet = editing.with_added(sheet, 0, 4, Chord.parse("D7"))
    assert told(sheet, 0) == [(0, "G"), (2, "Am7"), (4, "D7")]
    sheet = editing.with_moved(sheet, (0, 1), 0, 1)
    assert told(sheet, 0) == [(0, "G"), (1, "Am7"), (4, "D7")]
    sheet = editing.with_moved(sheet, (0, 0), 1, 0)
    assert (told(sheet, 0), told(sheet, 1)) == ([(1, "Am7"), (4, "D7")], [(0, "G"), (1, "D")])
    assert told(editing.without_chords(sheet, [(0, 0)]), 0) == [(4, "D7")]


def test_a_chord_is_added_before_or_behind_the_one_on_its_word() -> None:
    behind = editing.with_added(SHEET, 0, 0, Chord.parse("C"))
    assert told(behind, 0) == [(0, "G"), (0, "C"), (2, "C")]
    before = editing.with_added(SHEET, 0, 0, Chord.parse("C"), before=True)
    assert told(before, 0) == [(0, "C"), (0, "G"), (2, "C")]


def test_a_locked_chord_is_neither_changed_nor_moved_nor_deleted() -> None:
    sheet = editing.with_locks(SHEET, [(0, 1)])
    for act in (
        lambda: editing.with_chord(sheet, (0, 1), Chord.parse("A")),
        lambda: editing.with_moved(sheet, (0, 1), 0, 0),
        lambda: editing.without_chords(sheet, [(0, 1)]),
        lambda: editing.without_line(sheet, 0),
    ):
        with pytest.raises(InputError, match="locked"):
            act()
    assert told(editing.without_chords(sheet, [(0, 0), (0, 1)]), 0) == [(2, "C")]
    up = editing.with_chords_transposed(sheet, [(0, 0), (0, 1)], 2)
    assert told(up, 0) == [(0, "A"), (2, "C")]
    assert editing.without_locks(sheet) == SHEET


def test_another_key_keeps_locks() -> None:
    sheet = editing.with_locks(SHEET, [(0, 1)]).transpose(2)
    assert [placed.locked for placed in sheet.lines[0].chords] == [False, True]


@pytest.mark.parametrize(
    ("text", "chords"),
    [
        ("Down the dusty, dusty road", [(0, "G"), (2, "C")]),
        ("all down the dusty road", [(1, "G"), (3, "C")]),
        ("down the road", [(0, "G"), (2, "C")]),
        ("down the muddy road", [(0, "G"), (2, "C")]),
        ("road", [(0, "G"), (0, "C")]),
        ("", [(0, "G"), (0, "C")]),
    ],
)
def test_other_words_keep_the_chords_of_a_line(text: str, chords: list[tuple[int, str]]) -> None:
    assert told(editing.with_words(SHEET, 0, text), 0) == chords


def test_words_on_a_played_line_begin_under_its_chords() -> None:
    assert told(editing.with_words(SHEET, 5, "la la la"), 5) == [(0, "C"), (0, "G")]
    assert new_places(["a", "b"], ["x", "a", "b", "y"]) == [1, 2, 4]


def test_a_line_needs_words_or_chords() -> None:
    with pytest.raises(InputError, match="neither words nor chords"):
        editing.with_words(SHEET, 4, " ")


def test_a_section_sounds_like_another_by_line_and_syllable() -> None:
    locked = editing.with_locks(SHEET, [(3, 0)])
    sheet = editing.with_section_like(locked, 2, 0)
    assert told(sheet, 3) == [(0, "G"), (2, "C")]
    assert told(sheet, 4) == [(1, "D")]
    assert sheet.lines[3].chords[0].locked
    assert sheet.lines[:3] == SHEET.lines[:3]
    with pytest.raises(InputError, match="Outro has no sung line"):
        editing.with_section_like(SHEET, 0, 3)


def test_a_chord_falls_on_the_word_as_many_syllables_in() -> None:
    assert words_under(["every", "mile"], [0, 1, 2], ["oh", "the", "long", "mile"]) == [0, 2, 4]


def test_sections_are_named_apart() -> None:
    assert editing.section_names(SHEET) == ("Verse 1", "Chorus", "Verse 2", "Outro")
    assert list(editing.lines_of_section(SHEET, 2)) == [3, 4]
    other = editing.with_heading(SHEET, 1, None)
    assert editing.section_names(other)[1] == "Section 2"
    with pytest.raises(InputError, match="there is no section 5"):
        editing.lines_of_section(SHEET, 4)


def test_lines_come_go_and_move() -> None:
    sheet = editing.with_line(SHEET, 2, "and the wind")
    assert sheet.lines[2] == line("and the wind", section="verse")
    assert [one.stanza for one in sheet.lines] == [0, 0, 0, 1, 2, 2, 3]
    assert editing.without_line(sheet, 2) == SHEET
    split = editing.with_line(SHEET, 1, "oh", new_section=True)
    assert [(one.section, one.stanza) for one in split.lines[:4]] == [
        *(("verse", 0), (None, 1), ("verse", 2), ("chorus", 3))
    ]
    moved = editing.with_line_moved(SHEET, 0, 2)
    assert [one.text for one in moved.lines[:3]] == [
        *("I carried home the rain", "leave a light", "down the dusty road")
    ]
    assert (moved.lines[2].section, moved.lines[2].stanza) == ("chorus", 1)


def test_the_last_chord_of_a_played_line_takes_the_line_along() -> None:
    sheet = editing.without_chords(SHEET, [(5, 0), (5, 1)])
    assert len(sheet.lines) == 5
    alone = replace(SHEET, lines=SHEET.lines[5:])
    with pytest.raises(InputError, match="only one"):
        editing.without_chords(alone, [(0, 0), (0, 1)])


def test_lines_written_anew_keep_locked_chords() -> None:
    written = LeadSheet(
        "",
        SHEET.key,
        tuple(replace(one, chords=(PlacedChord(0, Chord.parse("A")),)) for one in SHEET.lines),
    )
    locked = editing.with_locks(SHEET, [(0, 1)])
    sheet = editing.with_lines_rewritten(locked, written, [0])
    assert told(sheet, 0) == [(0, "A"), (2, "C")]
    assert sheet.lines[0].chords[1].locked
    assert sheet.lines[1:] == SHEET.lines[1:]
    with pytest.raises(InputError, match="ask again"):
        editing.with_lines_rewritten(editing.with_words(SHEET, 0, "else"), written, [0])


def test_what_was_undone_comes_back_until_something_else_is_done() -> None:
    history = editing.History(1).then(2).then(3)
    assert (history.undone().present, history.undone().redone()) == (2, history)
    assert history.undone().then(4).redone().present == 4
    assert history.then(3) is history
    assert editing.History(1).undone() == editing.History(1)


def test_a_numbered_section_can_lose_its_heading_and_take_in_a_line() -> None:
    lines = (Line(("Rain",), (), "verse", 0, 2), Line(("Home",), (), "chorus", 1))
    sheet = LeadSheet("", Key("C", "major"), lines)

    assert [(one.section, one.number) for one in editing.with_heading(sheet, 0, None).lines] == [
        *((None, None), ("chorus", None))
    ]
    assert editing.with_heading(sheet, 0, "verse") == sheet
    moved = editing.with_line_moved(sheet, 1, 0)
    assert [(one.section, one.number, one.stanza) for one in moved.lines] == [("verse", 2, 0)] * 2


def test_one_chord_written_anew_comes_alone_and_only_where_it_is_free() -> None:
    sheet = LeadSheet("", Key("C", "major"), (line("one two", (0, "C"), (1, "G")),))
    written = editing.with_chord(
        editing.with_chord(sheet, (0, 0), Chord.parse("F")), (0, 1), Chord.parse("Am")
    )

    after = editing.with_chord_rewritten(sheet, written, (0, 1))
    assert [chord.symbol for chord in after.chords] == ["C", "Am"]
    with pytest.raises(InputError, match="C is locked"):
        editing.with_chord_rewritten(editing.with_locks(sheet, [(0, 0)]), written, (0, 0))
    with pytest.raises(InputError, match="No other chord was found"):
        editing.with_chord_rewritten(sheet, sheet, (0, 1))
    with pytest.raises(InputError, match="words have changed"):
        editing.with_chord_rewritten(editing.with_words(sheet, 0, "one three"), written, (0, 1))
