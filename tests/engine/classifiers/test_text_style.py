"""What the form of a lyric is measured by."""

from __future__ import annotations

import math

import pytest
import torch

from engine.classifiers.text_style import (
    FEWEST_WORDS,
    STYLE_FEATURES,
    StylePath,
    style_tensor,
    text_style,
)
from engine.corpora.written_forms import written
from engine.lyrics import Lyrics

VERSE = "The rain came down on harbour light\nI walked the wooden pier at night\n"
REFRAIN = "Carry me home, won't you carry me home!\nCarry me home, won't you carry me home!\n"
SONG = Lyrics.parse(f"{VERSE}Keep walkin'\n\n{REFRAIN}\n{VERSE}What was extraordinary?\n")


def features(lyric: Lyrics) -> dict[str, float]:
    return dict(zip(STYLE_FEATURES, text_style(lyric), strict=True))


def test_features_are_those_of_hand_counting() -> None:
    """Lines that come again count once: five are left, of 7, 7, 2, 8 and 3 words."""
    found = features(SONG)
    words = 7 + 7 + 2 + 8 + 3
    assert found["words a line (log)"] == pytest.approx(math.log(words / 5))
    assert found["share of words with an apostrophe"] == pytest.approx(2 / words)
    assert found["share of words in -in'"] == pytest.approx(1 / words)
    assert found["share of words over 7 letters"] == pytest.approx(1 / words)
    # "light" rhymes with "night"; the other ends do not rhyme.
    assert found["share of lines that rhyme with the next"] == pytest.approx(1 / 4)
    assert found["distinct first words a line"] == pytest.approx(1)


@pytest.mark.parametrize("form", ["headings", "one block", "chord sheet"])
def test_form_does_not_tell_who_wrote_the_song_down(form: str) -> None:
    assert text_style(written(SONG, form)) == pytest.approx(text_style(SONG))


def test_excerpts_have_no_form() -> None:
    excerpt = Lyrics.parse("word " * (FEWEST_WORDS - 1))
    assert all(math.isnan(value) for value in text_style(excerpt))
    path = StylePath(3)
    path.standardise_by(style_tensor([SONG, Lyrics.parse("one more word " * 30)]))
    torch.nn.init.ones_(path.linear.weight)
    logits = path(style_tensor([excerpt, SONG]))
    assert not logits[0].any()
    assert logits[1].any()


def test_outliers_are_held_in() -> None:
    path = StylePath(1)
    far = torch.full((1, len(STYLE_FEATURES)), 1e6)
    assert path.expanded(far).abs().max() <= 3


def test_marks_that_transcribers_choose_do_not_matter() -> None:
    plain = Lyrics.parse(VERSE * 4)
    typeset = Lyrics.parse((VERSE * 4).upper().replace("\n", ",\n"))
    assert text_style(typeset) == text_style(plain)
