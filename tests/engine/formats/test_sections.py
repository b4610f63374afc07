"""Sections and their numbers come back from every format that is read."""

from __future__ import annotations

import pytest

from engine.formats import chordpro, json_format, text
from engine.music.chord import Chord
from engine.music.key import Key
from engine.music.lead_sheet import LeadSheet, Line, PlacedChord

HEADINGS = [
    *(("verse", 1), ("pre-chorus", None), ("chorus", None), ("verse", 2), ("pre-chorus", 2)),
    *(("chorus", 2), ("bridge", None), ("other", None), ("outro", 1)),
]
SONG = LeadSheet(
    "Song",
    Key("G", "major"),
    tuple(
        Line(("Sing", "it"), (PlacedChord(0, Chord.parse("G")),), section, at, number)
        for at, (section, number) in enumerate(HEADINGS)
    ),
)


@pytest.mark.parametrize("module", [chordpro, json_format, text])
def test_sections_come_back_with_their_numbers(module: object) -> None:
    back = module.read(module.write(SONG))  # type: ignore[attr-defined]

    assert [(line.section, line.number) for line in back.lines] == HEADINGS


def test_verses_with_other_numbers_are_two_stanzas() -> None:
    lines = tuple(Line(("La",), (), "verse", 0, number) for number in (1, 2))

    assert [line.stanza for line in LeadSheet("", Key("C", "major"), lines).lines] == [0, 1]
