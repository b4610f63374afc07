from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from typing import Any

from engine.classifiers.prediction import GENRES, Prediction
from ui.genre.words import (
    agreement,
    disagreement,
    doubt,
    genres,
    headline,
    predictions_csv,
    predictions_json,
    told,
)


def said(model: str, genre: str) -> Prediction:
    rest = 0.5 / (len(GENRES) - 1)
    return Prediction(
        model, "Base", GENRES, tuple(0.5 if name == genre else rest for name in GENRES), 0.2
    )


def test_agreement_names_who_says_what() -> None:
    llama, roberta, gru = said("llama", "folk"), said("roberta", "folk"), said("bilstm-gru", "folk")

    assert agreement([llama]) == "LLaMA says folk"
    assert agreement([llama, roberta]) == "Both models say folk"
    assert agreement([llama, roberta, gru]) == "All three models say folk"
    assert agreement([llama, said("roberta", "jazz"), gru]) == (
        "Two of three models say folk; RoBERTa says jazz"
    )
    assert agreement([llama, said("roberta", "jazz")]) == (
        "The models disagree: LLaMA folk, RoBERTa jazz"
    )


def unsure(model: str, doubt_below: float = 0.5, **more: Any) -> Prediction:
    labels = ("folk", "jazz", "rock")
    return Prediction(model, "", labels, (0.3, 0.45, 0.25), 0.1, doubt_below=doubt_below, **more)


def test_an_answer_in_doubt_names_the_two_likeliest_genres() -> None:
    assert genres(unsure("llama")) == "jazz or folk"
    assert told(unsure("llama")) == "jazz or folk?"
    assert genres(unsure("llama", 0.45)) == "jazz"
    assert told(unsure("llama", 0.45)) == "jazz 45%"


def test_the_combined_answer_decides_whether_the_words_tell() -> None:
    open_, sure = unsure("llama"), unsure("roberta", 0.1)
    pooled = unsure("combined", pooled=("llama", "roberta"))
    nothing = "The words do not tell: likeliest are jazz (45%) and folk (30%)"
    assert headline([open_, sure]) == "RoBERTa says jazz; LLaMA is in doubt"
    assert headline([open_, sure, pooled]) == nothing
    assert headline([open_, unsure("roberta")]) == nothing
    certain = replace(pooled, doubt_below=0.0)
    assert headline([open_, unsure("roberta"), certain]) == (
        "Together the models say jazz; LLaMA and RoBERTa are in doubt"
    )
    others = [said("llama", "folk"), said("roberta", "folk"), certain]
    assert headline(others) == "Together the models say jazz; LLaMA and RoBERTa say folk"


def test_who_is_in_doubt_and_below_what_is_said() -> None:
    assert doubt([unsure("llama", 0.2)]) == ""
    said_so = doubt([unsure("llama"), unsure("roberta", 0.1), unsure("combined", 0.46)])
    assert "LLaMA (below 50%) and Combined (below 46%)" in said_so
    assert "RoBERTa" not in said_so


def test_json_is_what_the_command_line_gives() -> None:
    (answer,) = json.loads(predictions_json([said("llama", "folk")]))

    assert answer["model"] == "llama"
    assert answer["label"] == "folk"
    assert answer["probabilities"]["folk"] == 0.5


def test_csv_has_a_row_for_each_model_and_genre_best_first() -> None:
    rows = list(csv.DictReader(io.StringIO(predictions_csv([said("llama", "r&b")]))))

    assert len(rows) == len(GENRES)
    assert rows[0]["genre"] == "r&b"
    assert float(rows[0]["probability"]) == 0.5


def test_where_models_part_is_told_in_words() -> None:
    near = disagreement([said("llama", "folk"), said("roberta", "folk")])
    assert near.startswith("They are close on every genre")
    far = disagreement([said("llama", "folk"), said("roberta", "jazz")])
    assert far.startswith("They are far apart on folk: LLaMA gives folk 50%, RoBERTa 5%.")
    assert disagreement([said("llama", "folk")]) == ""


def test_models_that_only_swap_the_first_two_are_said_to() -> None:
    labels = ("folk", "jazz", "rock")
    one = Prediction("llama", "Base", labels, (0.6, 0.3, 0.1), 0.1)
    other = Prediction("roberta", "Base", labels, (0.3, 0.6, 0.1), 0.1)
    assert "folk and jazz are the first two of each" in disagreement([one, other])


def test_nobody_sure_is_said() -> None:
    labels = ("folk", "jazz", "rock")
    one = Prediction("llama", "Base", labels, (0.35, 0.33, 0.32), 0.1)
    other = Prediction("roberta", "Base", labels, (0.33, 0.35, 0.32), 0.1)
    assert "None of them is sure: the highest probability is 35%." in disagreement([one, other])
