from __future__ import annotations

from typing import Any

import mir_eval.chord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InputError
from engine.music.chord import NO_CHORD, Chord
from engine.music.chord_degrees import QUALITY_DEGREES
from engine.music.key import KEYS, Key
from engine.music.pitch import pitch_class
from tests.engine.strategies import NOTES, chords, keys


@pytest.mark.parametrize(
    "label", ["", "X", "C:foo", "C:maj(14)", "C:maj(b#9)", "H:maj", "C:maj/x", "C:maj(5,*5)", "C:"]
)
def test_what_is_no_harte_label_is_refused(label: str) -> None:
    with pytest.raises(InputError, match="accepted"):
        Chord.harte(label)


def test_one_chord_has_one_label() -> None:
    assert Chord.harte("C").label == "C:maj"
    assert Chord.harte("C:(3,5)").label == "C:maj"
    assert Chord.harte("C:(1,5)").label == "C:5"
    assert Chord.harte("C:7(#11,b9)").label == "C:7(b9,#11)"
    assert Chord.harte("C:9(9)").label == "C:9"
    assert Chord.harte("C:aug7").label == "C:aug(b7)"
    assert Chord.harte("C:maj/8").label == "C:maj"


def mir_eval_pitch_classes(label: str) -> tuple[int, set[int], int]:
    root, bitmap, bass = mir_eval.chord.encode(label, reduce_extended_chords=True)
    return root, {(root + step) % 12 for step in range(12) if bitmap[step]}, (root + bass) % 12


@pytest.mark.parametrize("quality", QUALITY_DEGREES)
def test_every_quality_sounds_as_mir_eval_says(quality: str) -> None:
    for root in NOTES:
        for bass in ("1", "2", "b3", "3", "4", "b5", "5", "6", "b7", "7"):
            chord = Chord(root, quality, (), bass)
            mir_eval.chord.validate_chord_label(chord.label)
            expected = mir_eval_pitch_classes(chord.label)
            assert (chord.root_pitch_class, chord.pitch_classes, chord.bass_pitch_class) == expected


@given(chords())
def test_any_chord_sounds_as_mir_eval_says(chord: Chord) -> None:
    mir_eval.chord.validate_chord_label(chord.label)
    if chord.is_no_chord:
        assert chord.pitch_classes == frozenset()
        return
    assert (
        chord.root_pitch_class,
        chord.pitch_classes,
        chord.bass_pitch_class,
    ) == mir_eval_pitch_classes(chord.label)


@given(chords())
def test_any_chord_survives_being_written_and_read(chord: Chord) -> None:
    assert Chord.harte(chord.label) == chord
    assert Chord.parse(chord.symbol) == chord


@given(chords())
def test_spelled_notes_are_the_pitch_classes(chord: Chord) -> None:
    sounding = {pitch_class(note) for note in chord.notes()}
    bass = set() if chord.bass_note is None else {pitch_class(chord.bass_note)}
    assert sounding | bass == chord.pitch_classes
    assert len(sounding) == len(chord.notes())


@pytest.mark.parametrize(
    ("symbol", "notes"),
    [
        ("C7", "C E G Bb"),
        ("Cdim7", "C Eb Gb Bbb"),
        ("F#maj7", "F# A# C# E#"),
        ("Db7", "Db F Ab Cb"),
        ("Ebm", "Eb Gb Bb"),
        ("C13", "C E G Bb D F A"),
        ("C6/9", "C E G A D"),
        ("G7b9", "G B D F Ab"),
        ("Caug", "C E G#"),
        ("C7sus4", "C F G Bb"),
        ("C/D", "C E G"),
        ("N.C.", ""),
    ],
)
def test_chord_notes_are_spelled_by_letter(symbol: str, notes: str) -> None:
    assert " ".join(Chord.parse(symbol).notes()) == notes


@pytest.mark.parametrize(
    ("symbol", "bass"), [("C/E", "E"), ("Ab7/C", "C"), ("F#/A#", "A#"), ("Am/G", "G"), ("C", "C")]
)
def test_the_bass_keeps_its_spelling(symbol: str, bass: str) -> None:
    assert Chord.parse(symbol).bass_note == bass


@given(chords(), st.integers(-30, 30), keys())
def test_transposing_moves_every_note_and_comes_back(
    chord: Chord, semitones: int, key: Key
) -> None:
    for moved in (chord.transpose(semitones), chord.transpose(semitones, key)):
        assert moved.pitch_classes == {(p + semitones) % 12 for p in chord.pitch_classes}
        assert moved.transpose(-semitones).pitch_classes == chord.pitch_classes
        assert (moved.quality, moved.degrees, moved.bass) == (
            chord.quality,
            chord.degrees,
            chord.bass,
        )


@pytest.mark.parametrize(
    ("symbol", "semitones", "key", "expected"),
    [
        ("Bb", 4, "E", "D"),
        ("E", 4, "E", "G#"),
        ("C", 6, "F#", "F#"),
        ("C", 6, "Gb", "Gb"),
        ("G/B", 6, "Gb", "Db/F"),
        ("Bdim", 6, "F#", "E#dim"),
        ("Bb", 2, "D", "C"),
        ("Bb", 7, "G", "F"),
        ("Ab", 2, "D", "Bb"),
        ("C#dim7", 5, "F", "F#dim7"),
        ("C#dim7", 0, "C", "C#dim7"),
        ("Ebdim7", 0, "C", "Ebdim7"),
        ("Gbm", 0, "E", "F#m"),
        ("E7", 2, "Bm", "F#7"),
        ("N.C.", 3, "Eb", "N.C."),
    ],
)
def test_transposed_chords_are_spelled_for_the_new_key(
    symbol: str, semitones: int, key: str, expected: str
) -> None:
    assert Chord.parse(symbol).transpose(semitones, Key.parse(key)).symbol == expected


