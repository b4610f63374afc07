"""BERTScore of odd strings, and a signature without a path. Uses the embedded encoder."""

from __future__ import annotations

import numpy as np
import pytest

from engine.errors import InputError, WeightsError
from engine.evaluation.metrics.bertscore import BertScorer, bert_scorer

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def scorer() -> BertScorer:
    return bert_scorer()


def test_right_answers_score_one_and_wrong_ones_less(scorer: BertScorer) -> None:
    scores = scorer.score(["rock", "pop"], ["rock", "rock"])
    assert scores.shape == (2, 3)
    assert scores[0] == pytest.approx(1.0, abs=1e-5)
    assert (scores[1] < 0.9).all()


def test_agrees_with_bert_score_itself(scorer: BertScorer) -> None:
    pairs = [("hip-hop", "rock"), ("r&b", "blues"), ("heavy metal", "metal")]
    wanted = scorer.scorer.score([p for p, _ in pairs], [r for _, r in pairs])
    found = scorer.score([p for p, _ in pairs], [r for _, r in pairs])
    for column, part in enumerate(wanted):
        assert found[:, column] == pytest.approx(part.double().numpy(), abs=1e-9)


@pytest.mark.parametrize(
    ("prediction", "reference", "expected"),
    [("", "rock", 0.0), ("rock", " \n", 0.0), ("", "", 1.0), ("\u200b", "rock", 0.0)],
)
def test_empty_strings_neither_fail_nor_score(
    prediction: str, reference: str, expected: float, scorer: BertScorer
) -> None:
    assert scorer.score([prediction], [reference])[0] == pytest.approx(expected)


@pytest.mark.parametrize("odd", ["日本語", "🎸", "!!!", "rock " * 3000, "\x00", "a" * 5000])
def test_odd_strings_give_finite_scores(odd: str, scorer: BertScorer) -> None:
    scores = scorer.score([odd, "rock"], ["rock", odd])
    assert np.isfinite(scores).all()
    assert ((scores >= -1) & (scores <= 1 + 1e-5)).all()


def test_no_pairs_give_no_scores(scorer: BertScorer) -> None:
    assert scorer.score([], []).shape == (0, 3)


def test_lengths_must_match(scorer: BertScorer) -> None:
    with pytest.raises(InputError, match="2 predictions came with 1 references"):
        scorer.score(["a", "b"], ["a"])


def test_distinct_pairs_are_scored_once(
    scorer: BertScorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    class Counting:
        def score(self, predictions: list[str], references: list[str]) -> object:
            asked.append(len(predictions))
            return scorer.scorer.score(predictions, references)

    counting = BertScorer(scorer.name, scorer.checksum, scorer.layer, Counting())
    scores = counting.score(["pop", "rock"] * 500, ["rock", "rock"] * 500)
    assert asked == [2]
    assert scores.shape == (1000, 3)
    assert (scores[0] == scores[2]).all()


def test_signature_names_everything_but_a_path(scorer: BertScorer) -> None:
    signature = scorer.signature
    for part in ("minilm-l6@53aa51172d14", "layer=6", "idf=no", "rescale=no", "bert-score="):
        assert part in signature
    assert "/" not in signature


def test_a_hub_out_of_reach_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("no network")

    monkeypatch.setattr("socket.create_connection", refuse)
    monkeypatch.setattr("huggingface_hub.try_to_load_from_cache", lambda *_: None)
    for name in ("https_proxy", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(WeightsError, match="minilm-l6' works without it"):
        bert_scorer("roberta-large")


def test_unknown_scorers_are_named() -> None:
    with pytest.raises(InputError, match=r"minilm-l6, roberta-large"):
        bert_scorer("bleu")


def test_tokenizers_without_a_maximum_get_one(scorer: BertScorer) -> None:
    assert scorer.scorer._tokenizer.model_max_length <= 512
