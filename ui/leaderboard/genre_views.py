"""Views that only genre answers have: classes, confusions, calibration, what BERTScore gives."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from ui import boards
from ui.boards import Choice
from ui.leaderboard.charts import best_first, chart, in_order, song_tables
from ui.leaderboard.linked import linked
from ui.numbers import number
from ui.plain_text import plain

if TYPE_CHECKING:
    import pandas as pd

    from engine.evaluation.board.ranking import Board

_HEADLINES = ("accuracy", "macro-f1", "bertscore-precision", "bertscore-recall", "bertscore-f1")
_MOST_MATRICES = 4
_FILE_NAME = re.compile(r"[^a-z0-9]+")
_MATRIX_WIDTH = 480  # pixels; less where a window is narrower


def scores(board: Board, chosen: Choice) -> None:
    """BERTScore beside accuracy and macro F1."""
    from engine import figures
    from engine.evaluation.board import summaries

    values = boards.computed("headlines", chosen, summaries.metric_values, _HEADLINES)
    if values.empty:
        st.info("No scores were recorded for these songs.")
        return
    chart(
        figures.score_bars(best_first(boards.titled(values), board)),
        "scores",
        "Accuracy and macro F1 beside BERTScore precision, recall and F1, per model",
        f"Each bar is a model's score, the grey line on it the 95% interval. {_spreads(values)}",
    )


def _spreads(values: Any) -> str:
    """How far the best and the worst model are apart, by BERTScore and by the truth."""
    spread = {
        str(name): float(group["value"].max() - group["value"].min())
        for name, group in values.groupby("metric", sort=False)
    }
    bert = spread.pop("BERTScore F1", None)
    others = [
        f"{spread[name]:.2f} in {name}" for name in ("accuracy", "macro F1") if name in spread
    ]
    if bert is None or not others:
        return ""
    return (
        f"The best model is ahead of the worst by {boards.listed(others)}, but only by "
        f"{bert:.2f} in BERTScore F1, which gives partial credit for naming another genre."
        if all(bert < spread[name] for name in ("accuracy", "macro F1") if name in spread)
        else f"The best model is ahead of the worst by {boards.listed(others)}, and by "
        f"{bert:.2f} in BERTScore F1."
    )


def by_genre(board: Board, chosen: Choice) -> None:
    """F1 of every genre and model."""
    from engine import figures
    from engine.evaluation.board import summaries

    table = boards.computed("class-f1", chosen, summaries.class_f1_table)
    if table.empty:
        st.info("No F1 per genre was recorded for these songs.")
        return
    best = table.max()
    told = (
        f"The genre told best is **{plain(best.idxmax())}** ({best.max():.2f} by its best "
        f"model), the hardest **{plain(best.idxmin())}** ({best.min():.2f})."
    )
    table = boards.titled(table)
    chart(
        figures.f1_heat_map(table.loc[in_order(table.index, board)]),
        "f1-by-genre",
        "F1 of each genre (columns) and model (rows)",
        f"Each cell is the F1 of one genre: the fuller the blue, the better. {told}",
    )


def confusions(board: Board, chosen: Choice) -> None:
    """Confusion matrices side by side where there is room, else one below the other."""
    from engine.evaluation.board.summaries import board_labels

    tables = song_tables(chosen, board)
    if not tables:
        return
    names = list(tables)
    shown = st.multiselect(
        "Models",
        names,
        default=names[:2],
        **linked("matrices"),
        max_selections=_MOST_MATRICES,
    )
    if not shown:
        st.info("Choose a model to see its confusions.")
        return
    st.markdown(
        "Read along a row: of a hundred songs of one genre, how many were given each answer. A "
        "good model is blue on the diagonal; a blue column is a genre it guesses too often."
    )
    labels = board_labels(tables)
    with st.container(horizontal=True, key="matrices_drawn"):
        for name in shown:
            with st.container(key=f"matrix_{names.index(name)}", width=_MATRIX_WIDTH):
                _matrix(name, tables[name], labels, names.index(name))


def _matrix(name: str, table: pd.DataFrame, labels: list[str], place: int) -> None:
    """One model's confusion matrix under its name."""
    from engine import figures
    from engine.evaluation.metrics.genre import confusion, songs_of

    counts, songs = confusion(table, labels), songs_of(table, labels)
    strange = int(songs.sum() - counts.sum())
    told = f" {strange:,} answers are none of these genres and stand in no column."
    chart(
        figures.confusion_matrix(counts, labels, songs.tolist()),
        f"confusions-{place + 1}-{_FILE_NAME.sub('-', name.lower()).strip('-')}",
        f"Confusion matrix of {name}: rows are true genres, columns answers",
        f"**{plain(name)}**{told if strange else ''}",
    )


