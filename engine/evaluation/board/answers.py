"""What models answered, song by song: disagreements, one song's answers side by side."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.classifiers.prediction import Prediction
from engine.errors import InputError
from engine.evaluation.metrics.genre import labels_of, probabilities_of
from engine.evaluation.metrics.metric import FloatArray, Metric

if TYPE_CHECKING:
    import pandas as pd


def disagreements(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Songs on which two models' answers differ, the surest mistakes of either first.

    Columns ``id``, ``reference``, ``first``, ``second``, ``first_confidence``,
    ``second_confidence``, ``right`` ("first", "second" or "neither"), ``words``, ``year``.
    """
    import pandas as pd

    one, other = _answers(first), _answers(second)
    both: Any = one.merge(other[["id", "prediction", "confidence"]], on="id", suffixes=("", "_2"))
    both = both[both["prediction"] != both["prediction_2"]]
    right = np.where(
        both["prediction"] == both["reference"],
        "first",
        np.where(both["prediction_2"] == both["reference"], "second", "neither"),
    )
    table = pd.DataFrame(
        {
            "id": both["id"],
            "reference": both["reference"],
            "first": both["prediction"],
            "second": both["prediction_2"],
            "first_confidence": both["confidence"],
            "second_confidence": both["confidence_2"],
            "right": right,
            "words": both["words"],
            "year": both["year"],
        }
    )
    surest = np.maximum(table["first_confidence"].fillna(0), table["second_confidence"].fillna(0))
    return table.iloc[np.argsort(-surest, kind="stable")].reset_index(drop=True)


def weakest_songs(table: pd.DataFrame, measure: Metric) -> pd.DataFrame:
    """Songs by what one metric gives each alone, the worst first.

    Columns ``id``, ``value``, and any of ``genre``, ``words``, ``year``, ``prediction``.
    Meant for chords; for genre see `filtered_answers`.
    """
    import pandas as pd

    if measure.statistics is None or measure.value is None or not measure.applies_to(table):
        raise InputError(f"'{measure.title}' is not computed song by song here.")
    columns = [name for name in ("genre", "words", "year", "prediction") if name in table]
    values = measure.value(measure.statistics(table))
    found = pd.DataFrame({"id": table["id"], "value": values, **{n: table[n] for n in columns}})
    return found.sort_values("value", ascending=measure.higher_is_better, ignore_index=True)


def answers(table: pd.DataFrame) -> pd.DataFrame:
    """A model's answers: ``id``, ``reference``, ``prediction``, ``correct``, ``confidence``, ...

    Also ``words``, ``year`` and ``bertscore_f1`` where the table has them; ``confidence`` is
    missing for guests that gave labels only.
    """
    import pandas as pd

    found: Any = _answers(table)
    correct = found["reference"] == found["prediction"]
    rest = [name for name in ("words", "year", "bertscore_f1") if name in found]
    named = found[["id", "reference", "prediction"]].assign(correct=correct)
    return pd.concat([named, found[["confidence", *rest]]], axis=1)


def filtered_answers(
    found: pd.DataFrame,
    *,
    references: Sequence[str] = (),
    predictions: Sequence[str] = (),
    words: tuple[int, int] | None = None,
    confidence: tuple[float, float] | None = None,
    only_wrong: bool = False,
    identity: str = "",
) -> pd.DataFrame:
    """Answers that pass every filter given, the surest first; an empty filter passes all.

    Parameters
    ----------
    found : data frame
        From `answers`.
    references, predictions : sequence of str
        True and answered labels to keep.
    words, confidence : (low, high), optional
        Inclusive ranges; an answer without a confidence passes no confidence filter.
    only_wrong : bool
        Keep the mistakes.
    identity : str
        Keep songs whose id begins so.
    """
    kept: Any = found
    if references:
        kept = kept[kept["reference"].isin(references)]
    if predictions:
        kept = kept[kept["prediction"].isin(predictions)]
    for name, limits in (("words", words), ("confidence", confidence)):
        if limits is not None:
            kept = kept[kept[name].between(*limits)]
    if only_wrong:
        kept = kept[~kept["correct"]]
    if identity:
        kept = kept[kept["id"].str.startswith(identity)]
    return kept.sort_values("confidence", ascending=False, kind="stable", ignore_index=True)


def song_answers(tables: Mapping[str, pd.DataFrame], identity: str) -> pd.DataFrame:
    """What each model said of one song: ``model``, ``prediction``, ``correct``, ``confidence``.

    Models that did not answer the song have no row.
    """
    import pandas as pd

    rows = [
        {"model": name, **answers(row).iloc[0][["prediction", "correct", "confidence"]].to_dict()}
        for name, row in _song_rows(tables, identity)
    ]
    return pd.DataFrame(rows, columns=["model", "prediction", "correct", "confidence"])


