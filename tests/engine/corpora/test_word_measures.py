"""Measures of a song's words, against values worked out by hand."""

from __future__ import annotations

import zlib
from statistics import mean

import pytest

from engine.corpora.word_measures import (
    MEASURES,
    compression,
    mattr,
    measured,
    reading_ease,
    repeated_lines,
    rhyme_density,
    words_of,
)


def test_words_are_those_of_a_line_without_signs() -> None:
    text = "don't stop, me-now!\n--\nrain 24 hours\n\nétoile"
    assert words_of(text) == [["don't", "stop", "me", "now"], ["rain", "24", "hours"], ["étoile"]]


def test_mattr_is_the_mean_of_its_windows() -> None:
    # Windows of three in a b a a c: {a b}, {a b}, {a c} of three words each.
    assert mattr(["a", "b", "a", "a", "c"], 3) == pytest.approx(2 / 3)
    words = list("abcabdabeabfg")
    windows = [words[at : at + 5] for at in range(len(words) - 4)]
    assert mattr(words, 5) == pytest.approx(mean(len(set(one)) / 5 for one in windows))
    assert mattr(words, 99) is None


def test_richness_does_not_fall_with_length() -> None:
    song = [f"w{n % 70}" for n in range(140)]
    assert mattr(song * 5) == pytest.approx(mattr(song)) == 1.0


def test_repeated_lines_are_those_sung_before() -> None:
    assert repeated_lines([["la", "la"], ["go"], ["la", "la"], ["la", "la"]]) == 0.5
    assert repeated_lines([]) is None


def test_compression_is_what_zlib_saves() -> None:
    text = "la la la\n" * 20
    assert compression(text) == 1 - len(zlib.compress(text.encode(), 9)) / 180
    assert compression("") is None


@pytest.mark.parametrize(
    ("ends", "density"),
    [
        ("rain moon pain june", 1.0),  # ABAB
        ("rain moon june pain", 1.0),  # ABBA
        ("rain fire stone pain", 0.5),
        ("rain rain rain rain", 0.0),  # the same word is no rhyme
        ("rain a1 b1 c1", None),  # one end alone is known
        ("walkin fire talking stone", 0.5),
        ("rain fire stone house bed pain", 0.0),  # five lines apart
        ("rain fire", None),
    ],
)
def test_rhyme_density_counts_line_ends_that_rhyme_nearby(ends: str, density: float | None) -> None:
    assert rhyme_density(ends.split()) == density


def test_reading_ease_is_flesch_s_with_lines_for_sentences() -> None:
    # Four words of 1, 1, 2 and 1 syllables in two lines.
    assert reading_ease(["the", "rain", "people", "go"], 2) == pytest.approx(
        206.835 - 1.015 * 2 - 84.6 * 5 / 4
    )
    assert reading_ease([], 0) is None


def test_what_a_song_is_too_short_for_or_not_in_english_is_missing() -> None:
    text = "rain on the hill\npain and a mill\nrain on the hill\ngold on the sill"
    found = measured(words_of(text), text)
    assert list(found) == list(MEASURES)
    assert (found["length"], found["line_length"], found["repeated_lines"]) == (16, 4, 0.25)
    assert found["mattr"] is None
    assert found["compression"] is None
    assert found["rhyme"] == 1.0
    other = measured(words_of(text), text, english=False)
    assert other["rhyme"] is other["reading_ease"] is None
