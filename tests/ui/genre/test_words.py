from __future__ import annotations

import csv
import io
import json

from engine.prediction import GENRES, Prediction
from ui.genre.words import agreement, predictions_csv, predictions_json


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
