from __future__ import annotations

import re
from html.parser import HTMLParser

from engine.music.chord import Chord
from engine.music.key import Key
from engine.music.lead_sheet import LeadSheet, Line, PlacedChord
from ui.lead_sheet_html import chord_text, leadsheet_html

G = Key("G", "major")


def sheet(*lines: Line) -> LeadSheet:
    return LeadSheet("Song", G, lines)


def placed(word: int, symbol: str) -> PlacedChord:
    return PlacedChord(word, Chord.parse(symbol))


def groups(html: str) -> list[tuple[str, str]]:
    """(chords, word) of every group on the page."""
    found = re.findall(r'll-chords">(.*?)</span><span class="ll-word">(.*?)</span>', html)
    return [(re.sub(r"</?b>", " ", chords).strip(), word) for chords, word in found]


def test_every_chord_stands_over_its_own_word() -> None:
    line = Line(("Down", "the", "road"), (placed(0, "G"), placed(2, "Em"), placed(3, "D7")))

    assert groups(leadsheet_html(sheet(line))) == [
        ("G", "Down"),
        ("", "the"),
        ("Em", "road"),
        ("D7", ""),
    ]


def test_two_chords_on_one_word_keep_their_order() -> None:
    line = Line(("Home",), (placed(0, "C"), placed(0, "D")))

    assert groups(leadsheet_html(sheet(line)))[0][0].split() == ["C", "D"]


def test_words_cannot_become_markup() -> None:
    html = leadsheet_html(sheet(Line(("<script>alert(1)</script>", '"&'), (placed(0, "G"),))))

    class Tags(HTMLParser):
        seen: set[str]

        def handle_starttag(self, tag: str, attrs: object) -> None:
            self.seen.add(tag)

    parser = Tags()
    parser.seen = set()
    parser.feed(html)
    assert parser.seen == {"div", "span", "b"}
    assert "&lt;script&gt;" in html


def test_sections_are_named_once_for_each_stanza() -> None:
    html = leadsheet_html(
        sheet(
            Line(("One",), (), "verse", 0),
            Line(("Two",), (), "verse", 0),
            Line(("Three",), (), "chorus", 1),
        )
    )

    assert re.findall(r'll-section">(\w+)<', html) == ["Verse", "Chorus"]


def test_chords_show_as_symbols_numerals_or_numbers() -> None:
    chord = Chord.parse("Am7")

    assert chord_text(chord, G) == "Am7"
    assert chord_text(chord, G, "Roman") == "ii7"
    assert chord_text(chord, G, "Nashville") == "2-⁷"


def test_accidentals_are_typographic_and_other_letters_are_left_alone() -> None:
    assert chord_text(Chord.parse("Bbm7/Db"), G) == "B♭m7/D♭"
    assert chord_text(Chord.parse("F#m7b5"), G) == "F♯m7♭5"
    assert chord_text(Chord.parse("F"), G, "Roman") == "♭VII"
    assert chord_text(Chord.parse("N.C."), G) == "N.C."
