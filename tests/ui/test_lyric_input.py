from __future__ import annotations

from engine.lyrics import Lyrics
from engine.music.chord import Chord
from engine.music.key import Key
from engine.music.lead_sheet import LeadSheet, Line, PlacedChord
from ui.lyric_input import lyric_of


def test_a_sheet_becomes_words_that_are_read_back_with_their_sections() -> None:
    sheet = LeadSheet(
        "Song",
        Key("C", "major"),
        (
            Line(("Rain", "on", "the", "roof"), (), "verse", 0),
            Line(("Rain", "on", "me"), (), "verse", 0),
            Line((), (PlacedChord(0, Chord.parse("C")),), "other", 1),
            Line(("Oh", "the", "rain"), (), "chorus", 2),
        ),
    )

    text = lyric_of(sheet)
    lyrics = Lyrics.parse(text)

    assert text.startswith("[Verse]\nRain on the roof\n")
    assert [(line.section, line.stanza) for line in lyrics.lines] == [
        ("verse", 0),
        ("verse", 0),
        ("chorus", 1),
    ]