@pytest.mark.parametrize(
    ("symbol", "semitones", "expected"),
    [
        ("C", 1, "Db"),
        ("Cm", 1, "C#m"),
        ("A#", 0, "A#"),
        ("A#", 12, "A#"),
        ("F", 1, "F#"),
        ("D7", -1, "Db7"),
    ],
)
def test_without_a_key_chords_get_their_usual_names(
    symbol: str, semitones: int, expected: str
) -> None:
    assert Chord.parse(symbol).transpose(semitones).symbol == expected


@pytest.mark.parametrize(
    ("symbol", "key", "roman", "nashville"),
    [
        ("Dm7", "C", "ii7", "2-⁷"),
        ("G7", "C", "V7", "5⁷"),
        ("Cmaj7", "C", "Imaj7", "1maj⁷"),
        ("Bm7b5", "C", "viiø7", "7ø⁷"),
        ("Bdim7", "C", "vii°7", "7°⁷"),
        ("Bb", "C", "bVII", "b7"),
        ("Fm6", "C", "iv6", "4-⁶"),
        ("F#dim7", "C", "#iv°7", "#4°⁷"),
        ("Db7", "C", "bII7", "b2⁷"),
        ("G/B", "C", "V/3", "5/7"),
        ("Bb/D", "C", "bVII/3", "b7/2"),
        ("Caug", "C", "I+", "1+"),
        ("G7sus4", "C", "V7sus4", "5⁷sus⁴"),
        ("C5", "C", "I5", "1⁵"),
        ("Gbm", "E", "ii", "2-"),
        ("N.C.", "C", "N.C.", "N.C."),
        ("Am", "Am", "i", "6-"),
        ("C", "Am", "III", "1"),
        ("E7", "Am", "V7", "3⁷"),
        ("F", "Am", "VI", "4"),
        ("G", "Am", "VII", "5"),
        ("G#dim7", "Am", "#vii°7", "#5°⁷"),
        ("Bm7b5", "Am", "iiø7", "7ø⁷"),
        ("Bb", "Am", "bII", "b7"),
        ("D", "Am", "IV", "2"),
    ],
)
def test_chords_are_numbered_in_their_key(
    symbol: str, key: str, roman: str, nashville: str
) -> None:
    chord = Chord.parse(symbol)
    assert chord.roman(Key.parse(key)) == roman
    assert chord.nashville(Key.parse(key)) == nashville


@given(chords(), keys(), st.integers(-12, 12))
def test_numbers_stay_the_same_when_the_song_moves(chord: Chord, key: Key, semitones: int) -> None:
    target = key.transpose(semitones)
    moved = chord.transpose(semitones, target)
    assert moved.roman(target) == chord.roman(key)
    assert moved.nashville(target) == chord.nashville(key)


@pytest.mark.parametrize("key", KEYS)
def test_every_root_has_a_number_of_at_most_one_accidental(key: Key) -> None:
    for root in NOTES:
        numeral = Chord(root, "maj").roman(key)
        assert numeral.lstrip("b#") in {"I", "II", "III", "IV", "V", "VI", "VII"}
        assert numeral.count("b") + numeral.count("#") <= 1


def test_chords_can_be_counted_and_compared() -> None:
    seen: dict[Any, int] = {Chord.parse("Cmaj7"): 1}
    assert seen[Chord.harte("C:maj7")] == 1
    assert NO_CHORD.is_no_chord
    assert not Chord.parse("C").is_no_chord
    assert str(Chord.parse("Am/C")) == "A:min/b3"


@pytest.mark.parametrize("parts", [(None, "maj"), ("H", "maj"), ("C", ""), ("C", "maj", ("x",))])
def test_chords_that_make_no_sense_cannot_be_built(parts: tuple[Any, ...]) -> None:
    with pytest.raises(InputError):
        Chord(*parts)


@pytest.mark.parametrize(
    ("symbol", "same"),
    [
        *[("bm7", "Bm7"), ("g#m", "G#m"), ("d7sus", "D7sus"), ("Asus4", "A(no3,add4)")],
        *[("Hm7", "Bm7"), ("Gism", "G#m"), ("Es7", "Eb7"), ("As", "Ab"), ("D/Fis", "D/F#")],
        *[("C/Gm", "C/G"), ("D/Asus4", "D/A")],
    ],
)
def test_small_german_and_overfull_symbols_are_read(symbol: str, same: str) -> None:
    assert Chord.parse(symbol).pitch_classes == Chord.parse(same).pitch_classes
    assert Chord.parse(symbol).bass_note == Chord.parse(same).bass_note


@pytest.mark.parametrize("word", ["a", "go", "be", "add", "bad", "Has", "Dear", "Bis bald", "dim"])
def test_words_are_no_chords(word: str) -> None:
    with pytest.raises(InputError):
        Chord.parse(word)
