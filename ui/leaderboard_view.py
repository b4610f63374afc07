"""The leaderboard: what is compared, the table, the figures, and what none of them can say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from engine.errors import EngineError
from ui import boards

if TYPE_CHECKING:
    import pandas as pd

    from engine.evaluation import Board, EvaluationSet

TASKS = {"genre": "Genre", "chords": "Chords"}
_HEADLINES = (
    "accuracy",
    "macro-f1",
    "bertscore-precision",
    "bertscore-recall",
    "bertscore-f1",
)


@dataclass(frozen=True)
class Choice:
    """What is looked at: songs, metric, and the metric's exact definition."""

    songs: EvaluationSet
    metric: str
    signature: str | None


def problems() -> None:
    """Say which lines of the results could not be read."""
    found = boards.problems()
    if not found:
        return
    lines = "1 line" if len(found) == 1 else f"{len(found)} lines"
    with st.expander(f"{lines} of the results could not be read", icon=":material/warning:"):
        st.text("\n".join(str(problem) for problem in found[:200]))


def choice() -> Choice | None:
    """Let the user choose; what is chosen stands in the address and can be shared."""
    from engine import evaluation

    records = boards.records()
    tasks = [task for task in TASKS if evaluation.evaluation_sets(records, task)]
    if not tasks:
        st.info(
            "No evaluation has been recorded yet. `python -m engine evaluate` measures the models "
            "and fills this page.",
            icon=":material/hourglass_empty:",
        )
        return None
    with st.container(border=True, key="board_choice"):
        left, middle, right = st.columns([2, 3, 3])
        task = left.selectbox(
            "Task", tasks, format_func=TASKS.__getitem__, key="task", bind="query-params"
        )
        sets = {str(songs): songs for songs in evaluation.evaluation_sets(records, str(task))}
        name = middle.selectbox("Test songs", list(sets), key="songs", bind="query-params")
        songs = sets[str(name)]
        titles = {
            evaluation.metric(metric).title: metric
            for metric in evaluation.metric_names(records, songs)
            if "/" not in metric
        }
        title = right.selectbox("Metric", list(titles), key="metric", bind="query-params")
        metric = titles[str(title)]
        signatures = evaluation.signatures(records, songs, metric)
        signature = signatures[0]
        if len(signatures) > 1:
            signature = st.selectbox(
                "Measured as",
                signatures,
                key="signature",
                help="Numbers of different definitions are never put on one board.",
            )
    return Choice(songs, metric, signature)


def show(chosen: Choice) -> None:
    """Draw the board, its figures and its small print."""
    try:
        board = boards.board(chosen.songs, chosen.metric, chosen.signature)
        _standings(board, chosen)
    except EngineError as error:
        st.error(str(error), icon=":material/error:")
        return
    _small_print(board)
    names = ["Scores", "Pairs", "By genre", "Confusions", "Calibration", "Speed and size"]
    if chosen.songs.task != "genre":
        names = ["Pairs", "Speed and size"]
    tabs = st.tabs(names, key=f"board_tab_{chosen.songs.task}", on_change="rerun")
    for name, tab in zip(names, tabs, strict=True):
        with tab:
            if tab.open:
                _TABS[name](board, chosen)


def _standings(board: Board, chosen: Choice) -> None:
    title = board.metric.title
    rows: list[dict[str, Any]] = [
        {
            "place": standing.place,
            "model": boards.title(standing.name),
            title: standing.record.value,
            "low": standing.record.low,
            "high": standing.record.high,
            "kind": standing.record.kind,
            "runs on": standing.record.base,
            "songs": standing.record.n,
            "measured": standing.record.time[:10],
        }
        for standing in board.standings
    ]
    rows.extend(_reported_rows(chosen, title))
    number = st.column_config.NumberColumn(format="%.3f")
    st.dataframe(
        rows,
        key="standings",
        hide_index=True,
        placeholder="",
        column_config={
            "place": st.column_config.NumberColumn(
                width="small", help="Models that the test cannot tell apart share a place."
            ),
            title: number,
            "low": st.column_config.NumberColumn("95 % from", format="%.3f"),
            "high": st.column_config.NumberColumn("to", format="%.3f"),
        },
        alt=f"Standings by {title}",
    )


def _reported_rows(chosen: Choice, title: str) -> list[dict[str, Any]]:
    """The original study's figures: same columns, no place."""
    from engine.evaluation import REPORTED

    return [
        {"model": f"{figure.model}, original study", title: figure.value, "kind": figure.note}
        for figure in REPORTED
        if (figure.task, figure.metric) == (chosen.songs.task, chosen.metric)
    ]


def _small_print(board: Board) -> None:
    metric = board.metric
    better = "higher is better" if metric.higher_is_better else "lower is better"
    told = [f"{metric.title} ({metric.unit}, {better}): {metric.source}."]
    told.append("Intervals are 95 %, by resampling artists.")
    if board.detectable is not None:
        told.append(
            f"A true difference under about {board.detectable:.3f} would often go unnoticed here."
        )
    if metric.name.startswith("bertscore"):
        told.append(
            f"Signature: {metric.signature}. BERTScore compares the words of labels, so a wrong "
            "genre earns some of it too: read it beside accuracy. The original study's figures "
            "were measured on other data with another scorer and hold no place here."
        )
    st.caption(" ".join([*told, *board.notes]))


