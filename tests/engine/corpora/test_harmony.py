"""Harmony of songs: told of sheets, tunes and rows of chords, and counted by hand."""

from __future__ import annotations

import pytest

from engine.corpora.harmony import (
    SongHarmony,
    harmony_of_run,
    harmony_of_sheet,
    harmony_of_tune,
)
from engine.corpora.harmony_counts import (
    chord_counts,
    chords_a_bar,
    chords_a_line,
    common_steps,
    key_counts,
    mean_chords_a_bar,
    mean_chords_a_line,
    of_mode,
    progressions,
    songs_that_play,
    transitions,
)
from engine.corpora.store.music_text import tunes_in
from engine.formats import chordpro
from engine.music.key import Key


def song(row: int, steps: str, key: str = "C", bars: int = 0, *a_line: int) -> SongHarmony:
    found = tuple(steps.split())
    return SongHarmony(row, "folk", Key.parse(key), found, found, a_line, bars)


SONGS = [
    song(3, "I V vi IV I V vi IV", "C", 8, 2, 2, 4),
    song(5, "I IV V I", "G", 8, 1, 3),
    song(7, "i VII i", "Am"),
]


def test_a_sheet_tells_chords_a_line_and_the_bars_it_is_laid_out_in() -> None:
    sheet = chordpro.read(b"{key: G}\n[G]Low [Am7]moon on the [D]hill\nslow rain\n[G] [C]\n")
    found = harmony_of_sheet(sheet, 4)
    assert found is not None
    assert (found.row, found.steps, found.chords) == (
        *(4, ("I", "ii", "V", "I", "IV"), ("I", "ii7", "V", "I", "IV")),
    )
    assert found.a_line == (3, 0)
    assert found.bars >= 3
    assert harmony_of_sheet(chordpro.read(b"low moon\n")) is None


def test_a_tune_tells_the_chords_over_its_notes_and_its_own_bars() -> None:
    text = 'X:1\nT:Jig\nM:6/8\nK:Em\n"Em"E2B "^slow""D"BAG|"Em7"F2A AGF:|\n|:"what"B3|"G"G3|]\n'
    (tune,) = tunes_in(text)
    found = harmony_of_tune(tune, 2, "irishman")
    assert found is not None
    assert (found.key, found.steps, found.bars) == (Key.parse("Em"), ("i", "VII", "i", "III"), 4)
    assert found.chords == ("i", "VII", "i7", "III")
    (dorian,) = tunes_in('X:1\nK:Ador\n"Am"A4|"E"E4|"Am"A4|"Dm"d4|\n')
    told = harmony_of_tune(dorian)
    assert told is not None
    assert told.key.name == "A minor", "a mode without a name here: the key the chords fit best"
    (bare,) = tunes_in("X:1\nK:G\nGABc|\n")
    assert harmony_of_tune(bare) is None


def test_a_row_of_chords_is_in_the_key_it_fits_best() -> None:
    found = harmony_of_run(("G", "C", "D7", "G"), 1)
    assert found is not None
    assert (found.key.name, found.steps, found.a_line, found.bars) == (
        *("G major", ("I", "IV", "V", "I"), (), 0),
    )


def test_keys_and_chords_are_counted() -> None:
    keys = key_counts(SONGS)
    assert keys["key"].tolist() == ["A minor", "C major", "G major"]
    assert keys["share"].tolist() == pytest.approx([1 / 3] * 3)
    major = chord_counts(of_mode(SONGS, "major"))
    assert major["numeral"].tolist() == ["I", "IV", "V", "vi"]
    assert major["uses"].tolist() == [4, 3, 3, 2]
    assert major["share"].sum() == pytest.approx(1)


def test_what_follows_what_adds_up_in_every_row() -> None:
    major = of_mode(SONGS, "major")
    table = transitions(major)
    assert list(table.index) == ["I", "IV", "V", "vi"], "in the order of the scale"
    # I goes to V twice and to IV once; IV to I and to V once each; V to vi twice, to I once.
    assert table.loc["I"].tolist() == pytest.approx([0, 1 / 3, 2 / 3, 0, 3])
    assert table.loc["IV"].tolist() == pytest.approx([1 / 2, 0, 1 / 2, 0, 2])
    assert table.loc["V"].tolist() == pytest.approx([1 / 3, 0, 0, 2 / 3, 3])
    few = transitions(major, ["I", "V"])
    assert list(few.columns) == ["I", "V", "other", "moves"]
    assert few.loc["other"].tolist() == pytest.approx([1 / 4, 1 / 4, 1 / 2, 4])
    assert transitions([], ["I"]).loc["I"].tolist() == [0, 0]


def test_the_order_of_the_scale_has_flats_before_and_sharps_behind() -> None:
    found = common_steps([song(0, "bVII vii° I #iv° IV bIII III vi V+")])
    assert found == ["I", "bIII", "III", "IV", "#iv°", "V+", "vi", "bVII", "vii°"]


def test_progressions_are_counted_once_a_song_and_lead_to_their_songs() -> None:
    table = progressions(SONGS, 3).set_index("progression")
    assert table.loc["I – V – vi"].tolist() == pytest.approx([1, 1 / 3, 2])
    assert songs_that_play(SONGS, "I – V – vi") == [3]
    assert songs_that_play(SONGS, "i – VII – i") == [7]
    assert songs_that_play(SONGS, "V – I") == [5]
    eight = progressions(SONGS, 8)
    assert eight["share"].tolist() == [1.0], "of the songs that have eight chords in a row"
    assert len(progressions([], 4)) == 0


def test_pace_is_chords_a_line_and_changes_a_bar() -> None:
    lines = chords_a_line(SONGS, 3).set_index("chords")
    assert lines["lines"].tolist() == [0, 1, 2, 2]
    assert list(lines.index)[-1] == "3 or more"
    assert mean_chords_a_line(SONGS) == 12 / 5
    bars = chords_a_bar(SONGS).set_index("chords")
    assert bars.loc["1 to 1.5", "songs"] == 1  # eight chords in eight bars
    assert bars.loc["0.5 to 0.75", "share"] == 0.5  # four in eight
    assert mean_chords_a_bar(SONGS) == 0.75
    assert mean_chords_a_bar(SONGS[2:]) is mean_chords_a_line(SONGS[2:]) is None
