from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.corpora.songbook import songbook
from engine.lyrics.hyphenation import hyphenated
from engine.lyrics.prosody import syllables


@pytest.mark.parametrize(
    ("word", "pieces"),
    [
        ("river,", "riv er,"),
        ("over", "o ver"),
        ("tonight", "to night"),
        ('"table', '"ta ble'),
        ("Sunday's", "Sun day's"),
        ("beautiful", "beau ti ful"),
        ("peo­ple", "peo­ple"),
        ("fire", "fire"),
        ("don't", "don't"),
        ("sha-la-la", "sha-la-la"),
        ("река", "река"),
    ],
)
def test_words_are_parted_as_they_are_sung(word: str, pieces: str) -> None:
    assert " ".join(hyphenated(word)) == pieces


def test_nearly_all_words_of_our_songs_have_a_piece_for_each_syllable() -> None:
    words = {word for song in songbook() for line in song.lines for word in line.words}
    several = [word for word in words if syllables(word) > 1 and "-" not in word]
    right = sum(len(hyphenated(word)) == syllables(word) for word in several)
    assert right > 0.95 * len(several)


@given(st.text(min_size=1, max_size=20))
def test_pieces_are_never_empty_and_joined_they_are_the_word(word: str) -> None:
    pieces = hyphenated(word)
    assert "".join(pieces) == word
    assert all(pieces)
    assert len(pieces) <= syllables(word)
