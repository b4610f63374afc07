"""One figure on the page: how to read it, the figure, and the ways to take it along."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from ui import boards
from ui.boards import Choice
from ui.plain_text import plain
from ui.save_figure import save_figure

if TYPE_CHECKING:
    import pandas as pd

    from engine.evaluation.board.ranking import Board


def chart(figure: Any, name: str, alt: str, reading: str) -> None:
    """Draw a plotly figure under the sentence that says how to read it.

    Parameters
    ----------
    name : str
        Of the file it is saved as, and of its widgets.
    alt : str
        What it shows, for those who do not see it.
    reading : str
        How to read it; Markdown.
    """
    from engine import figures

    st.markdown(reading)
    settings = figures.download_settings(name, camera=False)
    st.plotly_chart(figure, key=f"board_{name}", config=settings, alt=alt)
    save_figure(figure, name)


def song_tables(chosen: Choice, board: Board) -> dict[str, pd.DataFrame]:
    """Each model's answers, song by song, by its title, the best of the board first.

    What is missing is said.
    """
    tables, missing = boards.answers(chosen)
    for problem in missing:
        st.caption(plain(problem))
    if not tables:
        st.info("The answers song by song were not kept for these songs.")
    return {name: tables[name] for name in in_order(tables, board)}


def in_order(tables: Iterable[str], board: Board) -> list[str]:
    """The titles of models, the best of the board first; those not on it last."""
    place = {boards.title(standing.name): at for at, standing in enumerate(board.standings)}
    return sorted(tables, key=lambda name: place.get(name, len(place)))


def best_first(table: pd.DataFrame, board: Board) -> pd.DataFrame:
    """The rows of a table with a column ``model`` of titles, the best model of the board first."""
    order = {name: place for place, name in enumerate(in_order(set(table["model"]), board))}
    return table.sort_values("model", key=lambda names: names.map(order), kind="stable")


def table_downloads(table: pd.DataFrame, name: str, label: str) -> None:
    """Two buttons: a table as CSV and as LaTeX."""
    from engine.evaluation.board.latex import as_latex

    st.download_button(
        f"{label} as CSV",
        partial(_csv, table),
        f"{name}.csv",
        "text/csv",
        key=f"csv_{name}",
        icon=":material/table:",
        on_click="ignore",
    )
    st.download_button(
        f"{label} as LaTeX",
        partial(as_latex, table),
        f"{name}.tex",
        "application/x-tex",
        key=f"latex_{name}",
        icon=":material/functions:",
        on_click="ignore",
    )


def _csv(table: pd.DataFrame) -> str:
    return str(table.to_csv(index=False))
