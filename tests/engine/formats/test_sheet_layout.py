from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.formats import chordpro
from engine.formats.sheet_layout import pages, stanzas
from engine.music.lead_sheet import LeadSheet
from tests.engine.strategies import lead_sheets

WIDTHS = {False: 0.5, True: 0.6}


def measure(text: str, bold: bool) -> float:
    return WIDTHS[bold] * len(text)


def laid_out(sheet: LeadSheet, room: float) -> list[list[tuple[float, str, str]]]:
    rows = [row for stanza in stanzas(sheet, room, measure, str) for row in stanza]
    return [[(cell.x, cell.chords, cell.word) for cell in row.cells] for row in rows if row.cells]


@given(lead_sheets(), st.floats(8, 60))
@settings(max_examples=100, deadline=None)
def test_no_word_and_no_chord_is_lost_moved_or_overprinted(sheet: LeadSheet, room: float) -> None:
    rows = laid_out(sheet, room)
    cells = [cell for row in rows for cell in row]
    assert "".join(word for _, _, word in cells) == "".join(w for x in sheet.lines for w in x.words)
    assert [chord for _, chord, _ in cells if chord] == [str(chord) for chord in sheet.chords]
    for row in rows:
        for column in (1, 2):
            texts = [(cell[0], cell[column]) for cell in row if cell[column]]
            for (left, text), (right, _) in pairwise(texts):
                assert left + measure(text, column == 1) < right


def test_a_chord_stands_where_its_word_begins() -> None:
    sheet = chordpro.read(b"Down the [Am7]dusty [G]road")
    (row,) = laid_out(sheet, 60)
    assert [(chord, word) for _, chord, word in row] == [
        *(("", "Down"), ("", "the"), ("A:min7", "dusty"), ("G:maj", "road"))
    ]


def test_a_heading_stays_with_its_first_row_and_a_short_stanza_in_one_column() -> None:
    verse = "{sov}\nrain\nrain\n{eov}\n"
    found = stanzas(chordpro.read((verse * 5).encode()), 60, measure, str)
    laid = pages(found, 2, 8.0, 12.0)
    columns = [column for page in laid for column in page]
    assert [len(page) for page in laid] == [2, 2]
    for column in columns:
        assert column[0].row.heading == "Verse"
        assert not column[-1].row.heading
        assert column[-1].y + column[-1].row.height <= 12.0
