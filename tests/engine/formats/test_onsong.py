from __future__ import annotations

from engine.formats import onsong

CHART = b"""Hill Song
Nobody
Key: G
Capo: 0

Verse 1:
*[G]If you walk
G       D
Over the hill

Chorus:
[C]Oh [D]so
"""


def test_a_chart_with_both_ways_of_writing_chords_is_read() -> None:
    sheet = onsong.read(CHART)
    assert (sheet.title, sheet.artist, str(sheet.key)) == ("Hill Song", "Nobody", "G:major")
    assert [line.section for line in sheet.lines] == ["verse", "verse", "chorus"]
    assert sheet.lines[1].text == "Over the hill"
    assert [(p.word, p.chord.symbol) for p in sheet.lines[1].chords] == [(0, "G"), (2, "D")]
