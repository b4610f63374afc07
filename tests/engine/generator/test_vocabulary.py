from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from engine.errors import WeightsError
from engine.generator.vocabulary import (
    ROOTS,
    Vocabulary,
    complexity_of,
    metre_of,
)
from engine.music.chord import NO_CHORD, Chord
from tests.engine.generator.tiny import tiny_vocabulary


@pytest.mark.parametrize(
    ("symbols", "level"),
    [
        (["C", "Am", "Bdim", "Caug", "C5", "C/E", "Am/C", "C/G"], 0),
        (["G7", "Cmaj7", "Am7", "Bm7b5", "Bdim7", "CmM7", "C6", "Am6", "Csus4", "Csus2"], 1),
        (["G7sus4", "Caug7", "C/B", "G7/F"], 1),
        (["G9", "G13", "G7(b9)", "C6/9", "Cadd9", "G7b5", "F/G", "C/F#"], 2),
    ],
)
def test_complexity_is_what_a_musician_calls_it(symbols: list[str], level: int) -> None:
    assert {symbol: complexity_of(Chord.parse(symbol)) for symbol in symbols} == dict.fromkeys(
        symbols, level
    )


@pytest.mark.parametrize(
    ("symbol", "kept"),
    [
        ("C#m7", "Db:min7"),  # one token per pitch class
        ("G13(b9)/B", "G:7"),  # not learnt: as much of it as there is
        ("D6/9", "D:maj6"),
        ("Em9/D", "E:min7"),
        ("Caug", "C:maj"),
        ("Fm11", "F:min7"),
        ("N.C.", "N"),
        ("C/E", "C:maj/3"),
    ],
)
def test_rare_chords_become_the_closest_known_one(symbol: str, kept: str) -> None:
    vocabulary = tiny_vocabulary()
    assert vocabulary.chords[vocabulary.chord_index(Chord.parse(symbol))] == kept


def test_plain_chords_stand_on_every_root_and_no_chord_is_known() -> None:
    vocabulary = Vocabulary.build(Counter(), Counter(), {})
    for quality in ("maj", "min", "7", "min7", "maj7", "5"):
        assert {Chord(root, quality).label for root in ROOTS} <= set(vocabulary.chords)
    assert NO_CHORD.label in vocabulary.chords


def test_outputs_are_laid_out_as_the_grammar_counts_them() -> None:
    vocabulary = tiny_vocabulary()
    said = vocabulary.tokens[vocabulary.first_output :]
    assert len(said) == vocabulary.outputs == len(vocabulary.kinds)
    assert said[0] == "end"
    assert said[vocabulary.first_position] == "at:0"
    assert said[vocabulary.first_chord] == f"chord:{vocabulary.chords[0]}"
    assert len(set(vocabulary.tokens)) == len(vocabulary.tokens)


@pytest.mark.parametrize(
    ("genre", "token"),
    [("Jazz", "jazz"), ("punk", "rock"), ("reggae", "pop"), (None, "unknown"), ("x", "unknown")],
)
def test_genres_that_were_not_learnt_borrow_a_neighbour(genre: str | None, token: str) -> None:
    assert tiny_vocabulary().genre_token(genre) == f"genre:{token}"


@pytest.mark.parametrize(
    ("time", "metre"),
    [("2/2", "4/4"), ("3/4", "3/4"), ("12/8", "6/8"), ("5/8", "unknown"), (None, "unknown")],
)
def test_metres(time: str | None, metre: str) -> None:
    assert metre_of(time) == metre


def test_written_vocabulary_reads_back(tmp_path: Path) -> None:
    vocabulary = tiny_vocabulary()
    vocabulary.write(tmp_path)
    assert Vocabulary.read(tmp_path).tokens == vocabulary.tokens


@pytest.mark.parametrize(
    "text", ["", "[]", '{"chords": ["H:maj"], "genres": [], "common_keys": {}}']
)
def test_broken_vocabulary_says_how_to_mend(tmp_path: Path, text: str) -> None:
    (tmp_path / "vocabulary.json").write_text(text)
    with pytest.raises(WeightsError, match="git checkout"):
        Vocabulary.read(tmp_path)
