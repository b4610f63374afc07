"""Songs written anew on the words of others."""

from __future__ import annotations

import pytest

from engine.corpora import songbook
from engine.errors import CancelledError, InputError
from engine.formats import chordpro
from engine.generator.companions import companion_songs
from tests.pages.conftest import FakeGenerator


def test_each_song_is_asked_for_as_it_is() -> None:
    sheets = songbook()[:2]
    model = FakeGenerator()
    seen: list[tuple[int, int]] = []
    found = companion_songs(sheets, model, 7, lambda *at: seen.append(at))  # type: ignore[arg-type]
    assert seen == [(1, 2), (2, 2)]
    for sheet, written, asked in zip(sheets, found, model.asked, strict=True):
        assert written is not None
        assert [line.words for line in written.lines] == [
            line.words for line in sheet.lines if line.words
        ]
        assert (asked.key, asked.genre, asked.tempo) == (sheet.key, sheet.genre, sheet.tempo)
        assert (asked.time_signature, asked.title, asked.seed) == (
            *(sheet.time_signature, sheet.title, 7),
        )


def test_songs_without_words_or_that_could_not_be_written_are_none() -> None:
    class Refusing(FakeGenerator):
        def generate(self, *_: object, **__: object) -> None:  # type: ignore[override]
            raise InputError("Too long.")

    played = chordpro.read(b"[G] [C]\n")
    assert companion_songs([played], FakeGenerator()) == [None]  # type: ignore[arg-type]
    assert companion_songs(songbook()[:1], Refusing()) == [None]  # type: ignore[arg-type]
    with pytest.raises(CancelledError):
        companion_songs(songbook()[:1], FakeGenerator(), cancelled=lambda: True)  # type: ignore[arg-type]
