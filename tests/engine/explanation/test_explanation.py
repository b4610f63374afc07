"""Attributions add up, point the right way, and can be stopped."""

from __future__ import annotations

import math
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import torch

from engine.classifiers import PARTS, explainable, load_classifier
from engine.classifiers.text_style import FEWEST_WORDS, StylePath, text_style
from engine.classifiers.torch_classifier import TorchClassifier
from engine.errors import CancelledError, InputError
from engine.explanation import Explanation, bare_word, explain
from engine.explanation.attribution import FADING
from engine.lyrics import Lyrics
from tests.conftest import song_of

SONG = Lyrics.parse(f"[Verse]\n{song_of('metal', 5)}\n\n[Chorus]\n{song_of('reggae', 6)}")


@pytest.fixture(params=explainable())
def classifier(request: pytest.FixtureRequest, with_tiny_models: Path) -> Any:
    return load_classifier(request.param)


@pytest.mark.parametrize("genre", [None, "reggae"])
def test_attributions_add_up_to_the_difference_they_explain(
    classifier: Any, genre: str | None
) -> None:
    found = explain(classifier, SONG, genre, steps=16)

    difference = found.log_odds - found.baseline_log_odds
    assert abs(difference) > 1e-4, "nothing to explain"
    assert abs(found.gap) < 0.02 + 0.05 * abs(difference)
    total = sum(v for line in found.words for v in line if v is not None) + found.elsewhere
    assert total == pytest.approx(difference - found.gap)
    assert sum(v for v in found.lines if v is not None) == pytest.approx(total - found.elsewhere)


def test_the_probability_is_the_one_the_model_gives(classifier: Any) -> None:
    answer = classifier.predict([SONG])[0]
    found = explain(classifier, SONG)

    assert found.genre == answer.label
    assert found.probability == pytest.approx(answer.confidence, abs=0.02)
    assert (found.model, found.base) == (answer.model, answer.base)
    assert [len(line) for line in found.words] == [len(line.words) for line in SONG.lines]


@contextmanager
def style_paths(classifier: Any) -> Generator[list[StylePath]]:
    """What weighs a song's form; weights that are changed meanwhile are put back."""
    paths = [
        module
        for reading in classifier.readings(SONG)
        for module in reading.network.modules()
        if isinstance(module, StylePath)
    ]
    learned = [path.linear.weight.detach().clone() for path in paths]
    try:
        yield paths
    finally:
        for path, weight in zip(paths, learned, strict=True):
            path.linear.weight.data.copy_(weight)


def test_the_form_of_a_song_is_told_apart(classifier: Any) -> None:
    """An excerpt too short to have a form, and a song of many lines."""
    few = Lyrics.parse(song_of("metal", 2).splitlines()[0])
    assert len(few.words) < FEWEST_WORDS <= len(SONG.words)
    with style_paths(classifier) as paths:
        for path in paths:
            torch.nn.init.normal_(path.linear.weight)
        assert explain(classifier, few, "metal", steps=2).form == 0
        assert abs(explain(classifier, SONG, "metal", steps=2).form) > 0.01


def test_form_that_alone_makes_the_answer_is_said_to_decide(classifier: Any) -> None:
    with style_paths(classifier) as paths:
        for path in paths:
            path.linear.weight.data.zero_()
        own = explain(classifier, SONG, steps=2)
        assert own.answer == own.answer_without_form == own.genre
        assert not own.form_decides
        loud = "jazz" if own.answer != "jazz" else "blues"
        for path in paths:
            weight = path.linear.weight.data[-len(classifier.labels) :]  # after any tags
            towards = path.expanded(torch.tensor([text_style(SONG)])).sign()[0]
            weight[classifier.labels.index(loud)] = 5 * towards
        found = explain(classifier, SONG, steps=2)
        assert (found.answer, found.answer_without_form) == (loud, own.answer)
        assert found.form_decides
        assert found.form > 1
        assert found.form_share == FADING * found.form
        assert not explain(classifier, SONG, "folk", steps=2).form_decides, "not its answer"


def test_explaining_changes_no_answer(classifier: Any) -> None:
    before = classifier.predict([SONG])[0].probabilities
    explain(classifier, SONG, "folk", steps=2)
    assert classifier.predict([SONG])[0].probabilities == before


