from __future__ import annotations

import numpy as np
import pytest

from engine.generator.controls import Controls
from engine.generator.decoder import REMEMBERED, Decoder, DecoderSong, Reader
from engine.generator.encoding import ModelLine, header_of, window_tokens
from engine.generator.tinyllama import TinyLlamaGenerator

LINES = (
    ("the", "rain", "came", "down"),
    ("on", "the", "river", "and", "we", "sang"),
    ("until", "the", "morning", "light"),
)


@pytest.fixture
def decoder(generator: TinyLlamaGenerator) -> Decoder:
    generator.decoder._readers.clear()
    return generator.decoder


def told(decoder: Decoder, *, recalling: bool, last: tuple[str, ...] = LINES[2]) -> DecoderSong:
    header = header_of(decoder.vocabulary, Controls())
    song = decoder.song(header, "major", recalling=recalling)
    for words in (*LINES[:2], last):
        song.begin(words, "verse")
        song.log_probabilities(0)
        song.accept(0, 1)
    return song


def test_a_song_read_before_is_gone_on_with_and_answers_alike(
    decoder: Decoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    anew = told(decoder, recalling=False).log_probabilities(2)
    fed: list[int] = []
    read = Reader.read

    def counted(self: Reader, tokens: object, start: int = 0) -> object:
        fed.append(len(tokens) - start)  # type: ignore[arg-type]
        return read(self, tokens, start)  # type: ignore[arg-type]

    monkeypatch.setattr(Reader, "read", counted)
    header = header_of(decoder.vocabulary, Controls())
    song = decoder.song(header, "major", recalling=True)
    for words in LINES:
        song.begin(words, "verse")
        song.accept(0, 1)
    again = song.log_probabilities(2)

    assert fed == [1]
    np.testing.assert_allclose(again, anew, atol=0.05)


def test_an_edited_song_is_read_from_its_edit_on(decoder: Decoder) -> None:
    told(decoder, recalling=False)
    other = ("a", "wholly", "different", "line")

    recalled = told(decoder, recalling=True, last=other).log_probabilities(2)

    decoder._readers.clear()
    anew = told(decoder, recalling=False, last=other).log_probabilities(2)
    np.testing.assert_allclose(recalled, anew, atol=0.05)


def test_what_is_remembered_is_bounded_and_what_is_used_stays(decoder: Decoder) -> None:
    told(decoder, recalling=False)
    long = decoder._readers[0]
    for _ in range(3 * REMEMBERED):
        song = decoder.song(header_of(decoder.vocabulary, Controls()), "major", recalling=True)
        song.begin(LINES[0], "verse")
        song.log_probabilities(0)

    assert len(decoder._readers) == REMEMBERED
    assert long in decoder._readers


@pytest.mark.parametrize("tells", [True, False])
def test_a_song_is_read_as_it_was_learnt_with_and_without_sources(
    decoder: Decoder, monkeypatch: pytest.MonkeyPatch, tells: bool
) -> None:
    monkeypatch.setattr(decoder.encoder, "tells_sources", tells)
    header = header_of(decoder.vocabulary, Controls())
    chords = ((0, 1), (2, 4))
    lines = [
        ModelLine(LINES[0], chords, "verse"),
        ModelLine(LINES[1], chords, "verse", (1, 4) if tells else ()),
    ]
    learnt = window_tokens(decoder.encoder, header, lines, "major", middle=False)

    song = decoder.song(header, "major")
    for words, source in zip(LINES, ((), (1, 4)), strict=False):
        song.begin(words, "verse", None, source)
        for position, chord in chords:
            song.accept(position, chord)

    assert song._tokens.ids == learnt.ids
    assert song._tokens.words == learnt.words
