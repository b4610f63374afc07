from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import EngineError
from engine.generator.grammar import END, MOST_PER_WORD, ChordChoice, LineGrammar, capacity
from tests.engine.generator.tiny import tiny_vocabulary

VOCABULARY = tiny_vocabulary()


@given(
    data=st.data(),
    words=st.integers(1, 24),
    count=st.one_of(st.none(), st.integers(0, 60)),
    last=st.booleans(),
    sounding=st.booleans(),
    complexity=st.sampled_from(["triads", "sevenths", "extended"]),
    genre=st.sampled_from([None, "metal"]),
)
def test_every_path_is_a_valid_line(
    data: st.DataObject,
    words: int,
    count: int | None,
    last: bool,
    sounding: bool,
    complexity: str,
    genre: str | None,
) -> None:
    choice = ChordChoice(VOCABULARY, complexity, genre)
    grammar = LineGrammar(VOCABULARY, words, choice, count=count, last=last, sounding=sounding)
    steps = 0
    while not grammar.ended:
        allowed = grammar.allowed()
        assert allowed
        grammar.accept(data.draw(st.sampled_from(allowed)))
        steps += 1
        assert steps < 200
    positions = [position for position, _ in grammar.chords]
    assert positions == sorted(positions)
    assert all(position < words + last for position in positions)
    assert all(positions.count(position) <= MOST_PER_WORD for position in positions)
    written = [choice.written(index) for _, index in grammar.chords]
    assert all(left != right for left, right in itertools.pairwise(written))
    if count is None:
        assert len(positions) >= sounding
        assert all(positions.count(position) == 1 for position in positions if position < words)
    else:
        assert len(positions) == min(count, capacity(words, last=last))


def test_what_is_not_allowed_is_refused() -> None:
    grammar = LineGrammar(VOCABULARY, 3, ChordChoice(VOCABULARY, "triads", None))
    with pytest.raises(EngineError):
        grammar.accept(VOCABULARY.first_chord)
    with pytest.raises(EngineError):
        grammar.accept(VOCABULARY.first_position + 4)
    grammar.accept(VOCABULARY.first_position + 2)
    with pytest.raises(EngineError):
        grammar.accept(END)


def test_triads_hold_no_sevenths_and_power_chords_are_for_punk() -> None:
    plain = ChordChoice(VOCABULARY, "triads", "folk")
    assert {VOCABULARY.parsed[index].quality for index in plain.allowed} <= {"maj", "min"}
    assert plain.written(VOCABULARY.chords.index("C:maj")).symbol == "C"
    punk = ChordChoice(VOCABULARY, "triads", "Punk")
    assert punk.written(VOCABULARY.chords.index("A:min")).symbol == "A5"
    rich = ChordChoice(VOCABULARY, "sevenths", "punk")
    assert rich.written(VOCABULARY.chords.index("A:min")).symbol == "Am"
