"""Songs beside what models said of them, as a table; a click opens one below it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import streamlit as st

from ui.explorer.song import opened_song

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engine.audit.comparison import Compared
    from ui.explorer.opened import Source

MOST = 500


def songs_with_answers(chosen: Source, whole: Compared, kept: NDArray[np.bool_], name: str) -> None:
    """Draw the songs marked true; `name` tells this table from others on the page."""
    places = kept.nonzero()[0]
    shares = {f"{model}: sure": f"{model}: sure" for model in whole.models}
    first = whole.table(places[:MOST])
    _drawn(chosen, first, len(places), lambda: whole.table(places), name, shares)


def songs_table(chosen: Source, table: Any, name: str, shares: dict[str, str]) -> None:
    """Draw songs with a column ``row``; `shares` are columns from 0 to 1 and their headings."""
    _drawn(chosen, table.head(MOST), len(table), lambda: table, name, shares)


def _drawn(
    chosen: Source,
    shown: Any,
    songs: int,
    whole: Callable[[], Any],
    name: str,
    shares: dict[str, str],
) -> None:
    """Draw the first of so many songs; `whole` gives them all, for whoever takes them along."""
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
        count = "One song" if songs == 1 else f"{songs:,} songs"
        first = f", the first {MOST} are shown" if songs > MOST else ""
        st.caption(f"{count}{first}. Choose one to read it.")
        st.download_button(
            "Download CSV",
            lambda: str(whole().drop(columns="row").to_csv(index=False)),
            f"{name.replace('_', '-')}.csv",
            "text/csv",
            key=f"{name}_songs_csv",
            icon=":material/table:",
            on_click="ignore",
        )
    picked = [at for at in event["selection"]["rows"] if at < len(shown)]
    if picked:
        opened_song(chosen, int(rows[picked[0]]), place=f"{name}_")