def _of_probabilities(
    chosen: Choice, board: Board, summary: Callable[[pd.DataFrame], pd.DataFrame]
) -> dict[str, pd.DataFrame]:
    """A summary of each model's answers that have probabilities; that there are none is said."""
    found = {
        name: summary(table)
        for name, table in song_tables(chosen, board).items()
        if any(str(column).startswith("p:") for column in table.columns)
    }
    if not found:
        st.info("No model's probabilities were kept for these songs.")
    return found


def calibration(board: Board, chosen: Choice) -> None:
    """Reliability diagrams."""
    from engine import figures
    from engine.evaluation.board import summaries

    bins = _of_probabilities(chosen, board, summaries.reliability_bins)
    if not bins:
        return
    errors = boards.titled(boards.computed("ece", chosen, summaries.metric_values, ("ece",)))
    errors = best_first(errors, board)
    told = "; ".join(
        f"{plain(name)} {value:.3f}"
        for name, value in zip(errors["model"], errors["value"], strict=True)
    )
    chart(
        figures.reliability_diagrams(bins),
        "calibration",
        "Accuracy against confidence, one line per model",
        "On the diagonal a model that says 70% is right 70 times in a hundred; below it, the "
        f"model is too sure of itself. Expected calibration error, 0 at best: {told}.",
    )


def surest(board: Board, chosen: Choice) -> None:
    """How much better a model is where it is surer of itself."""
    from engine import figures
    from engine.evaluation.board import summaries

    curves = _of_probabilities(chosen, board, summaries.selective_curve)
    if not curves:
        return
    told = "; ".join(
        f"{plain(name)} {_accuracy_at(curves[name], 0.5):.0%} instead of "
        f"{curves[name]['accuracy'].iloc[-1]:.0%}"
        for name in curves
    )
    chart(
        figures.selective_accuracy(curves),
        "surest-answers",
        "Accuracy of the surest answers over how many of the songs they are, one line per model",
        "A model that knows when it knows is right more often where it is surer: its line falls "
        f"to the right. Answering only the surer half of the songs, it is right in: {told}.",
    )


def _accuracy_at(curve: pd.DataFrame, coverage: float) -> float:
    """Accuracy of the surest answers that are at least this share of the songs."""
    return float(curve.loc[curve["coverage"] >= coverage, "accuracy"].iloc[0])


_FORM_FIGURES = {
    "Same answer": (
        "agreement",
        "How often a song in this form is given the answer that it is given whole.",
    ),
    "Right answer": ("form-accuracy", "How often the answer is right."),
    "Calibration error": (
        "form-ece",
        "By how much confidence misses the truth: 0 at best. Pale is good here.",
    ),
}


def written_forms(board: Board, chosen: Choice) -> None:
    """Whether a model says the same of a song however it is written down."""
    from engine import figures
    from engine.evaluation.board import summaries
    from engine.evaluation.board.sets import FORMED
    from engine.evaluation.metrics.forms import form_metric

    songs = boards.set_beside(chosen.songs, FORMED)
    if songs is None:
        st.info(
            "Written forms were not measured on these songs; `python -m engine forms` measures "
            "them."
        )
        return
    shown = st.segmented_control(
        "Figure", list(_FORM_FIGURES), default=next(iter(_FORM_FIGURES)), required=True
    )
    kind, told = _FORM_FIGURES[str(shown)]
    first = form_metric(kind, "12 lines")
    own = replace(chosen, songs=songs, metric=first, signature=None)
    values = boards.computed("written-forms", own, summaries.form_values, kind)
    if values.empty:
        st.info("Every model that was asked about written forms is left out of this view.")
        return
    count = max(record.n for record in boards.of_set(songs) if record.metric == first)
    chart(
        figures.form_heat_map(boards.titled(values)),
        "written-forms",
        f"{shown} of each model (rows) for songs in each written form (columns)",
        f"{count:,} songs, each as people might paste it: a draft with every stanza once, one "
        f"block, lower case, a chord sheet, or a part of the song. {told}",
    )


