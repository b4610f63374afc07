"""Every token finds its word, whatever the lyric looks like."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.classifiers import explainable, load_classifier
from engine.classifiers.bilstm_gru import word_token_offsets, word_tokens
from engine.explanation.alignment import word_values
from engine.lyrics import Lyrics
from tests.conftest import song_of

ODD = {
    "unicode": "Café naïve 🎸 İstanbul ﬁre\nСтраße — “night” rock'n'roll it’s",
    "headings": "[Verse 1]\nriver night day\n\n[Chorus]\nlove you all\nBridge:\ncome down",
    "blank lines": "\n\n  river   night \n\n\n\n day\n\n",
    "repeats": "river night\nlove you\nriver night\n\nRIVER night\nlove you",
    "one word": "river",
    "symbols": "river 1999! ??? ... night\n***\nday",
}


@pytest.fixture(params=explainable())
def classifier(request: pytest.FixtureRequest, with_tiny_models: Path) -> Any:
    return load_classifier(request.param)


@pytest.mark.parametrize("text", ODD.values(), ids=list(ODD))
def test_word_spans_cut_the_words_out_of_the_text(text: str) -> None:
    lyric = Lyrics.parse(text)
    cut = [[lyric.text[a:b] for a, b in spans] for spans in lyric.word_spans]
    assert cut == [list(line.words) for line in lyric.lines]


@pytest.mark.parametrize("text", ODD.values(), ids=list(ODD))
def test_word_token_offsets_follow_the_words_the_bilstm_gru_reads(text: str) -> None:
    whole = Lyrics.parse(text).text
    cut = [whole[a:b].lower().replace("’", "'") for a, b in word_token_offsets(whole)]
    assert len(cut) == len(word_tokens(whole))
    plain = [pair for pair in zip(cut, word_tokens(whole), strict=True) if "i̇" not in pair[0]]
    assert all(mine == theirs for mine, theirs in plain)


@pytest.mark.parametrize("text", ODD.values(), ids=list(ODD))
def test_a_network_s_rows_are_as_long_as_what_it_reads(classifier: Any, text: str) -> None:
    lyric = Lyrics.parse(text)
    for reading in classifier.readings(lyric):
        assert reading.spans
        for span in (span for row in reading.spans for span in row if span is not None):
            assert 0 <= span[0] < span[1] <= len(lyric.text)
    encoded = classifier._encode(lyric)
    tokens = sum(map(len, encoded)) if isinstance(encoded[0], list) else len(encoded)
    specials = sum(span is None for row in classifier.readings(lyric)[0].spans for span in row)
    read = sum(len(row) for row in classifier.readings(lyric)[0].spans)
    assert tokens in (read, read - specials)


def test_tokens_are_summed_over_their_word_and_the_rest_is_kept() -> None:
    lyric = Lyrics.parse("walking home\n\nhome")
    tokens = [((0, 4), 1.0), ((4, 7), 0.5), ((7, 12), 2.0), ((12, 13), 4.0), (None, 8.0)]
    values, elsewhere = word_values(lyric, tokens)
    assert values == ((1.5, 2.0), (None,))
    assert elsewhere == 12.0


def test_every_word_of_a_plain_song_is_read_by_every_model(classifier: Any) -> None:
    lyric = Lyrics.parse(song_of("folk", 3).split("\n")[0])
    tokens = [
        (span, 1.0)
        for reading in classifier.readings(lyric)
        for row in reading.spans
        for span in row
    ]
    values, _ = word_values(lyric, tokens)
    assert all(value is not None for line in values for value in line)
