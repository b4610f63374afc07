from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest

from engine.errors import WeightsError
from ui import example_song, resources


@pytest.fixture(autouse=True)
def anew() -> Iterator[None]:
    example_song.example.cache_clear()
    yield
    example_song.example.cache_clear()


def written() -> dict[str, Any]:
    """What the shipped models say of the example now."""
    from engine.classifiers import load_classifier
    from engine.lyrics import Lyrics
    from ui.lyric_input import lyric_of

    lyrics = [Lyrics.parse(lyric_of(example_song.song()))]
    answers = [load_classifier(name).predict(lyrics)[0] for name in resources.GENRE_MODELS]
    return {
        "title": example_song.TITLE,
        "revisions": example_song.revisions(list(resources.GENRE_MODELS)),
        "answers": [answer.as_dict() for answer in answers],
    }


def test_golden_answers_are_of_the_models_that_are_here() -> None:
    if os.environ.get("LYRICLAB_GOLDEN") == "write":
        example_song.ANSWERS.write_text(json.dumps(written(), indent=2) + "\n", "utf-8")
    example = example_song.example()

    assert example.sheet.title == example_song.TITLE
    assert [p.model for p in example.predictions] == [*resources.GENRE_MODELS], "make golden"
    assert {p.label for p in example.predictions} == {example.sheet.genre}, "it says they agree"


def test_the_beginning_is_a_part_of_the_song_with_chords() -> None:
    example = example_song.example()

    assert 4 <= len(example.beginning.lines) < len(example.sheet.lines)
    assert example.beginning.lines == example.sheet.lines[: len(example.beginning.lines)]
    assert example.beginning.chords


def test_answers_of_other_models_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(example_song, "revisions", lambda names: dict.fromkeys(names, "another"))

    assert example_song.example().predictions == ()


def test_without_weights_home_still_has_its_song(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_names: list[str]) -> dict[str, str]:
        raise WeightsError("No model card.")

    monkeypatch.setattr(example_song, "revisions", missing)

    assert example_song.example().predictions == ()
    assert example_song.example().sheet.title == example_song.TITLE
