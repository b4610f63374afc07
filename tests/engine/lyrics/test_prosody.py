from __future__ import annotations

import pytest

from engine.lyrics.prosody import MAX_SYLLABLES, is_weak, syllables


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (1, "love the walked miles fire, eyes! I'm we're “whole” strength 7 ... — 🎸"),
        (2, "walking wanted table highway changes little going million didn't lumière ROLLING"),
        (3, "wonderful piano radio rolling-stone yesterday"),
        # What spelling alone gets wrong: silent letters within a word, endings, contractions.
        (1, "called filled tongue we'd our"),
        (2, "people something someone maybe lonely doesn't hundred rhythm every would've"),
        (3, "everything somebody anyone everywhere evening's-end"),
        (4, "California everybody's ukulele"),
    ],
)
def test_syllables_of_common_words(count: int, words: str) -> None:
    assert {word: syllables(word) for word in words.split()} == dict.fromkeys(words.split(), count)


def test_other_scripts_and_endless_words_stay_in_range() -> None:
    assert 1 <= syllables("さくらさくら") <= MAX_SYLLABLES
    assert syllables("la" * 40) == MAX_SYLLABLES


def test_function_words_are_weak_however_they_are_written() -> None:
    assert is_weak("The")
    assert is_weak("(and")
    assert is_weak("I’m")
    assert not is_weak("river")


@pytest.mark.parametrize(
    ("short", "full"), [("walkin'", "walking"), ("somethin’", "something"), ("didnt", "didn't")]
)
def test_short_forms_count_as_the_words_they_stand_for(short: str, full: str) -> None:
    assert syllables(short) == syllables(full) == 2


def test_made_up_words_are_counted_by_their_spelling() -> None:
    assert [syllables(word) for word in ("woahhh", "zabble", "shoobeedoo")] == [1, 2, 3]