def song_predictions(
    tables: Mapping[str, pd.DataFrame], identity: str, known: Collection[str]
) -> list[Prediction]:
    """Each model's probabilities of one song.

    Left out are models that gave labels only, and those with a label that is not `known`.
    """
    found: list[Prediction] = []
    for name, row in _song_rows(tables, identity):
        labels = [str(column)[2:] for column in row.columns if str(column).startswith("p:")]
        if labels and set(labels) <= set(known):
            shares = probabilities_of(row, labels)[0].tolist()
            found.append(Prediction(name, "", tuple(labels), tuple(shares), 0.0))
    return found


def _song_rows(tables: Mapping[str, pd.DataFrame], identity: str) -> list[tuple[str, pd.DataFrame]]:
    rows: list[tuple[str, Any]] = [
        (name, table.loc[table["id"] == identity]) for name, table in tables.items()
    ]
    return [(name, row) for name, row in rows if len(row)]


def outcomes(first: pd.DataFrame, second: pd.DataFrame) -> dict[str, int]:
    """On how many common songs "both", the "first", the "second" or "neither" model is right."""
    both: Any = first[["id", "reference", "prediction"]].merge(
        second[["id", "prediction"]], on="id", suffixes=("", "_2")
    )
    one = np.asarray(both["prediction"] == both["reference"], dtype=bool)
    other = np.asarray(both["prediction_2"] == both["reference"], dtype=bool)
    return {
        "both": int(np.sum(one & other)),
        "first": int(np.sum(one & ~other)),
        "second": int(np.sum(~one & other)),
        "neither": int(np.sum(~one & ~other)),
    }


def song_differences(first: pd.DataFrame, second: pd.DataFrame, measure: Metric) -> pd.DataFrame:
    """Songs on which a metric of each song alone differs, the largest difference first.

    Columns ``id``, ``genre``, ``words``, ``year`` where they are known, ``first``, ``second``
    (values), ``difference``, ``first_answer`` and ``second_answer``. Meant for chords; for genre
    see `disagreements`.
    """
    one, other = weakest_songs(first, measure), weakest_songs(second, measure)
    both: Any = one.merge(other[["id", "value", "prediction"]], on="id", suffixes=("", "_2"))
    both = both.rename(
        columns={
            "value": "first",
            "value_2": "second",
            "prediction": "first_answer",
            "prediction_2": "second_answer",
        }
    )
    both = both.assign(difference=both["first"] - both["second"])
    order = np.argsort(-both["difference"].abs().to_numpy(), kind="stable")
    return both.iloc[order].loc[lambda rows: rows["difference"] != 0].reset_index(drop=True)


def bertscore_by_answer(songs: pd.DataFrame) -> pd.DataFrame:
    """What right and wrong answers earn: ``model``, ``accuracy``, ``mean``, ``right``, ``wrong``.

    Means of BERTScore F1 over all songs, the right answers and the wrong ones; ``wrong_low`` and
    ``wrong_high`` are the least and the most a wrong answer earned.

    Parameters
    ----------
    songs : data frame
        From `engine.evaluation.board.summaries.bertscores`.
    """
    import pandas as pd

    rows: list[tuple[str, float, float, float, float, float, float]] = []
    for name, group in songs.groupby("model", sort=False):
        score = np.asarray(group["bertscore_f1"], dtype=np.float64)
        correct = np.asarray(group["correct"], dtype=bool)
        right, wrong = score[correct], score[~correct]
        ends = (float(wrong.min()), float(wrong.max())) if len(wrong) else (np.nan, np.nan)
        means = (_mean(right), _mean(wrong))
        rows.append((str(name), float(correct.mean()), _mean(score), *means, *ends))
    columns = ["model", "accuracy", "mean", "right", "wrong", "wrong_low", "wrong_high"]
    return pd.DataFrame(rows, columns=columns)


def _mean(values: FloatArray) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _answers(table: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    columns = ["id", "reference", "prediction", "words", "year", "bertscore_f1"]
    found: dict[str, Any] = {name: table[name] for name in columns if name in table}
    confidence: Any = np.nan
    if any(str(name).startswith("p:") for name in table.columns):
        confidence = probabilities_of(table, labels_of(table)).max(axis=1)
    return pd.DataFrame({**found, "confidence": confidence})
