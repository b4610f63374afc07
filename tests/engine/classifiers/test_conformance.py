"""One suite that every genre model must pass."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.classifiers import (
    CLASSIFIERS,
    NAMES,
    PARTED,
    PARTS,
    answers,
    classifier_class,
    explainable,
    load_classifier,
    loading_once,
    model_of,
)
from engine.classifiers.prediction import GENRES, GenreClassifier
from engine.errors import InputError, WeightsError
from engine.lyrics import Lyrics
from engine.models.card import ModelCard
from engine.models.presets import slot
from tests.conftest import song_of

SHAPES = {
    "one word": "Hello",
    "one long line": "rolling down the river road " * 60,
    "many lines": "\n".join(f"line number {i} of the song" for i in range(300)),
    "emoji and accents": "Café 🎸 naïve dreams\nél corazón 💔",
    "unknown words": "zxqv wqqz blorft\nfnord glarb",
    "digits": "1999 and 2000 a",
}


WITH_WEIGHTS = ["llama", "roberta", "bilstm-gru"]


@pytest.fixture(params=NAMES)
def classifier(request: pytest.FixtureRequest, with_tiny_models: Path) -> GenreClassifier:
    return load_classifier(request.param)


def test_one_answer_per_song_in_the_order_given(classifier: GenreClassifier) -> None:
    songs = [Lyrics.parse(text) for text in SHAPES.values()]
    together = classifier.predict(songs)
    assert len(together) == len(songs)
    for song, answer in zip(songs, together, strict=True):
        alone = classifier.predict([song])[0]
        assert alone.label == answer.label
        assert alone.probabilities == pytest.approx(answer.probabilities, abs=0.02)


def test_probabilities_cover_the_genres_and_sum_to_one(classifier: GenreClassifier) -> None:
    for text in SHAPES.values():
        answer = classifier.predict([Lyrics.parse(text)])[0]
        assert answer.labels == GENRES
        assert sum(answer.probabilities) == pytest.approx(1)
        assert min(answer.probabilities) >= 0
        assert answer.seconds > 0
        assert answer.model == classifier.name
        assert answer.base == classifier.base


def test_no_songs_no_answers(classifier: GenreClassifier) -> None:
    assert classifier.predict([]) == []


def test_same_words_same_answer(classifier: GenreClassifier) -> None:
    song = Lyrics.parse(song_of("folk", 7))
    assert (
        classifier.predict([song])[0].probabilities == classifier.predict([song])[0].probabilities
    )


def test_words_matter(classifier: GenreClassifier) -> None:
    one, other = classifier.predict(
        [Lyrics.parse(song_of("metal", 1)), Lyrics.parse(song_of("reggae", 1))]
    )
    assert one.probabilities != other.probabilities


def test_the_card_lists_every_file(classifier: GenreClassifier) -> None:
    folder = slot(model_of(classifier.name)).folder
    names = {path.name for path in folder.iterdir()} - {"card.json"}
    assert set(classifier.card.files) == names
    assert not any(name.endswith((".bin", ".pt", ".pkl")) for name in names)


def test_bilstm_gru_answers_with_tags(with_tiny_models: Path) -> None:
    answer = load_classifier("bilstm-gru").predict([Lyrics.parse(song_of("jazz", 3))])[0]
    assert len(answer.tags) == 24
    probabilities = [p for _, p in answer.tags]
    assert probabilities == sorted(probabilities, reverse=True)


def test_padding_changes_nothing_for_the_bilstm_gru(with_tiny_models: Path) -> None:
    import torch

    from engine.classifiers.text_style import STYLE_FEATURES
    from engine.classifiers.windows import padded

    classifier = load_classifier("bilstm-gru")
    ids = list(range(2, 12))
    model = classifier.model  # type: ignore[attr-defined]
    style = torch.rand(2, len(STYLE_FEATURES))
    with torch.inference_mode():
        alone = model(*padded([ids], 0), style[:1])
        beside = model(*padded([ids, list(range(2, 42))], 0), style)
    for single, batch in zip(alone, beside, strict=True):
        torch.testing.assert_close(single[0], batch[0])


@pytest.mark.parametrize("name", WITH_WEIGHTS)
def test_a_changed_weight_file_is_refused(
    name: str, with_tiny_models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil

    copy = tmp_path / "models"
    shutil.copytree(with_tiny_models, copy)
    victim = next(copy.joinpath(name).glob("*.safetensors"))
    data = bytearray(victim.read_bytes())
    data[-1] ^= 1
    victim.write_bytes(data)
    monkeypatch.setenv("LYRICLAB_MODELS", str(copy))
    with pytest.raises(WeightsError, match=r"corrupt.*git checkout"):
        load_classifier(name)


def test_a_folder_without_card_is_incomplete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LYRICLAB_MODELS", str(tmp_path))
    with pytest.raises(WeightsError, match="No model card"):
        load_classifier("bilstm-gru")


def test_an_unknown_model_names_those_there_are() -> None:
    with pytest.raises(
        InputError, match="llama, llama/network, llama/linear, llama/early-exit, roberta"
    ):
        load_classifier("gpt")


@pytest.mark.parametrize("name", PARTED)
def test_few_words_are_answered_by_how_often_genres_come(with_tiny_models: Path, name: str) -> None:
    """A line says less than its network makes of it, and fine-grained tags follow."""
    model: Any = load_classifier(name)
    line = Lyrics.parse(song_of("metal", 1))
    words = len(line.text.split())
    model.calibration = replace(model.calibration, evidence_words=0.0)
    (sure,) = model.predict([line])
    model.calibration = replace(model.calibration, evidence_words=1e5 * words)
    (told,) = model.predict([line])
    usual = model.calibration.probabilities([0.0] * len(GENRES))
    assert told.probabilities == pytest.approx(usual, abs=1e-3)
    assert sure.probabilities != pytest.approx(usual, abs=1e-3)
    if told.tags:
        rates = dict(zip(model.card.config["tags"], model.card.config["tag_rates"], strict=True))
        assert dict(told.tags) == pytest.approx(rates, abs=1e-3)
        assert dict(sure.tags) != pytest.approx(rates, abs=1e-3)


@pytest.mark.parametrize("name", list(CLASSIFIERS))
def test_an_answer_is_in_doubt_below_what_the_card_says(with_tiny_models: Path, name: str) -> None:
    model: Any = load_classifier(name)
    (answer,) = model.predict([Lyrics.parse(song_of("folk", 2))])
    assert answer.doubt_below == model.card.config["doubt_below"]
    assert answer.in_doubt is (answer.confidence < answer.doubt_below)
    assert replace(answer, doubt_below=0.0).in_doubt is False
    assert replace(answer, doubt_below=1.1).in_doubt is True


def test_the_card_says_what_was_learned(with_tiny_models: Path) -> None:
    for name in CLASSIFIERS:
        card = ModelCard.read(with_tiny_models / name)
        assert {"test/accuracy", "test/macro_f1", "validation/accuracy"} <= set(card.metrics)
        assert len(card.config["temperatures"]) == len(card.labels)
        assert all(0.04 < value < 21 for value in card.config["temperatures"])
        assert str(with_tiny_models) not in json.dumps(card.config)


@pytest.mark.slow
@pytest.mark.parametrize("name", list(CLASSIFIERS))
def test_the_shipped_model_beats_the_majority_class(name: str) -> None:
    card = load_classifier(name).card
    # Rock is the largest class: 35.1% of the test songs (the majority baseline's record).
    assert card.metrics["test/accuracy"] > 0.40
    assert card.metrics["test/macro_f1"] > 0.15


def test_what_can_be_explained_is_asked_of_the_classes() -> None:
    assert explainable() == tuple(WITH_WEIGHTS)


def test_a_model_that_several_read_is_loaded_once(with_tiny_models: Path) -> None:
    load = loading_once()
    combined: Any = load("combined", "embedded")
    members = {member.name: member for member in combined.members}
    assert members
    assert all(load(name, "embedded") is member for name, member in members.items())
    roberta: Any = load("roberta", "embedded")
    assert roberta.bilstm is load("bilstm-gru", "embedded")


def test_models_that_answered_are_not_asked_again_for_the_pool(
    with_tiny_models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.classifiers.torch_classifier import TorchClassifier

    asked: list[str] = []
    predict = TorchClassifier.predict

    def counted(self: TorchClassifier, lyrics: Any) -> Any:
        asked.append(self.name)
        return predict(self, lyrics)

    monkeypatch.setattr(TorchClassifier, "predict", counted)
    song = Lyrics.parse(song_of("folk", 3))
    found = answers(["combined", *WITH_WEIGHTS], song)
    assert sorted(asked) == sorted(WITH_WEIGHTS)
    assert [answer.model for answer in found] == ["combined", *WITH_WEIGHTS]


def test_parts_are_offered_where_the_class_has_them() -> None:
    assert tuple(name for name in CLASSIFIERS if hasattr(classifier_class(name), "part")) == PARTED


@pytest.mark.parametrize("name", PARTED)
def test_a_model_s_logits_are_the_weighed_sum_of_its_parts(
    with_tiny_models: Path, name: str
) -> None:
    """What is called the network and the linear path is all there is, and nothing twice."""
    import torch

    from engine.classifiers.calibration import Calibration

    whole: Any = load_classifier(name)
    song = Lyrics.parse(song_of("folk", 1) + "\n" + song_of("rock", 2))
    none = Calibration.none(len(GENRES))
    with torch.inference_mode():
        both = whole.differentiable_logits(song, 1) / whole.evidence([song])
        network, linear = (whole.part(part, none).differentiable_logits(song, 1) for part in PARTS)
    first, second = whole.path_weights
    assert network.abs().max() > 0
    assert linear.abs().max() > 0
    torch.testing.assert_close(first * network + second * linear, both, atol=0.05, rtol=0.02)


@pytest.mark.parametrize("name", PARTED)
def test_parts_share_the_weights_and_have_a_calibration_of_their_own(
    with_tiny_models: Path, name: str
) -> None:
    load = loading_once()
    whole: Any = load(name, "embedded")
    for part in PARTS:
        alone: Any = load(f"{name}/{part}", "embedded")
        assert alone.model is whole.model
        assert alone.whole is whole
        assert alone.calibration != whole.calibration
    shares = [whole.card.config["parts"][part]["share"] for part in PARTS]
    assert sum(shares) == pytest.approx(1, abs=0.002)


def test_a_model_without_such_a_part_says_so(with_tiny_models: Path) -> None:
    whole: Any = load_classifier("llama")
    with pytest.raises(InputError, match="no part 'head'"):
        whole.part("head")
    with pytest.raises(InputError, match="llama/network"):
        load_classifier("llama/head")
    with pytest.raises(InputError, match="llama/network"):
        load_classifier("combined/linear")
    whole.card.config["parts"].pop("linear")
    with pytest.raises(WeightsError, match="card of 'llama/linear'"):
        whole.part("linear")
    del whole.card.config["parts"]
    assert whole.part("linear").calibration == whole.calibration
