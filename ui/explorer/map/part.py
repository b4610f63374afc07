"""The Map tab: songs with like words lie together; a lasso chooses some of them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from engine.corpora.store import Filters
from engine.similarity.layout import UMAP
from engine.similarity.revision import encoder_base
from ui.explorer.choices import keep_rows
from ui.explorer.map.colours import colourings
from ui.explorer.map.making import made_map
from ui.explorer.map.picture import picture, within
from ui.explorer.opened import Source
from ui.explorer.song_list import song_list

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from engine.similarity.maps import SongMap

_CHOSEN = "_explorer_map_chosen"
_FACTS = ("row", "title", "artist", "genre", "year", "words", "lines", "source", "notation", "key")


def song_map(chosen: Source, passing: Filters, songs: int) -> None:
    """Make a map, draw it, and show the songs that a lasso chose."""
    st.markdown(
        "Songs with like words lie together. Choose what colours stand for; draw a line around "
        "songs with the lasso to list them, read them, or keep them as a filter."
    )
    made = made_map(chosen, passing, songs)
    if made is None:
        return
    facts = _facts(chosen, made)
    ways = colourings(chosen, made, facts)
    way = st.selectbox(
        "Colours", list(ways), key=f"explorer_map_colours_{chosen.identity}_{len(ways)}"
    )
    visible = _visible(chosen, passing, made)
    if not visible.any():
        st.info("No song of this map passes the filters above; draw it anew for those that do.")
        return
    identity = identity_of(chosen.identity, made)
    take = partial(_take, made, visible, identity)
    picture(made, facts, ways[way](), visible, identity, _said(identity), take)
    _legend_of_method(made, int(visible.sum()))
    _chosen_songs(chosen, identity, passing)
    _groups(made)


def _take(
    made: SongMap, visible: NDArray[np.bool_], identity: str, line: list[list[float]]
) -> None:
    """Choose the songs within a line (a callback: it draws nothing)."""
    st.session_state[_CHOSEN] = (identity, rows_within(made, visible, line))


def rows_within(
    made: SongMap, visible: NDArray[np.bool_], line: list[list[float]]
) -> tuple[int, ...]:
    """The numbers of the drawn songs within a closed line."""
    return tuple(sorted(made.rows[within(made.points, line) & visible].tolist()))


def identity_of(songs: str, made: SongMap) -> str:
    """What tells a map from others of the same songs."""
    return f"{songs}_{hash((made.rows.tobytes(), made.points.tobytes()))}"


def _said(identity: str) -> str:
    """How many songs the last lasso over this map chose; "" before the first."""
    of, rows = st.session_state.get(_CHOSEN, ("", ()))
    return f"Songs within the line: {len(rows):,}." if of == identity else ""


def _chosen_songs(chosen: Source, identity: str, passing: Filters) -> None:
    of, rows = st.session_state.get(_CHOSEN, ("", ()))
    if of != identity:
        return
    if not rows:
        st.info("There is no song within that line.")
        return
    st.markdown(f"**Within the line: {'one song' if len(rows) == 1 else f'{len(rows):,} songs'}**")
    if passing.rows != rows:
        st.button(
            "Keep them as a filter",
            key="explorer_map_keep",
            icon=":material/filter_alt:",
            on_click=partial(keep_rows, chosen.identity, rows),
            help="The table, the charts and the downloads then have these songs alone",
        )
    song_list(chosen, rows, "map", passing.search)


def _groups(made: SongMap) -> None:
    import pandas as pd

    st.markdown("**Groups, and the words that mark each against the others**")
    table = pd.DataFrame(
        {
            "group": [cluster.name for cluster in made.clusters],
            "songs": [cluster.songs for cluster in made.clusters],
            "words": [", ".join(cluster.words) for cluster in made.clusters],
        }
    )
    st.dataframe(
        table, key="explorer_map_groups_table", hide_index=True, alt="Groups of songs on the map"
    )
    st.caption(
        "Groups are found by k-means on 50 main directions of what the encoder makes of the words, "
        "not on the map; the words by weighted log-odds (Monroe, Colaresi and Quinn 2008), without "
        "function words such as “the”."
    )


def _legend_of_method(made: SongMap, shown: int) -> None:
    hidden = len(made.rows) - shown
    others = f" {hidden:,} songs that do not pass the filters are not drawn." if hidden else ""
    if made.method == UMAP:
        how = (
            "laid out by UMAP from 50 main directions, with a fixed seed (0): the same songs give "
            "the same map. Near songs are alike; how far groups lie apart, and how wide they are, "
            "means little"
        )
    else:
        how = "laid out by their two main directions (PCA)"
    st.caption(f"{shown:,} songs as {encoder_base().label} reads them, {how}.{others}")


def _facts(chosen: Source, made: SongMap) -> pd.DataFrame:
    """What is known of the map's songs, in its order."""
    return _facts_of(chosen.store, chosen.identity, made.rows)


@st.cache_data(show_spinner=False, max_entries=4)
def _facts_of(_store: Any, identity: str, rows: NDArray[np.int32]) -> pd.DataFrame:
    names = ", ".join(f'"{name}"' for name in _FACTS)
    found = _store.frame(
        f'SELECT {names} FROM songs WHERE "row" IN (SELECT unnest(?))',  # noqa: S608 - our names
        [rows.tolist()],
    )
    return found.set_index("row").loc[rows].reset_index()


def _visible(chosen: Source, passing: Filters, made: SongMap) -> NDArray[np.bool_]:
    import numpy as np

    if passing == Filters():
        return np.ones(len(made.rows), bool)
    return np.isin(made.rows, chosen.store.row_numbers(passing))
