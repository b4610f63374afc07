from __future__ import annotations

import json

from engine.formats import chordpro
from ui.chords.player_data import player_data, sounds

SHEET = chordpro.read(
    b"{key: G}\n{meta: genre rock}\n{start_of_verse}\nThe [G]rain [C]falls\nOh [D]down\n"
    b"{end_of_verse}\n{start_of_verse}\n[G]La la [C]la\n{end_of_verse}"
)


def test_a_player_shows_the_chords_as_they_are_read_and_where_they_stand() -> None:
    told = player_data(SHEET, SHEET, "Roman", with_sounds=False)
    assert [row[1:] for row in told["struck"]] == [
        ["I", 0, 0],
        ["IV", 0, 1],
        ["V", 1, 0],
        ["I", 2, 0],
        ["IV", 2, 1],
    ]
    assert [row[2] for row in told["sections"]] == ["Verse 1", "Verse 2"]
    assert told["sections"][0][1] == told["sections"][1][0]


def test_a_capo_changes_what_is_shown_and_not_what_sounds() -> None:
    told, plain = (
        player_data(SHEET, s, "Chords", with_sounds=False) for s in (SHEET.transpose(-2), SHEET)
    )
    assert told["struck"][0][1] == "F"
    assert told["notes"] == plain["notes"]


def test_rows_are_in_the_order_in_which_a_player_looks_for_them() -> None:
    told = player_data(SHEET, SHEET, "Chords", with_sounds=False)
    for rows in (*told["notes"].values(), told["struck"], told["sections"]):
        starts = [row[0] for row in rows]
        assert rows and starts == sorted(starts)


def test_the_instruments_are_told_of_once_they_are_wanted() -> None:
    assert "samples" not in player_data(SHEET, SHEET, "Chords", with_sounds=False)
    told = player_data(SHEET, SHEET, "Chords", with_sounds=True)
    assert told["bytes"] == len(sounds("rock"))
    assert {row[0] for row in told["samples"]} == {"chords", "bass", "drums"}
    assert 0.1 < told["gain"] < 4
    json.dumps(told)