def test_a_song_asked_while_another_is_explained_is_answered_as_ever(
    classifier: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another visitor's question comes in each step of the explanation, from another thread."""
    own = classifier.predict([SONG])[0].probabilities
    meanwhile: list[tuple[float, ...]] = []
    logits = TorchClassifier.differentiable_logits

    def interrupted(self: Any, lyric: Lyrics, copies: int) -> Any:
        with ThreadPoolExecutor(1) as other:
            answer = other.submit(lambda: classifier.predict([SONG])[0])
            meanwhile.append(answer.result().probabilities)
        return logits(self, lyric, copies)

    monkeypatch.setattr(TorchClassifier, "differentiable_logits", interrupted)
    explained = explain(classifier, SONG, "metal", steps=4)
    assert len(meanwhile) > 3
    assert set(meanwhile) == {own}
    monkeypatch.undo()
    assert explain(classifier, SONG, "metal", steps=4).words == explained.words


def test_a_twin_holds_no_tensor_of_its_own(classifier: Any) -> None:
    twin = classifier.twin()
    both = zip(classifier.model.parameters(), twin.model.parameters(), strict=True)
    assert all(mine is theirs for mine, theirs in both)
    assert not {id(m) for m in classifier.model.modules()} & {id(m) for m in twin.model.modules()}


@pytest.mark.parametrize("part", PARTS)
def test_a_part_is_explained_by_what_it_reads(with_tiny_models: Path, part: str) -> None:
    classifier: Any = load_classifier(f"roberta/{part}")
    answer = classifier.predict([SONG])[0]
    found = explain(classifier, SONG)
    assert (found.model, found.genre) == (f"roberta/{part}", answer.label)
    assert found.probability == pytest.approx(answer.confidence, abs=0.02)


def test_progress_reaches_the_end_and_cancelling_stops(classifier: Any) -> None:
    seen: list[tuple[int, int]] = []
    explain(classifier, SONG, steps=4, progress=lambda done, all_: seen.append((done, all_)))
    assert seen[-1] == (8, 8)
    assert [done for done, _ in seen].count(8) == 1, "it is not done before it is"
    with pytest.raises(CancelledError):
        explain(classifier, SONG, steps=4, cancelled=lambda: True)


def test_what_cannot_be_explained_is_told(classifier: Any) -> None:
    with pytest.raises(InputError, match="'polka' is no genre"):
        explain(classifier, SONG, "polka")
    with pytest.raises(InputError, match="at least 2"):
        explain(classifier, SONG, steps=1)


@pytest.mark.parametrize("text", ["Hello", "zxqv 🎸\n\nblorft", "1999!\na"])
def test_odd_lyrics_are_explained_too(classifier: Any, text: str) -> None:
    lyric = Lyrics.parse(text)
    found = explain(classifier, lyric, steps=2)
    assert [len(line) for line in found.words] == [len(line.words) for line in lyric.lines]
    assert math.isfinite(found.gap)


def test_both_paths_of_roberta_are_attributed(with_tiny_models: Path) -> None:
    from engine.explanation.attribution import _embedding_layers

    classifier: Any = load_classifier("roberta")
    layers, _ = _embedding_layers(classifier, SONG)
    modules = {id(layer.module) for layer in layers}
    own = {id(m) for m in classifier.model.modules()}
    beside = {id(m) for m in classifier.bilstm.model.modules()}
    assert modules & own
    assert modules & beside
    places = classifier.model.encoder.embeddings.position_embeddings
    assert id(places) not in modules


def test_a_refrain_that_llama_reads_once_is_marked_as_not_read(with_tiny_models: Path) -> None:
    lyric = Lyrics.parse("river night\nlove you\nriver night")
    found = explain(load_classifier("llama"), lyric, steps=2)
    assert all(value is not None for value in found.words[0])
    assert found.words[2] == (None, None)
    assert found.lines[2] is None
    assert found.words_read == 4


def made(words: tuple[tuple[float | None, ...], ...]) -> Explanation:
    return Explanation("llama", "tiny", "folk", words, 0.1, 0.0, -1.0, 8, 0.5)


def test_strongest_words_add_up_repeats_without_case_and_punctuation() -> None:
    lyric = Lyrics.parse("Rain, rain go\naway ... RAIN")
    found = made(((0.2, 0.1, -0.3), (None, 0.9, 0.1)))

    assert found.strongest(lyric, 5) == [("rain", pytest.approx(0.4), 3)]
    assert found.strongest(lyric, 5, -1) == [("go", -0.3, 1)]
    assert found.lines == (pytest.approx(0.0), pytest.approx(1.0))
    assert found.gap == pytest.approx(1.0 - 1.1)
    assert found.probability == 0.5


def test_bare_words_keep_what_is_inside() -> None:
    assert bare_word("“Rock’n’Roll!”") == "rock'n'roll"
    assert bare_word("...") == ""
