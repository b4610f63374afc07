"""Chords and tablature above the words are told from words that only look like them."""

from __future__ import annotations

import pytest

from engine.lyrics.chords import NO, PERHAPS, SURE, chord_line, is_tablature


@pytest.mark.parametrize(
    "line",
    [
        "F   C   Dm",
        "F C Dm",
        "F C",
        "   Gm7",
        "Ebmaj7 Ab6/9 D7(b9) Gm7b5",
        "Csus4 Cadd9 E+ Fdim7 B° C(add9)",
        "D/F# Bm/A",
        "| F | C/E | Dm . . . | % |",
        "F / / / | C / / /",
        "N.C.",
        "F C (x2)",
        "F C Dm x3",
        "| A | A |",
        "H7   E   Fism/Cis",
        "G   C   a   d",
        "Dm-C-F",
        "(F C)",
        "G D (let ring)",
        "F, C, Dm",
        "Am Em",
    ],
)
def test_a_line_of_chords_is_known(line: str) -> None:
    assert chord_line(line) == SURE


@pytest.mark.parametrize("line", ["A", "Am", "G", "A B C", "B E D", "D D D", "C4", "B-B-B", "Hm"])
def test_what_could_be_words_too_waits_for_the_page(line: str) -> None:
    assert chord_line(line) == PERHAPS


@pytest.mark.parametrize(
    "line",
    [
        *("Am I", "Go", "Do", "Es", "Add", "Fade", "Emma", "Bad", "Cage", "A bee", "G I joe"),
        "A (for apple), B (for bear)",
        "Be-bop-a-lula",
        "B-AM, B-AM",
        "a d e",
        "",
        "C " * 200,
    ],
)
def test_words_are_no_chords(line: str) -> None:
    assert chord_line(line) == NO


@pytest.mark.parametrize(
    "line",
    [
        "B|--1--3--|",
        "e --0--2--",
        "G|-------------|",
        "D:--5h7p5--:",
        "|--2--4--| x2",
        "---7--7--5---",
    ],
)
def test_tablature_is_known(line: str) -> None:
    assert is_tablature(line)


@pytest.mark.parametrize(
    "line",
    [
        "b-b-b-baby",
        "oh - oh - oh - oh",
        "867-5309",
        "1-800-555-0199",
        "---",
        "well -- I -- no",
        "e - a - d",
    ],
)
def test_dashes_between_words_are_no_tablature(line: str) -> None:
    assert not is_tablature(line)
