from __future__ import annotations

from collections.abc import Sequence

import pytest

from engine.classifiers.prediction import Prediction
from engine.errors import CancelledError
from engine.explanation import line_lyrics, line_predictions
from engine.lyrics import Lyrics

SONG = Lyrics.parse("one a\ntwo b\n\nthree c\none a")


class Counting:
    """Answers with how many words it saw; notes what it was asked."""

    name, base = "counting", "none"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def predict(self, lyrics: Sequence[Lyrics]) -> list[Prediction]:
        self.asked += [lyric.text for lyric in lyrics]
        return [
            Prediction("counting", "none", ("few", "many"), (1 - p, p), 0.0)
            for p in (len(lyric.words) / 10 for lyric in lyrics)
        ]


def test_a_line_comes_with_its_neighbours_and_the_song_s_ends_with_fewer() -> None:
    assert [part.text for part in line_lyrics(SONG, 1)] == [
        "one a\ntwo b",
        "one a\ntwo b\n\nthree c",
        "two b\n\nthree c\none a",
        "three c\none a",
    ]


def test_one_answer_a_line_and_equal_lines_are_asked_once() -> None:
    model = Counting()
    answers = line_predictions(model, SONG, 0)  # type: ignore[arg-type]
    assert len(answers) == len(SONG.lines)
    assert model.asked == ["one a", "two b", "three c"]
    assert answers[0] == answers[3]


def test_cancelling_stops_it() -> None:
    with pytest.raises(CancelledError):
        line_predictions(Counting(), SONG, 0, cancelled=lambda: True)  # type: ignore[arg-type]
