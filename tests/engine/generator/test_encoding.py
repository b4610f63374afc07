from __future__ import annotations

from pathlib import Path

import pytest
from transformers import AutoTokenizer

from engine.generator.encoding import (
    MAX_TOKENS_PER_WORD,
    Encoder,
    Header,
    ModelLine,
    chunks,
    window_bounds,
    window_tokens,
)
from engine.lyrics import line_key
from tests.engine.generator.tiny import tiny_vocabulary


@pytest.fixture(scope="module")
def encoder(tiny_base: Path) -> Encoder:
    tokenizer = AutoTokenizer.from_pretrained(str(tiny_base))
    return Encoder(tiny_vocabulary(), tokenizer, len(tokenizer))


def test_each_target_stands_before_what_is_said(encoder: Encoder) -> None:
    vocabulary = encoder.vocabulary
    line = ModelLine(("rain", "came"), ((0, 3), (2, 5)), "verse")
    tokens = window_tokens(encoder, Header(), [line], "minor", middle=False)
    first = encoder.base_size + vocabulary.first_output
    for at, target in enumerate(tokens.targets):
        if target > 0:
            assert tokens.ids[at + 1] == first + target
    said = [target for target in tokens.targets if target >= 0]
    names = [vocabulary.tokens[vocabulary.first_output + target] for target in said]
    chords = [f"chord:{vocabulary.chords[index]}" for index in (3, 5)]
    assert names == ["mode:minor", "at:0", chords[0], "at:2", chords[1], "end"]
    assert tokens.targets[-1] == 0


def test_words_and_positions_carry_the_same_index(encoder: Encoder) -> None:
    line = ModelLine(("rain", "came"), ((1, 0),))
    tokens = encoder.whole_line(line, mode=None)
    word = encoder.word_ids("came")
    at = tokens.ids.index(encoder.token("at:1"))
    assert tokens.words[at] == tokens.words[tokens.ids.index(word[0], 2)] == 2


def test_words_are_cut_and_lines_chunked(encoder: Encoder) -> None:
    assert len(encoder.word_ids("🎸" * 90)) == MAX_TOKENS_PER_WORD
    pieces = chunks([str(n) for n in range(50)])
    assert [start for start, _ in pieces] == [0, 16, 33]
    assert [word for _, piece in pieces for word in piece] == [str(n) for n in range(50)]


def test_lines_are_equal_without_case_and_punctuation() -> None:
    assert line_key(["Hey,", "YOU!"]) == line_key(["hey", "you"])
    assert line_key(["hey", "you"]) != line_key(["heyyou"])
    assert line_key(["!"]) != line_key(["?"])


def test_windows_fit_and_cover_the_song(encoder: Encoder) -> None:
    lines = [ModelLine((f"line{n}", "of", "rain"), ((0, n),)) for n in range(30)]
    bounds = window_bounds(encoder, lines, 128)
    assert [line for start, stop in bounds for line in lines[start:stop]] == lines
    for start, stop in bounds:
        tokens = window_tokens(encoder, Header(), lines[start:stop], "major", middle=start > 0)
        assert len(tokens) <= 128


def test_the_chords_of_the_line_one_follows_stand_before_its_words(encoder: Encoder) -> None:
    vocabulary = encoder.vocabulary
    line = ModelLine(("rain", "came"), ((0, 3),), "verse", (3, 5))
    tokens = encoder.whole_line(line, mode=None)
    first = encoder.base_size + vocabulary.first_output + vocabulary.first_chord

    assert tokens.ids[:3] == [encoder.token("line:verse"), first + 3, first + 5]
    assert tokens.ids[3] == encoder.word_ids("rain")[0]
    assert tokens.targets[:3] == [-100] * 3
    plain = encoder.whole_line(ModelLine(("rain", "came"), ((0, 3),), "verse"), mode=None)
    assert len(tokens) == len(plain) + 2
