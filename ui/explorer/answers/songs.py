"""Songs beside what models said of them, as a table; a click opens one below it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from ui.explorer.song import opened_song

if TYPE_CHECKING:
    from engine.audit.comparison import Compared
    from ui.explorer.opened import Source

MOST = 500


def songs_with_answers(chosen: Source, whole: Compared, kept: Sequence[bool], name: str) -> None:
    """Draw the songs marked true; `name` tells this table from others on the page."""
    table: Any = whole.table()[list(kept)]
    shares = [f"{model}: sure" for model in whole.models]
    songs_table(chosen, table, name, dict(zip(shares, shares, strict=True)))


def songs_table(chosen: Source, table: Any, name: str, shares: dict[str, str]) -> None:
    """Draw songs with a column ``row``; `shares` are columns from 0 to 1 and their headings."""
    shown: Any = table.head(MOST)
    rows = shown["row"].tolist()
    shown = shown[
        [column for column in shown if (shown[column].notna() & (shown[column] != "")).any()]
    ]
    digest = hashlib.sha256(repr((chosen.identity, rows, list(shown))).encode()).hexdigest()[:12]
    event: Any = st.dataframe(
        shown.drop(columns="row", errors="ignore"),
        key=f"{name}_songs_{digest}",
        hide_index=True,
        height=min(38 + 35 * max(len(shown), 1), 380),
        on_select="rerun",
        selection_mode="single-row",
        column_config={"year": st.column_config.NumberColumn(format="%d")}
        | {
            column: st.column_config.NumberColumn(heading, format="percent")
            for column, heading in shares.items()
        },
        alt="Songs with the models' answers; choose one to read it below.",
    )
    with st.container(horizontal=True, vertical_alignment="center", key=f"{name}_songs_ways"):
        count = "One song" if len(table) == 1 else f"{len(table):,} songs"
        first = f", the first {MOST} are shown" if len(table) > MOST else ""
        st.caption(f"{count}{first}. Choose one to read it.")
        st.download_button(
            "Download CSV",
            lambda: str(table.drop(columns="row").to_csv(index=False)),
            f"{name.replace('_', '-')}.csv",
            "text/csv",
            key=f"{name}_songs_csv",
            icon=":material/table:",
            on_click="ignore",
        )
    picked = [at for at in event["selection"]["rows"] if at < len(shown)]
    if picked:
        opened_song(chosen, int(rows[picked[0]]), place=f"{name}_")
