"""Chords and keys as other countries name them."""

from __future__ import annotations

import pytest

from engine.errors import InputError
from engine.music.chord import Chord
from engine.music.key import Key
from engine.music.note_customs import custom_of


@pytest.mark.parametrize(
    ("symbol", "label"),
    [
        *(("Hm7", "B:min7"), ("hm", "B:min"), ("Fissm", "F#:min"), ("gism7", "G#:min7")),
        *(("Bes7", "Bb:7"), ("Ees", "Eb:maj"), ("Ass", "Ab:maj"), ("Cis-Moll", "C#:min")),
        *(("a-Moll", "A:min"), ("Lam", "A:min"), ("FA#-7", "F#:min7"), ("Sib/Re", "Bb:maj/3")),
        *(("Rém", "D:min"), ("Sol7sus4", "G:sus4(b7)"), ("Do#m7", "C#:min7"), ("DO", "C:maj")),
        *(("F＃m⁷", "F#:min7"), ("Ebᵐᵃʲ⁷", "Eb:maj7"), ("D(onF#)", "D:maj/3"), ("N/C", "N")),
        *(("d9", "D:9"), ("g/b", "G:maj/3"), ("(n.c.)", "N")),
    ],
)
def test_names_of_other_countries_are_read(symbol: str, label: str) -> None:
    assert Chord.parse(symbol).label == label


@pytest.mark.parametrize("word", ["Solo", "Sister", "Mine", "Fame", "Remi", "Lama", "la"])
def test_words_that_begin_with_a_latin_note_are_no_chords(word: str) -> None:
    with pytest.raises(InputError, match="not a chord symbol"):
        Chord.parse(word)


@pytest.mark.parametrize(
    ("symbols", "custom"),
    [
        (["F", "B", "C7", "Hdim"], "german"),
        (["G", "C", "a", "d"], "german"),
        (["Do", "Lam", "Fa", "Do7"], "latin"),
        (["g", "em", "c", "d"], "small"),
        (["F", "Bb", "C7", "Bdim", "Hook"], "english"),
        (["G", "a", "bit slower"], "english"),
        ([], "english"),
    ],
)
def test_a_song_tells_how_it_names_its_chords(symbols: list[str], custom: str) -> None:
    assert custom_of(symbols) == custom


@pytest.mark.parametrize(
    ("symbol", "custom", "label"),
    [
        *(("B", "german", "Bb:maj"), ("F/B", "german", "F:maj/4"), ("a7", "german", "A:min7")),
        *(("Bb", "german", "Bb:maj"), ("Do7", "latin", "C:7"), ("Do7", "english", "D:dim7")),
        ("g", "small", "G:maj"),
    ],
)
def test_a_name_that_could_be_two_is_read_as_its_song_means_it(
    symbol: str, custom: str, label: str
) -> None:
    assert Chord.parse(symbol, custom).label == label


@pytest.mark.parametrize(
    ("text", "key"),
    [
        *(("h-Moll", "B:minor"), ("B-Dur", "Bb:major"), ("Fis-Dur", "F#:major"), ("H", "B:major")),
        *(("Sol mayor", "G:major"), ("ré mineur", "D:minor"), ("Sib maggiore", "Bb:major")),
        *(("Mi bemol maior", "Eb:major"), ("F sharp minor", "F#:minor"), ("B-flat", "Bb:major")),
        *(("Lam", "A:minor"), ("A Aeolian", "A:minor"), ("A-", "A:minor")),
    ],
)
def test_keys_of_other_countries_are_read(text: str, key: str) -> None:
    assert str(Key.parse(text)) == key
