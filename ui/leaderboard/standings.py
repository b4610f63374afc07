"""The board itself: problems of the records, the standings, the small print, the export."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from engine.errors import EngineError
from ui import boards, resources
from ui.boards import Choice
from ui.leaderboard import charts
from ui.leaderboard.numbers import interval, model_width, written
from ui.plain_text import plain, show_error

if TYPE_CHECKING:
    import pandas as pd

    from engine.evaluation.board.ranking import Board

_MOST_PROBLEMS = 200
_FORMATS = {"s": ".4f", "MB": ".1f"}
_SHORT = 10  # letters that fit the head of a column
_ORIGINS = "standings_origins"
_ORIGIN_COLUMNS = ["kind", "runs on", "songs", "measured", "revision"]


def problems() -> None:
    """Say which lines of the results could not be read, or are not what they should be."""
    found = boards.problems()
    if not found:
        return
    lines = "1 line" if len(found) == 1 else f"{len(found):,} lines"
    verb = "has a problem" if len(found) == 1 else "have problems"
    with st.expander(f"{lines} of the results {verb}"):
        st.text("\n".join(str(problem) for problem in found[:_MOST_PROBLEMS]))
        if len(found) > _MOST_PROBLEMS:
            st.caption(f"and {len(found) - _MOST_PROBLEMS:,} more")


def standings(chosen: Choice) -> Board | None:
    """Draw the board with its small print; None, and why, if it cannot be made."""
    try:
        board = boards.board(chosen)
    except EngineError as error:
        show_error(error)
        return None
    table = _table(board, chosen)
    title = board.metric.title
    form = _FORMATS.get(board.metric.unit, ".3f")
    shown: Any = table.assign(
        interval=[interval(*ends, form) for ends in zip(table["low"], table["high"], strict=True)]
    )
    order = ["place", "model", title, "interval"]
    if board.metric.statistics is None:  # a cost has neither
        order = ["model", title]
    if st.session_state.get(_ORIGINS):
        order += _ORIGIN_COLUMNS
    column = st.column_config.Column
    st.dataframe(
        written(shown, {title: form}),
        key="standings",
        height="content",
        hide_index=True,
        placeholder="",
        column_order=order,
        column_config={
            "place": column(width=46, help="Models that the test cannot tell apart share a place."),
            "model": column(width=model_width(table)),
            title: column(title if len(title) <= _SHORT else "value", width=72, help=title),
            "interval": column("95% interval", width=106),
        },
        alt=f"Standings by {title}",
    )
    st.toggle(
        "Show where each number comes from",
        key=_ORIGINS,
        help="What a model is and runs on, how many songs, when it was measured, and the "
        "checksum of its weights.",
    )
    _small_print(board, chosen)
    _export(table, chosen)
    return board


def _table(board: Board, chosen: Choice) -> pd.DataFrame:
    """The standings, then the original study's figures: same columns, no place."""
    import pandas as pd

    from engine.evaluation.board.reported import REPORTED

    title = board.metric.title
    rows: list[dict[str, Any]] = [
        {
            "place": standing.place,
            "model": boards.title(standing.name),
            title: standing.record.value,
            "low": standing.record.low,
            "high": standing.record.high,
            "kind": standing.record.kind,
            "runs on": _runs_on(standing.record.base),
            "songs": standing.record.n,
            "measured": standing.record.time[:10],
            "revision": standing.record.revision,
        }
        for standing in board.standings
    ]
    rows.extend(
        {"model": f"{figure.model}, original study", title: figure.value, "kind": figure.note}
        for figure in REPORTED
        if (figure.task, figure.metric) == (chosen.task, chosen.metric)
    )
    columns = ["place", "model", title, "low", "high", "kind", "runs on", "songs", "measured"]
    table = pd.DataFrame(rows, columns=[*columns, "revision"])
    return table.astype({"place": "Int64", "songs": "Int64", "low": float, "high": float})


def _runs_on(base: str) -> str:
    """A base as people write it; what is made of other models names them."""
    names = base.split(" + ")
    return " + ".join(map(boards.title, names)) if set(names) <= set(resources.TITLES) else base


def _small_print(board: Board, chosen: Choice) -> None:
    metric = board.metric
    better = "higher is better" if metric.higher_is_better else "lower is better"
    unit = f"{metric.unit}, {better}" if metric.ranked else metric.unit
    told = [f"{metric.title[:1].upper()}{metric.title[1:]} ({unit}): {metric.source}."]
    if metric.statistics is not None:
        told.append("Intervals are 95%, by resampling artists.")
    if board.detectable is not None:
        told.append(
            f"A true difference under about {board.detectable:.3f} would often go unnoticed here."
        )
    if metric.name.startswith("bertscore"):
        told.append(
            f"Signature: {plain(metric.signature)}. BERTScore compares the words of the answer, so "
            "a wrong one earns some of it too: read it beside accuracy. The original study's "
            "figures were measured on other data with another scorer and hold no place here."
        )
    told.append(f"Data file: SHA-256 {chosen.songs.sha256[:12]}.")
    if chosen.without:
        told.append(f"Left out of this view: {plain(boards.listed(_titles(chosen.without)))}.")
    st.caption(" ".join([*told, *map(plain, board.notes)]))


def _titles(names: tuple[str, ...]) -> list[str]:
    return [boards.title(name) for name in names]


def _export(table: pd.DataFrame, chosen: Choice) -> None:
    from engine.evaluation.board import summaries

    names = [
        name
        for name in boards.computed("names", chosen, _metric_names)
        if name.split("/", 1)[0] not in {"precision", "recall"}
    ]
    wide = boards.computed("wide", chosen, summaries.wide_table, tuple(names))
    with (
        st.popover("Download the table", icon=":material/download:", type="tertiary"),
        st.container(horizontal=True, key="board_export"),
    ):
        charts.table_downloads(table, "standings", "This board")
        charts.table_downloads(boards.titled(wide), "leaderboard", "Every metric")


def _metric_names(records: Any, songs: Any) -> tuple[str, ...]:
    from engine.evaluation.board.sets import metric_names

    return tuple(metric_names(records, songs))
