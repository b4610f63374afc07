from __future__ import annotations

import pytest

from engine.errors import InputError
from engine.generator.palette import Palette, chords_named
from engine.music.chord import Chord
from tests.engine.generator.tiny import tiny_vocabulary

VOCABULARY = tiny_vocabulary()


def names(palette: Palette) -> set[str]:
    return {palette.written(index).symbol for index in palette.allowed.nonzero()[0]}


def test_triads_hold_no_sevenths_and_power_chords_are_for_punk() -> None:
    plain = Palette(VOCABULARY, "triads", "folk", "major")
    assert {VOCABULARY.parsed[index].quality for index in plain.allowed.nonzero()[0]} <= {
        "maj",
        "min",
    }
    assert plain.written(VOCABULARY.chords.index("C:maj")).symbol == "C"
    punk = Palette(VOCABULARY, "triads", "Punk", "major")
    assert punk.written(VOCABULARY.chords.index("A:min")).symbol == "A5"
    rich = Palette(VOCABULARY, "sevenths", "punk", "major")
    assert rich.written(VOCABULARY.chords.index("A:min")).symbol == "Am"


def test_power_chords_that_read_alike_are_alike() -> None:
    punk = Palette(VOCABULARY, "triads", "punk", "major")
    same = punk.alike(VOCABULARY.chords.index("A:min"))
    assert same[VOCABULARY.chords.index("A:maj")]
    assert not same[VOCABULARY.chords.index("C:maj")]


def test_an_own_list_is_all_there_is_and_is_written_as_given() -> None:
    palette = Palette(VOCABULARY, "triads", None, "major", chords_named(["C", "G", "E7#9"]))
    assert names(palette) == {"C", "G", "E7#9"}


def test_without_borrowed_chords_all_lie_in_the_key() -> None:
    for mode, scale in (("major", {0, 2, 4, 5, 7, 9, 11}), ("minor", {9, 11, 0, 2, 4, 5, 7, 8})):
        palette = Palette(VOCABULARY, "extended", None, mode, borrowed=0)
        assert all(
            VOCABULARY.parsed[index].pitch_classes <= scale
            for index in palette.allowed.nonzero()[0]
        )
    with pytest.raises(InputError, match="key"):
        Palette(VOCABULARY, "triads", None, "major", [Chord.parse("F#")], borrowed=0)


def test_the_dominant_of_a_minor_key_has_its_leading_tone() -> None:
    palette = Palette(VOCABULARY, "triads", None, "minor")
    dominants = palette.with_roots(frozenset({7})).nonzero()[0]
    assert {VOCABULARY.parsed[index].label for index in dominants} == {"E:maj"}


def test_only_the_blues_comes_to_rest_on_a_dominant_seventh() -> None:
    tonic = frozenset({0})
    for genre, rests in (("blues", True), ("gospel", False), (None, False)):
        palette = Palette(VOCABULARY, "extended", genre, "major")
        found = {VOCABULARY.parsed[index].label for index in palette.ending(tonic).nonzero()[0]}
        assert "C:maj" in found
        assert ("C:7" in found) is rests
        assert ("C:sus4" in found) is rests
        assert ("C:maj/3" in found) is rests
    listed = Palette(VOCABULARY, "extended", None, "major", chords_named(["C7", "F7", "G7"]))
    assert [VOCABULARY.parsed[i].label for i in listed.ending(tonic).nonzero()[0]] == ["C:7"]
