"""Where "choose for me" takes a key from."""

from __future__ import annotations

from engine.generator.controls import Controls
from engine.generator.key_customs import draw_seed, key_weights
from engine.generator.tinyllama import TinyLlamaGenerator
from engine.lyrics import Lyrics

OVERALL = {"C": 60, "G": 30, "E": 10}


def test_jazz_likes_flats_where_gospel_likes_sharps() -> None:
    jazz, gospel = key_weights("jazz", "major", OVERALL), key_weights("gospel", "major", OVERALL)
    assert jazz["Eb"] > jazz["G"]
    assert gospel["D"] > gospel["F"]


def test_a_genre_without_counts_is_like_all_songs() -> None:
    weights = key_weights("reggae", "minor", OVERALL)
    assert weights["C"] / weights["G"] == OVERALL["C"] / OVERALL["G"]


def test_the_draw_depends_on_words_and_seed_alone() -> None:
    assert draw_seed("rain", 1) == draw_seed("rain", 1)
    assert len({draw_seed("rain", 1), draw_seed("rain", 2), draw_seed("snow", 1)}) == 3
    assert 0 <= draw_seed("", 0) < 2**63


def test_songs_are_not_all_in_one_key(generator: TinyLlamaGenerator) -> None:
    songs = [Lyrics.parse(f"song number {number} walks down the road") for number in range(12)]
    keys = [generator.generate(song, Controls(genre="rock")).key for song in songs]
    assert len(set(keys)) >= 4
    assert generator.generate(songs[0], Controls(genre="rock")).key == keys[0]