def explanations(board: Board, chosen: Choice) -> None:
    """Whether the words that an explanation names are the words that a model went by."""
    from engine import figures
    from engine.evaluation.board import summaries
    from engine.evaluation.board.sets import EXPLAINED

    songs = boards.set_beside(chosen.songs, EXPLAINED)
    if songs is None:
        st.info(
            "Explanations were not measured on these songs; `python -m engine faithfulness` "
            "measures them."
        )
        return
    own = replace(chosen, songs=songs, metric="comprehensiveness", signature=None)
    found = boards.computed("explanations", own, summaries.explanation_values)
    if found.empty:
        st.info("Every model whose explanations were measured is left out of this view.")
        return
    found = best_first(boards.titled(found), board)
    count = max(found["songs"].tolist())
    st.markdown(
        f"Measured on {count:,} songs: words are taken away, and the model is "
        f"asked again how probable its answer is. {_what_words_do(found)}"
    )
    chart(
        figures.explanation_dots(found),
        "explanations",
        "Comprehensiveness and sufficiency of each model's explanations, beside random words",
        "**Comprehensiveness** is how much probability is lost without the words; **sufficiency** "
        "is how much is lost with those words alone. A faithful explanation lies right of random "
        "words in the upper panel and left of them in the lower. A line is the 95% interval.",
    )


def _what_words_do(values: pd.DataFrame) -> str:
    """One sentence a model: what the named words weigh, against random ones."""
    from engine.evaluation.board.summaries import BY_CHANCE, NAMED

    rows = values[values["measure"] == "comprehensiveness"]
    weights: Any = rows.pivot_table(index="model", columns="words", values="value", sort=False)
    told = [
        f"{plain(name)} loses {number(100 * row[NAMED], '.0f')} percentage points without the "
        f"words its explanation names, and {number(100 * row[BY_CHANCE], '.0f')} without as many "
        "random words"
        for name, row in weights.dropna().iterrows()
    ]
    return f"{'; '.join(told)}." if told else ""


def bertscore(board: Board, chosen: Choice) -> None:
    """What BERTScore gives right and wrong answers."""
    from engine import figures
    from engine.evaluation.board import answers, summaries

    songs = summaries.bertscores(song_tables(chosen, board))
    if songs.empty:
        st.info("BERTScore was not kept song by song here.")
        return
    chart(
        figures.bertscore_by_correctness(songs),
        "bertscore-by-answer",
        "BERTScore F1 of right and of wrong answers, per model",
        f"Each dot is a score that answers got, its area the share of the model's songs. "
        f"{_what_bertscore_shows(answers.bertscore_by_answer(songs).to_dict('records'))}",
    )


def _what_bertscore_shows(rows: list[dict[str, float]]) -> str:
    """One sentence from the data: what a wrong answer earns, and what that does to the mean."""
    wrong = [row for row in rows if row["wrong"] == row["wrong"]]  # not NaN
    if not wrong:
        return "No answer is wrong here."
    low, high = min(row["wrong_low"] for row in wrong), max(row["wrong_high"] for row in wrong)
    least = min(wrong, key=lambda row: row["accuracy"])
    return (
        f"A wrong answer still earns {f'{low:.2f}' if low == high else f'{low:.2f} to {high:.2f}'}"
        ", whatever the song: "
        f"**{plain(least['model'])}** is right in {least['accuracy']:.0%} of the songs and gets a "
        f"BERTScore of {least['mean']:.2f}, because each of its wrong answers brings "
        f"{least['wrong']:.2f} on average."
    )
