from __future__ import annotations

import pytest

from engine.errors import InputError
from engine.music.key import KEYS, Key
from engine.music.pitch import pitch_class


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("G:major", Key("G", "major")),
        ("Bb:minor", Key("Bb", "minor")),
        ("Am", Key("A", "minor")),
        ("F# minor", Key("F#", "minor")),
        ("C", Key("C", "major")),
        ("B♭", Key("Bb", "major")),
        ("c♯ Minor", Key("C#", "minor")),
        ("eb maj", Key("Eb", "major")),
        ("bbm", Key("Bb", "minor")),
        ("B-", Key("B", "minor")),
        (" D  MAJOR ", Key("D", "major")),
    ],
)
def test_keys_are_read_as_people_type_them(text: str, key: Key) -> None:
    assert Key.parse(text) == key


@pytest.mark.parametrize(
    ("text", "key"), [("A#", "Bb:major"), ("G# major", "Ab:major"), ("Fb minor", "E:minor")]
)
def test_a_tonic_without_key_signature_becomes_one_that_can_be_notated(text: str, key: str) -> None:
    assert str(Key.parse(text)) == key


@pytest.mark.parametrize("text", ["", "J", "C dorian", "G7", "C:maj7", "major", "A\nm!", "x" * 500])
def test_what_is_no_key_is_refused_in_one_short_line(text: str) -> None:
    with pytest.raises(InputError, match="G major, Bbm or F#:minor") as caught:
        Key.parse(text)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 200


def test_keys_that_cannot_be_notated_cannot_be_built() -> None:
    with pytest.raises(InputError, match="Ab major"):
        Key("G#", "major")
    with pytest.raises(InputError, match="major and minor"):
        Key("G", "dorian")


def test_the_24_keys_are_all_there_once() -> None:
    assert len(KEYS) == 24
    assert len({(key.tonic_pitch_class, key.mode) for key in KEYS}) == 24


@pytest.mark.parametrize(
    ("key", "fifths"),
    [("C", 0), ("Am", 0), ("Gb", -6), ("F#", 6), ("C#", 7), ("Abm", -7), ("Em", 1), ("Bbm", -5)],
)
def test_key_signatures_count_sharps_and_flats(key: str, fifths: int) -> None:
    assert Key.parse(key).fifths == fifths


@pytest.mark.parametrize(
    ("key", "scale"),
    [
        ("C", "C Db D Eb E F F# G Ab A Bb B"),
        ("E", "C C# D D# E F F# G G# A A# B"),
        ("A minor", "C C# D D# E F F# G G# A Bb B"),
        ("Bb", "C Db D Eb E F Gb G Ab A Bb Cb"),
        ("F#", "B# C# D D# E E# F# G G# A A# B"),
        ("Gb", "C Db D Eb Fb F Gb G Ab A Bb Cb"),
    ],
)
def test_notes_are_spelled_for_the_key(key: str, scale: str) -> None:
    spelled = [Key.parse(key).spell(pitch) for pitch in range(12)]
    assert sorted(spelled, key=pitch_class) == sorted(scale.split(), key=pitch_class)


@pytest.mark.parametrize("key", [*KEYS, Key("Cb", "major"), Key("C#", "major"), Key("A#", "minor")])
def test_spelling_keeps_the_pitch_and_avoids_double_accidentals(key: Key) -> None:
    for pitch in range(12):
        note = key.spell(pitch)
        assert pitch_class(note) == pitch
        assert len(note) <= 2


@pytest.mark.parametrize("key", KEYS)
def test_the_scale_of_a_key_uses_each_letter_once(key: Key) -> None:
    steps = (0, 2, 4, 5, 7, 9, 11) if key.mode == "major" else (0, 2, 3, 5, 7, 8, 10)
    scale = [key.spell((key.tonic_pitch_class + step) % 12) for step in steps]
    assert sorted(note[0] for note in scale) == list("ABCDEFG")


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("semitones", [-25, -7, -1, 1, 5, 11, 12])
def test_transposing_there_and_back_comes_home(key: Key, semitones: int) -> None:
    moved = key.transpose(semitones)
    assert moved.tonic_pitch_class == (key.tonic_pitch_class + semitones) % 12
    assert moved.mode == key.mode
    assert moved.transpose(-semitones) == key


def test_whole_octaves_keep_an_uncommon_spelling() -> None:
    assert Key("Gb", "major").transpose(12) == Key("Gb", "major")
    assert Key("Gb", "major").transpose(1) == Key("G", "major")


@pytest.mark.parametrize("key", KEYS)
def test_the_relative_key_has_the_same_signature(key: Key) -> None:
    assert key.relative.fifths == key.fifths
    assert key.relative.relative == key


def test_printed_forms_can_be_read_again() -> None:
    for key in KEYS:
        assert {Key.parse(form) for form in (str(key), key.name, key.symbol)} == {key}
