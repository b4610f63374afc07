from __future__ import annotations

import csv
import io
import json

from engine.explanation import Explanation, explanations_csv, explanations_json
from engine.lyrics import Lyrics

LYRIC = Lyrics.parse('[Verse]\n"Rain", =SUM and\n\n[Chorus]\nrain')
WORDS = ((0.5, -0.25, 0.125), (None,))
FOUND = [
    Explanation("llama", "tiny", "folk", WORDS, 0.1, 0.0, -1.0, 8, 0.5, 0.75, "folk", "pop"),
    Explanation("bilstm-gru/linear", "none", "pop", WORDS, 0.0, 0.0, -1.0, 8, 0.5),
]
REVISIONS = {"llama": "0123456789ab", "bilstm-gru/linear": "ba9876543210"}


def test_every_word_of_every_model_has_a_row_with_its_revision() -> None:
    rows = list(csv.DictReader(io.StringIO(explanations_csv(FOUND, LYRIC, REVISIONS))))
    assert len(rows) == 2 * (2 + 4)
    assert rows[0] == {
        "model": "llama", "revision": "0123456789ab", "genre": "folk", "line": "0", "place": "0",
        "word": "(form)", "log_odds": "0.750000",
    }  # fmt: skip
    words = [row for row in rows if row["model"] == "llama" and row["line"] != "0"]
    assert [row["word"] for row in words] == list(LYRIC.words)
    assert [row["log_odds"] for row in words] == ["0.500000", "-0.250000", "0.125000", ""]
    assert [(row["line"], row["place"]) for row in words] == [
        ("1", "1"), ("1", "2"), ("1", "3"), ("2", "1"),
    ]  # fmt: skip
    assert rows[-1]["revision"] == "ba9876543210"


def test_json_holds_the_same_and_what_is_left_over() -> None:
    first, second = json.loads(explanations_json(FOUND, LYRIC, REVISIONS))
    assert first["lines"][0]["log_odds"] == [0.5, -0.25, 0.125]
    assert first["lines"][1] == {"section": "chorus", "words": ["rain"], "log_odds": [None]}
    assert (first["form"], first["answer_without_form"]) == (0.75, "pop")
    read = sum(v for line in first["lines"] for v in line["log_odds"] if v is not None)
    assert first["log_odds"] - first["log_odds_faded"] == (
        read + first["between_words"] + first["gap"]
    )
    assert second["model"] == "bilstm-gru/linear"