def _scores(board: Board, chosen: Choice) -> None:
    from engine import evaluation, figures

    values = boards.computed("headlines", chosen.songs, evaluation.metric_values, _HEADLINES)
    _chart(
        figures.bertscore_bars(boards.titled(values)),
        "scores",
        "Accuracy and macro F1 beside BERTScore precision, recall and F1, per model",
    )
    st.caption(
        "BERTScore gives partial credit for naming another genre, so it moves less than accuracy "
        "and macro F1 do, and a model that always says one genre still scores high on it."
    )
    _export(boards.computed("wide", chosen.songs, evaluation.wide_table, _HEADLINES))


def _export(table: pd.DataFrame) -> None:
    from engine.evaluation import as_latex

    named = boards.titled(table)
    with st.container(horizontal=True, key="board_export"):
        st.download_button(
            "Table as CSV",
            named.to_csv(index=False),
            "leaderboard.csv",
            "text/csv",
            key="board_csv",
            icon=":material/table:",
            on_click="ignore",
        )
        st.download_button(
            "Table as LaTeX",
            as_latex(named),
            "leaderboard.tex",
            "application/x-tex",
            key="board_latex",
            icon=":material/functions:",
            on_click="ignore",
        )


def _pairs(board: Board, _chosen: Choice) -> None:
    if not board.comparisons:
        st.info("No pair of models could be tested on this metric.")
        return
    st.dataframe(
        [
            {
                "first": boards.title(pair.first),
                "second": boards.title(pair.second),
                "difference": pair.difference,
                "low": pair.low,
                "high": pair.high,
                "p, corrected": pair.p_corrected,
                "verdict": "differ" if pair.differs else "cannot be told apart",
            }
            for pair in board.comparisons
        ],
        key="pairs",
        hide_index=True,
        column_config={
            "difference": st.column_config.NumberColumn(format="%+.3f"),
            "low": st.column_config.NumberColumn("95 % from", format="%+.3f"),
            "high": st.column_config.NumberColumn("to", format="%+.3f"),
            "p, corrected": st.column_config.NumberColumn(format="%.4f"),
        },
        alt="Every pair of models, its difference and whether it is real",
    )
    st.caption(f"{board.comparisons[0].test}; p values corrected for all pairs (Holm).")


def _by_genre(_board: Board, chosen: Choice) -> None:
    from engine import evaluation, figures

    scores = boards.computed("class-f1", chosen.songs, evaluation.class_f1_table)
    _chart(figures.f1_heat_map(boards.titled(scores)), "f1-by-genre", "F1 of each genre and model")


def _confusions(_board: Board, chosen: Choice) -> None:
    from engine import evaluation, figures

    tables = _tables(chosen)
    if not tables:
        return
    shown = st.multiselect(
        "Models", list(tables), default=list(tables)[:2], key="confusion_models", max_selections=4
    )
    labels = sorted({label for name in shown for label in evaluation.labels_of(tables[name])})
    if shown:
        counts = {name: evaluation.confusion(tables[name], labels) for name in shown}
        _chart(
            figures.confusion_matrices(counts, labels), "confusions", "Confusion matrix per model"
        )


def _calibration(_board: Board, chosen: Choice) -> None:
    from engine import evaluation, figures

    bins = {
        name: evaluation.reliability_bins(table)
        for name, table in _tables(chosen).items()
        if any(str(column).startswith("p:") for column in table.columns)
    }
    if bins:
        _chart(figures.reliability_diagrams(bins), "calibration", "Accuracy against confidence")
        st.caption("On the diagonal a model that says 70 % is right 70 times in a hundred.")


def _costs(_board: Board, chosen: Choice) -> None:
    from engine import evaluation, figures

    metric = "accuracy" if chosen.songs.task == "genre" else chosen.metric
    costs = boards.computed("costs", chosen.songs, evaluation.cost_table, metric)
    if costs.empty:
        st.info("No model's speed was measured on these songs.")
        return
    _chart(
        figures.accuracy_against_latency(boards.titled(costs), evaluation.metric(metric).title),
        "speed-and-size",
        "Score against time per song; the area is the size of the weights",
    )


def _tables(chosen: Choice) -> dict[str, pd.DataFrame]:
    """Each model's answers, song by song; what is missing is said."""
    from engine import evaluation

    tables, missing = boards.computed(
        "predictions", chosen.songs, evaluation.prediction_tables, "accuracy"
    )
    for problem in missing:
        st.caption(problem)
    if not tables:
        st.info("The answers song by song were not kept for these songs.")
    return {boards.title(name): table for name, table in tables.items()}


def _chart(figure: Any, name: str, alt: str) -> None:
    from engine import figures

    st.plotly_chart(figure, key=f"board_{name}", config=figures.download_settings(name), alt=alt)


_TABS = {
    "Scores": _scores,
    "Pairs": _pairs,
    "By genre": _by_genre,
    "Confusions": _confusions,
    "Calibration": _calibration,
    "Speed and size": _costs,
}
