"""What songs are like, counted by hand on songs small enough to count."""

from __future__ import annotations

import math

import pytest

from engine.evaluation.metrics import metric
from engine.evaluation.metrics.song_form import are_like
from engine.evaluation.metrics.song_harmony import SILENCE, degree, steps, sung_lines
from engine.evaluation.metrics.written import WRITTEN_METRICS, columns, written_figures
from engine.formats import chordpro
from engine.music.chord import Chord
from engine.music.lead_sheet import LeadSheet

TWO_VERSES = """\
{key: C}
{start_of_verse}
[C]Morning came over the [F]mountain
[C]Nobody opened the [G]door
{end_of_verse}

{start_of_verse}
[C]Evening went down in the [F]valley
[C]Somebody lay on the [Am]floor
{end_of_verse}

{start_of_chorus}
[F]Carry me [G]home to the [C]water
{end_of_chorus}
"""


def sheet(text: str, key: str = "C") -> LeadSheet:
    """A song of ours."""
    head = "" if "{key" in text else f"{{key: {key}}}\n"
    return chordpro.read((head + text).encode())


def figure(text: str, name: str, key: str = "C") -> float:
    total, count = written_figures(sheet(text, key))[name]
    return total / count


def test_degrees_are_roots_above_the_tonic_and_thirds() -> None:
    for label, expected in {
        "G:7": (7, "M"),
        "A:min7/b3": (9, "m"),
        "D:sus4": (2, "M"),
        "B:dim": (11, "m"),
        "C:5": (0, "M"),
        "N": SILENCE,
    }.items():
        assert degree(Chord.harte(label), 0) == expected
    assert degree(Chord.harte("A:min"), 9) == (0, "m")


def test_a_line_begins_with_what_still_sounds() -> None:
    lines = sung_lines(sheet("[C]one two [F]three\nfour [G]five\nsix seven\n[G7]eight"))
    assert [one.progression for one in lines] == [
        ((0, "M"), (5, "M")),
        ((5, "M"), (7, "M")),
        ((7, "M"),),
        ((7, "M"),),
    ]
    assert [one.changes for one in lines] == [2, 1, 0, 0]


def test_like_lines_of_like_verses() -> None:
    figures = written_figures(sheet(TWO_VERSES))
    assert figures["line-sameness"] == (1, 2)  # the first lines agree, the second do not
    assert figures["elsewhere-sameness"] == (0, 2)
    assert figures["distinct-verses"] == (2, 2)
    assert figures["equal-bars"] == (1, 1)


def test_lines_sung_again_prove_nothing() -> None:
    again = "[C]la la [F]la\n[C]hey hey [G]hey\n\n[C]la la [F]la\n[C]hey hey [G]hey"
    assert written_figures(sheet(again))["line-sameness"] == (0, 0)
    assert written_figures(sheet(again))["equal-bars"] == (0, 0)


def test_verses_of_other_lengths_are_not_like() -> None:
    short = sheet("[C]one two three\n[F]four five six").lines
    long = sheet("[C]one two three and many many more\n[F]four five six").lines
    assert are_like(short, short)
    assert not are_like(short, long)
    assert not are_like(short, short[:1])
    assert not are_like(short[:1], short[:1])  # one line is no form


def test_variety() -> None:
    swinging = "[C]one [G]two\n[C]three [G]four\n[C]five [F]six"
    assert steps(sheet(swinging)) == [(0, "M"), (7, "M")] * 2 + [(0, "M"), (5, "M")]
    assert figure(swinging, "changes-a-line") == 2
    assert figure(swinging, "distinct-chords") == 3
    assert figure(swinging, "two-commonest") == pytest.approx(5 / 6)
    assert figure(swinging, "xyxy") == pytest.approx(2 / 3)  # CGCG, GCGC, but CGCF not
    assert figure(swinging, "repeated-fours") == 0
    entropy = 0.5 + math.log2(3) / 3 + math.log2(6) / 6
    assert figure(swinging, "entropy") == pytest.approx(entropy)
    twice = "\n".join([swinging] * 2)  # nine fours, of which the last three come again
    assert figure(twice, "repeated-fours") == pytest.approx(3 / 9)


def test_sevenths_and_restatements_are_no_other_chords() -> None:
    held = "[C]one [C7]two\n[Cmaj7]three [F]four"
    assert figure(held, "distinct-chords") == 2
    assert figure(held, "changes-a-line") == 1


def test_the_scale_has_a_major_dominant_in_minor_too() -> None:
    minor = "[Am]one [E]two [Dm]three [B]four"
    assert figure(minor, "diatonic", "Am") == pytest.approx(3 / 4)
    assert figure("[C]one [Bb]two", "diatonic") == pytest.approx(1 / 2)


def test_function_words() -> None:
    placed = "[C]The river [F]and the [G]sea"
    assert figure(placed, "function-word") == pytest.approx(2 / 3)
    after_the_end = "[C]River [F]"
    assert figure(after_the_end, "function-word") == 0  # only what stands on a word counts


def test_downbeats() -> None:
    assert figure("[C]Rivers [F]rise", "downbeat-function-word") == 0
    total, count = written_figures(sheet("[C]of [F]of [C]of [F]of"))["downbeat-function-word"]
    assert total == count > 0


def test_endings() -> None:
    figures = written_figures(sheet(TWO_VERSES))
    ends = {name: value for name, value in figures.items() if "ends" in name}
    assert ends == {
        "line-ends-i": (1 / 5, 1),
        "line-ends-v": (1 / 5, 1),
        "section-ends-i": (1, 3),
        "section-ends-v": (1, 3),
        "section-ends-v-i": (1, 3),
        "song-ends-i": (1, 1),
    }


def test_a_minor_dominant_is_no_cadence() -> None:
    assert figure("[Am]one [E]two [Am]three", "section-ends-v-i", "Am") == 1
    assert figure("[Am]one [Em]two [Am]three", "section-ends-v-i", "Am") == 0


def test_a_song_without_chords_has_no_harmony_but_figures() -> None:
    figures = written_figures(sheet("just words\nand no chords"))
    assert figures["song-ends-i"] == (0, 1)
    assert figures["distinct-chords"] == (0, 1)
    assert figures["entropy"] == (0, 1)
    assert figures["repeated-fours"] == (0, 0)


def test_what_is_only_played_does_not_count() -> None:
    with_intro = "[C] [Bb] [F]\n\n[C]one [G]two"
    assert figure(with_intro, "distinct-chords") == 2


def test_every_statistic_is_a_metric_that_describes() -> None:
    named = {one.name.removeprefix("written/") for one in WRITTEN_METRICS}
    assert named == {*written_figures(sheet(TWO_VERSES)), "kept"}
    for one in WRITTEN_METRICS:
        assert metric(one.name) is one
        assert not one.ranked
        assert one.needs == columns(one.name)
