"""Faithfulness tells an explanation that finds the words from one that does not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from engine.__main__ import main
from engine.classifiers.prediction import Prediction
from engine.errors import InputError
from engine.evaluation.board.records import read_records
from engine.evaluation.metrics import metric
from engine.evaluation.runner import evaluate
from engine.evaluation.tasks.faithfulness import (
    FAITHFULNESS_METRICS,
    faithfulness,
    only,
    ranked_units,
    without,
)
from engine.explanation import Explanation
from engine.lyrics import Lyrics

LYRIC = Lyrics.parse(
    "the banjo plays on and on\nall night the banjo sings\nthe banjo plays on and on\n"
    "we go down to the banjo river"
)


class BanjoLover:
    """Folk as far as there are banjos among the words."""

    name, base = "llama", "none"

    def predict(self, lyrics: Sequence[Lyrics]) -> list[Prediction]:
        shares = [min(1.0, lyric.words.count("banjo") / 4) for lyric in lyrics]
        return [
            Prediction("llama", "none", ("folk", "rock"), (share, 1 - share), 0.0)
            for share in shares
        ]


def explained(favourite: str) -> Explanation:
    words = tuple(
        tuple(1.0 if word == favourite else 0.01 * index for index, word in enumerate(line.words))
        for line in LYRIC.lines
    )
    return Explanation("llama", "none", "folk", words, 0.0, 0.0, 0.0, 8, 0.0)


def measured(favourite: str) -> tuple[float, float, float, float]:
    found = faithfulness(
        BanjoLover(),  # type: ignore[arg-type]
        LYRIC,
        explained(favourite),
        np.random.default_rng(0),
        draws=20,
    )
    return (
        found.comprehensiveness,
        found.sufficiency,
        found.comprehensiveness_random,
        found.sufficiency_random,
    )


def test_the_words_that_matter_beat_random_words_on_both_measures() -> None:
    comprehensive, sufficient, by_chance, sufficient_by_chance = measured("banjo")
    assert comprehensive > by_chance + 0.3
    assert sufficient < sufficient_by_chance - 0.3


def test_an_explanation_that_points_elsewhere_does_not() -> None:
    comprehensive, _, by_chance, _ = measured("the")
    assert comprehensive < by_chance + 0.1


def test_a_word_is_taken_from_every_repeat_of_its_line() -> None:
    unit = (LYRIC.lines[0].text.casefold(), 1)
    left = without(LYRIC, {unit})
    assert [line.text for line in left.lines][0::2] == ["the plays on and on"] * 2
    assert left.words.count("banjo") == 2
    assert only(LYRIC, {unit}).words == ("banjo", "banjo")


def test_words_not_read_rank_behind_those_that_pushed() -> None:
    words: tuple[tuple[float | None, ...], ...] = ((0.2, None), (-0.1, 0.4))
    lyric = Lyrics.parse("a b\nc d")
    found = Explanation("llama", "none", "folk", words, 0.0, 0.0, 0.0, 8, 0.0)
    assert ranked_units(lyric, found) == [("c d", 1), ("a b", 0), ("a b", 1), ("c d", 0)]


def test_a_single_word_cannot_be_measured() -> None:
    lyric = Lyrics.parse("hello")
    found = Explanation("llama", "none", "folk", ((0.2,),), 0.0, 0.0, 0.0, 8, 0.0)
    with pytest.raises(InputError, match="at least 2"):
        faithfulness(BanjoLover(), lyric, found, np.random.default_rng(0))  # type: ignore[arg-type]


def test_every_metric_is_found_by_its_name() -> None:
    for wanted in FAITHFULNESS_METRICS:
        assert metric(wanted.name, wanted.signature) is wanted


def test_the_command_appends_records_with_intervals_and_no_costs(
    with_tiny_models: Path,
    genre_corpus: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("LYRICLAB_CACHE", str(tmp_path / "cache"))
    arguments = ["--data", str(genre_corpus), "--model", "bilstm-gru", "--limit", "5"]
    assert main(["faithfulness", *arguments]) == 0

    records, problems = read_records()
    assert not problems
    assert {record.metric for record in records} == {m.name for m in FAITHFULNESS_METRICS}
    of = {record.metric: record for record in records}
    for record in records:
        assert (record.task, record.model, record.n) == ("genre", "bilstm-gru", 5)
        assert record.low is not None
        assert record.high is not None
        assert record.low <= record.value <= record.high
    gain = of["comprehensiveness"].value - of["comprehensiveness-random"].value
    assert of["comprehensiveness-gain"].value == pytest.approx(gain)
    assert "comprehensiveness-gain" in capsys.readouterr().out


def test_a_baseline_has_no_explanation(genre_corpus: Path) -> None:
    with pytest.raises(InputError, match="no model 'tfidf' for faithfulness; there are llama"):
        evaluate("faithfulness", genre_corpus, ["tfidf"])
