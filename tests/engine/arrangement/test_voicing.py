from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.arrangement.voicing import BASS_RANGE, HAND_RANGE, Voicing, spelled, voicings
from engine.music.chord import Chord
from engine.music.pitch import pitch_class
from tests.engine.strategies import chords


def voiced(symbols: str) -> list[Voicing]:
    found = voicings([Chord.parse(symbol) for symbol in symbols.split()])
    return [voicing for voicing in found if voicing is not None]


@example([Chord("C", "1", ("*1",), "1")])
@example([Chord("C", "sus2", ("*b1", "*1", "*bb10"), "##4")])
@given(st.lists(chords(), max_size=6))
@settings(max_examples=80, deadline=None)
def test_hands_keep_their_ranges_and_play_only_what_the_chord_has(song: list[Chord]) -> None:
    for chord, voicing in zip(song, voicings(song), strict=True):
        if voicing is None:
            assert chord.is_no_chord
            continue
        assert BASS_RANGE[0] <= voicing.bass <= BASS_RANGE[1]
        assert voicing.bass % 12 == chord.bass_pitch_class
        assert HAND_RANGE[0] <= voicing.hand[0]
        assert voicing.hand[-1] <= HAND_RANGE[1]
        assert list(voicing.hand) == sorted(set(voicing.hand))
        assert {pitch % 12 for pitch in voicing.hand} <= chord.pitch_classes
        assert 2 <= len(voicing.hand) <= 4


@pytest.mark.parametrize("symbol", ["C", "Am", "G7", "Fmaj7", "Bm7b5", "Edim7", "C/E", "D9", "G13"])
def test_both_hands_together_have_third_and_seventh(symbol: str) -> None:
    chord = Chord.parse(symbol)
    voicing = voiced(symbol)[0]
    sounding = {pitch % 12 for pitch in (voicing.bass, *voicing.hand)}
    root = chord.root_pitch_class or 0
    guides = {(root + step) % 12 for step in (3, 4, 9, 10, 11)} & chord.pitch_classes
    if symbol == "G13":  # the sixth of the chord is its thirteenth, which is kept
        assert (root + 9) % 12 in sounding
    assert guides <= sounding


@pytest.mark.parametrize(
    "song", ["C Am F G7 C", "Dm7 G7 Cmaj7 A7b9 Dm9 G13 C6/9", "Eb Bb/D Cm Ab Eb/G Fm7 Bb7 Eb"]
)
def test_the_hand_moves_little(song: str) -> None:
    for before, after in pairwise(voiced(song)):
        moves = [min(abs(pitch - other) for other in before.hand) for pitch in after.hand]
        assert sum(moves) <= 8
        assert max(moves) <= 5


def test_the_same_chord_again_does_not_move() -> None:
    assert len(set(voiced("G G G G"))) == 1


def test_the_hand_keeps_its_place_over_no_chord() -> None:
    song = [Chord.parse(symbol) for symbol in ("Am7", "N.C.", "Am7")]
    first, nothing, last = voicings(song)
    assert nothing is None
    assert first == last


@given(chords())
def test_notes_are_spelled_at_their_own_pitch_without_double_accidentals(chord: Chord) -> None:
    for pitch in range(36, 82):
        name, octave = spelled(pitch, chord)
        alteration = name.count("#") - name.count("b")
        assert len(name) <= 2
        assert (pitch_class(name) - alteration) % 12 + 12 * (octave + 1) + alteration == pitch


def test_spelling_follows_the_chord() -> None:
    assert spelled(58, Chord.parse("Gm")) == ("Bb", 3)
    assert spelled(58, Chord.parse("F#")) == ("A#", 3)
    assert spelled(60, Chord.parse("G#")) == ("B#", 3)


def test_a_chord_of_a_bass_alone_is_played() -> None:
    (voicing,) = voicings([Chord.harte("C:1(*1)/5")])
    assert voicing is not None
    assert {pitch % 12 for pitch in (voicing.bass, *voicing.hand)} == {7}
