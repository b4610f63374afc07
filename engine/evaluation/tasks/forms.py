"""Whether a model says the same of a song however it is written down.

Each song is asked about whole and in every form of `engine.corpora.written_forms`: a draft with
headings, one block, lower case, a chord sheet, a verse and a chorus, twelve, eight and four lines,
one line. Excerpts are drawn by the seed. Told are how often the answer stays, how far the
probabilities move, and how well each form is answered.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.classifiers import NAMES
from engine.corpora import EXTENSIONS
from engine.corpora.written_forms import FORMS, written
from engine.evaluation.metrics.forms import FORM_METRICS, WHOLE, column
from engine.evaluation.tasks.data import genre_songs
from engine.evaluation.tasks.genre import assignment_over, loaded, model_subject
from engine.evaluation.tasks.task import Assignment, Request, Subject, Task

_BATCH = 16


def forms_assignment(request: Request) -> Assignment:
    """How steady answers are on a file of songs with genres."""
    songs = genre_songs(request.data, request.limit, request.seed)
    references = songs.table["reference"].tolist()

    def subject(name: str) -> Subject:
        model = loaded(name, request.preset, request.load)

        def answer(numbers: Sequence[int]) -> list[dict[str, Any]]:
            lyrics = [
                written(songs.lyrics[number], form, request.seed)
                for number in numbers
                for form in FORMS
            ]
            predictions = model.predict(lyrics)
            return [
                form_row(predictions[start : start + len(FORMS)], references[number])
                for start, number in zip(
                    range(0, len(predictions), len(FORMS)), numbers, strict=True
                )
            ]

        return model_subject(name, request.preset, model, answer, _BATCH)

    def table(rows: list[dict[str, Any]]) -> Any:
        found = songs.table.copy()
        found.insert(2, "prediction", [row["prediction"] for row in rows])
        for name in dict.fromkeys(need for metric in FORM_METRICS for need in metric.needs):
            found[name] = np.array([row[name] for row in rows], dtype=np.float32)
        return found, FORM_METRICS

    return assignment_over(songs, subject, table, part="forms")


def form_row(predictions: Sequence[Any], reference: str) -> dict[str, Any]:
    """What is kept of a song: `predictions` of each form, in the order of `FORMS`."""
    of_form = dict(zip(FORMS, predictions, strict=True))
    whole = of_form[WHOLE]
    row: dict[str, Any] = {"prediction": whole.label}
    for form, found in of_form.items():
        distance = sum(
            abs(a - b) for a, b in zip(whole.probabilities, found.probabilities, strict=True)
        )
        row |= {
            column("same", form): float(found.label == whole.label),
            column("change", form): distance / 2,
            column("hit", form): float(found.label == reference),
            column("confidence", form): found.confidence,
        }
    return row


TASK = Task(
    name="forms",
    title="Steadiness between written forms",
    songs="Songs with columns lyrics and genre",
    extensions=EXTENSIONS,
    models=lambda: NAMES,
    assignment=forms_assignment,
    headline="agreement/8-lines",
    recorded_as="genre",
)
