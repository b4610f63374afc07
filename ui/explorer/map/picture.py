"""The map itself: songs as points in our browser component, and what a lasso over it chose."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import streamlit as st

from engine.plain_text import one_line
from ui.components import component

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from engine.figures.song_map import Colouring
    from engine.similarity.maps import SongMap

_LONGEST = 80


def picture(
    song_map: SongMap,
    facts: pd.DataFrame,
    colouring: Colouring,
    visible: NDArray[np.bool_],
    identity: str,
    said: str,
    take: Callable[[list[list[float]]], None],
) -> None:
    """Draw the map; `said` stands below it, `take` is told a lasso's corners (in a callback)."""
    import numpy as np

    from engine.figures.song_map import HIDDEN

    key = f"song_map_{identity}"
    groups = np.where(visible, colouring.groups, HIDDEN).astype(np.uint8)

    def lassoed() -> None:
        told: Any = st.session_state[key].get("lasso")
        if told and told.get("id") == identity:
            take(told["line"])

    component("song_map")(
        key=key,
        data={
            "id": identity,
            "said": said,
            "points": _packed(np.round((song_map.points + 1) * 32767.5).astype("<u2")),
            "groups": _packed(groups),
            "palette": list(colouring.palette),
            "legend": [
                {"name": one_line(name, _LONGEST), "count": count, "colours": list(colours)}
                for name, count, colours in colouring.legend
            ],
            "labels": [
                {"name": cluster.name, "x": cluster.x, "y": cluster.y}
                for cluster in song_map.clusters
            ],
            "told": "\n".join(_lines(facts)),
            "alt": f"Map of {int(visible.sum()):,} songs; those with like words lie together.",
        },
        on_lasso_change=lassoed,
    )


def within(points: NDArray[np.float32], line: list[list[float]]) -> NDArray[np.bool_]:
    """Which points lie inside a closed line."""
    import numpy as np
    from matplotlib.path import Path

    corners = np.array(line, float)
    if corners.ndim != 2 or corners.shape[1] != 2 or len(corners) < 3:
        return np.zeros(len(points), bool)
    return Path(corners).contains_points(points)


def _packed(values: Any) -> str:
    return base64.b64encode(values.tobytes()).decode()


def _lines(facts: pd.DataFrame) -> list[str]:
    """What is told of each song under the pointer: title, artist and genre, with tabs between."""
    columns = [facts[name].tolist() for name in ("title", "artist", "genre")]
    return [
        "\t".join(
            [_shown(title) or "Untitled", *(_shown(part) for part in (artist, genre) if part)]
        )
        for title, artist, genre in zip(*columns, strict=True)
    ]


def _shown(text: str) -> str:
    """The text on one line; most need no change, and there may be 300,000 of them."""
    return text if len(text) <= _LONGEST and text.isprintable() else one_line(text, _LONGEST)
