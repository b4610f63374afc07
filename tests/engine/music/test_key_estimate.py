"""A song without a key gets the one a musician would name."""

from __future__ import annotations

import pytest

from engine.corpora.songbook import songbook
from engine.generator.controls import Controls
from engine.generator.tinyllama import TinyLlamaGenerator
from engine.lyrics import Lyrics
from engine.music.chord import Chord
from engine.music.key_estimate import estimated_key
from engine.music.lead_sheet import PlacedChord


@pytest.mark.parametrize(
    ("chords", "key"),
    [
        ("C Am F G C", "C:major"),
        ("Am F G Am E7 Am", "A:minor"),
        ("G D Em C G", "G:major"),
        ("Bb Gm Eb F7 Bb", "Bb:major"),
        ("Dm Gm A7 Dm", "D:minor"),
        ("A7 D7 A7 E7 D7 A7 E7", "A:major"),
        ("E5 G5 A5 E5 C5 D5 B5 E5", "E:minor"),
        ("N.C.", "C:major"),
        ("", "C:major"),
    ],
)
def test_the_key_is_heard_from_the_chords(chords: str, key: str) -> None:
    assert str(estimated_key([Chord.parse(symbol) for symbol in chords.split()])) == key


def test_the_songbook_agrees() -> None:
    songs = songbook()
    heard = [sheet for sheet in songs if estimated_key(sheet.chords) == sheet.key]
    assert len(heard) >= 0.95 * len(songs)


def test_locked_chords_are_heard_as_an_imported_song_is(generator: TinyLlamaGenerator) -> None:
    blues = [Chord.parse(symbol) for symbol in ["A7", "D7", "A7", "E7", "D7", "A7"]]
    words = Lyrics.parse("one two three four five six seven\nand then a line that is not locked")
    locks = {0: [PlacedChord(index, chord) for index, chord in enumerate(blues)]}
    sheet = generator.generate(words, Controls(), locked=locks)
    assert sheet.key == estimated_key(blues)
