"""Explanations to take away: one row a word, or one JSON object a model."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.explanation.explanation import Explanation
    from engine.lyrics import Lyrics

_COLUMNS = ("model", "revision", "genre", "line", "place", "word", "log_odds")


def explanations_csv(
    explanations: Sequence[Explanation], lyric: Lyrics, revisions: Mapping[str, str]
) -> str:
    """One row a model and word, in the order they are sung; lines and places count from 1.

    ``log_odds`` is empty where the model did not read the word. What the song's form adds is a row
    of line 0, named "(form)", and what belongs to no word one named "(between words)".

    Parameters
    ----------
    explanations : sequence of Explanation
        Of the same lyric.
    revisions : mapping of str to str
        By model, what it answered with (`engine.models.card.model_revision`).
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for of in explanations:
        who = (of.model, revisions[of.model], of.genre)
        writer.writerow([*who, 0, 0, "(form)", f"{of.form:.6f}"])
        writer.writerow([*who, 0, 0, "(between words)", f"{of.elsewhere:.6f}"])
        for number, (line, values) in enumerate(zip(lyric.lines, of.words, strict=True), start=1):
            for place, (word, value) in enumerate(zip(line.words, values, strict=True), start=1):
                told = "" if value is None else f"{value:.6f}"
                writer.writerow([*who, number, place, word, told])
    return buffer.getvalue()


def explanations_json(
    explanations: Sequence[Explanation], lyric: Lyrics, revisions: Mapping[str, str]
) -> str:
    """The same with all that is known of each explanation; parameters as `explanations_csv`."""
    told = [_as_dict(of, lyric, revisions[of.model]) for of in explanations]
    return json.dumps(told, indent=2, ensure_ascii=False)


def _as_dict(of: Explanation, lyric: Lyrics, revision: str) -> dict[str, Any]:
    return {
        "model": of.model,
        "revision": revision,
        "base": of.base,
        "genre": of.genre,
        "probability": of.probability,
        "answer": of.answer,
        "answer_without_form": of.answer_without_form,
        "method": "integrated gradients in log odds, from the song with its words faded",
        "steps": of.steps,
        "log_odds": of.log_odds,
        "log_odds_faded": of.baseline_log_odds,
        "form": of.form,
        "between_words": of.elsewhere,
        "gap": of.gap,
        "lines": [
            {"section": line.section, "words": list(line.words), "log_odds": list(values)}
            for line, values in zip(lyric.lines, of.words, strict=True)
        ],
    }
