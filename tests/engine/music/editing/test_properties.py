"""What holds for every act on every song: undo leads back, locks hold, places stay valid."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import InputError
from engine.lyrics import SECTIONS
from engine.music import editing
from engine.music.editing import History
from engine.music.lead_sheet import LeadSheet, Line
from tests.engine.strategies import chords, lead_sheets, words


@st.composite
def acts(draw: st.DrawFn, sheet: LeadSheet) -> LeadSheet:
    """The song after some act; the same one where the act is refused."""
    line = draw(st.integers(0, len(sheet.lines)))
    number, word = draw(st.integers(0, 4)), draw(st.integers(0, 7))
    places = [(n, m) for n, one in enumerate(sheet.lines) for m in range(len(one.chords))]
    some = draw(st.lists(st.sampled_from(places), max_size=4)) if places else []
    text = " ".join(draw(st.lists(words, max_size=5)))
    section = draw(st.integers(0, 4))
    choices = {
        "set": lambda: editing.with_chord(sheet, (line, number), draw(chords())),
        "add": lambda: editing.with_added(
            sheet, line, word, draw(chords()), before=draw(st.booleans())
        ),
        "move": lambda: editing.with_moved(
            sheet, (line, number), draw(st.integers(0, len(sheet.lines))), word
        ),
        "delete": lambda: editing.without_chords(sheet, some),
        "lock": lambda: editing.with_locks(sheet, some),
        "transpose": lambda: editing.with_chords_transposed(
            sheet, some, draw(st.integers(-12, 12))
        ),
        "like": lambda: editing.with_section_like(sheet, section, draw(st.integers(0, 4))),
        "words": lambda: editing.with_words(sheet, line, text),
        "heading": lambda: editing.with_heading(
            sheet, section, draw(st.sampled_from([None, *SECTIONS]))
        ),
        "insert": lambda: editing.with_line(sheet, line, text, new_section=draw(st.booleans())),
        "remove": lambda: editing.without_line(sheet, line),
        "shift": lambda: editing.with_line_moved(sheet, line, draw(st.integers(0, 5))),
        "rewrite": lambda: editing.with_lines_rewritten(sheet, sheet.transpose(2), [line]),
    }
    try:
        return choices[draw(st.sampled_from(sorted(choices)))]()
    except InputError:
        return sheet


def locked(sheet: LeadSheet) -> Counter[str]:
    return Counter(p.chord.label for one in sheet.lines for p in one.chords if p.locked)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_undo_of_any_sequence_returns_the_first_song_and_redo_the_last(data: st.DataObject) -> None:
    first = data.draw(lead_sheets())
    history = History(first)
    for _ in range(data.draw(st.integers(1, 8))):
        history = history.then(data.draw(acts(history.present)))
    last, steps = history.present, len(history.past)
    for _ in range(steps):
        history = history.undone()
    assert history.present == first
    assert not history.past
    for _ in range(steps):
        history = history.redone()
    assert history.present == last


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_no_act_loses_a_locked_chord_and_every_place_is_valid(data: st.DataObject) -> None:
    sheet = data.draw(lead_sheets())
    places = [(n, m) for n, one in enumerate(sheet.lines) for m in range(len(one.chords))]
    sheet = editing.with_locks(sheet, places[::2])
    for _ in range(data.draw(st.integers(1, 5))):
        after = data.draw(acts(sheet))
        assert not locked(sheet) - locked(after)
        sheet = after
    for one in sheet.lines:
        assert Line(one.words, one.chords, one.section, one.stanza, one.number) == one
    assert [one.stanza for one in sheet.lines] == sorted(one.stanza for one in sheet.lines)
