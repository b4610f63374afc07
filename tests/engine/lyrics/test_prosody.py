from __future__ import annotations

import pytest

from engine.lyrics.prosody import MAX_SYLLABLES, is_weak, rhyme, stressed_syllable, syllables


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
    ("short", "full"),
    [("walkin'", "walking"), ("goin'", "going"), ("somethin’", "something"), ("didnt", "didn't")],
)
def test_short_forms_count_as_the_words_they_stand_for(short: str, full: str) -> None:
    assert syllables(short) == syllables(full) == 2


def test_made_up_words_are_counted_by_their_spelling() -> None:
    assert [syllables(word) for word in ("woahhh", "zabble", "shoobeedoo")] == [1, 2, 3]


@pytest.mark.parametrize(
    ("word", "count", "stress"),
    [
        *(("people", 2, 0), ("maybe", 2, 0), ("called", 1, 0), ("tonight", 2, 1)),
        *(("believing,", 3, 1), ("Alabama", 4, 2), ("guitar", 2, 1), ("walkin'", 2, 0)),
        *(("goodbye-bye", 3, 1), ("woah", 1, 0)),
    ],
)
def test_a_known_word_is_stressed_as_it_is_spoken(word: str, count: int, stress: int) -> None:
    assert (syllables(word), stressed_syllable(word)) == (count, stress)


@pytest.mark.parametrize(
    ("word", "stress"), [("flornic", 0), ("belirn", 1), ("grobation", 1), ("tamberlee", 0), ("", 0)]
)
def test_an_unknown_word_is_stressed_by_its_beginning_and_ending(word: str, stress: int) -> None:
    assert stressed_syllable(word) == stress
    assert stressed_syllable(word) < syllables(word)


@pytest.mark.parametrize(
    ("one", "other", "do"),
    [
        *(("night", "light!", True), ("blue", "through", True), ("home", "road", False)),
        ("xyzzet", "qwyzzet", True),
    ],
)
def test_words_rhyme_by_their_sounds(one: str, other: str, do: bool) -> None:
    assert (rhyme(one) == rhyme(other)) is do
