"""Models side by side: how often they are right, what they confuse, where they differ."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from engine.intervals import wilson
from ui.explorer.answers.songs import songs_with_answers
from ui.plain_text import plain

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engine.audit.comparison import Compared
    from ui.explorer.opened import Source

_ALL, _DIFFER, _CELL = "All songs", "Songs where they differ", "The cell clicked"
_SHOW, _CLICKED, _TURN = "explorer_answers_show", "_explorer_cell", "_explorer_confusion"
_SONGS = "songs"
_MOST_BESIDE = 4  # genres with which two tables stand beside each other
_WIDTH, _CELL_WIDTH = 480, 62  # pixels


def show(chosen: Source, whole: Compared) -> None:
    """Draw the figures of each model, its confusions, and the songs."""
    st.dataframe(
        _figures(whole),
        key="explorer_answers_figures",
        hide_index=True,
        column_config={
            name: st.column_config.NumberColumn(format="percent")
            for name in ("right", "from", "to")
        },
        alt="How many songs each model answered, and how often it tells the table's genre",
    )
    _matches(whole)
    judged = [name for name in whole.models if whole.judged(name).any()]
    if judged:
        st.markdown(
            "**Confusions**: of the songs of one genre (a row), how many got each answer. Click a "
            "cell to see its songs below."
        )
        with st.container(horizontal=True, key="explorer_confusions"):
            for place, name in enumerate(judged):
                few = len(whole.labels[name]) <= _MOST_BESIDE
                width = _WIDTH if few else "stretch"
                with st.container(key=f"explorer_confusion_{place}", width=width):
                    _confusion(whole, name, place)
    _songs(chosen, whole)


def _figures(whole: Compared) -> Any:
    import numpy as np
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for name in whole.models:
        judged, wrong = int(whole.judged(name).sum()), int(whole.wrong(name).sum())
        low, high = wilson(np.array([judged - wrong]), np.array([max(judged, 1)]))
        share = (judged - wrong) / judged if judged else None
        interval = (float(low[0]), float(high[0])) if judged else (None, None)
        answered = int(whole.answered(name).sum())
        told = {"model": name, "answered": answered, "with a genre it knows": judged}
        rows.append(told | {"right": share, "from": interval[0], "to": interval[1]})
    return pd.DataFrame(rows)


def _matches(whole: Compared) -> None:
    """Answers that found no song, and the rest of how to read the figures."""
    told = "“Right” means: as the table has it, with its 95% interval (Wilson 1927)."
    if len(whole.models) > 1:
        both, differ = int(whole.compared().sum()), int(whole.differ().sum())
        told += f" All models answered {both:,} songs and differ over {differ:,} of them."
    for name, match in whole.matches.items():
        if match.other_words:
            told += (
                f" {match.other_words:,} answers of {plain(name)} are to other words of the same "
                "id and are left out."
            )
        if match.elsewhere:
            told += f" {match.elsewhere:,} answers of {plain(name)} are to songs not in this table."
    st.caption(told)


def _confusion(whole: Compared, name: str, place: int) -> None:
    """One model's confusions as a table whose cells can be clicked."""
    import pandas as pd

    from engine import figures
    from engine.audit.comparison import confusion_of

    counts, labels = confusion_of(whole, name)
    totals = counts.sum(axis=1)
    # Also genres that models may say and no song has, but no row for them.
    rows = [at for at, total in enumerate(totals) if total]
    table = pd.DataFrame(counts[rows], [labels[at] for at in rows], labels)
    table.insert(0, _SONGS, totals[rows])

    def cells(row: Any) -> list[str]:
        shares = [count / row[_SONGS] for count in row[labels]]
        shades = (figures.shade(share) if share else None for share in shares)
        return [
            "",
            *(
                f"background-color: {shade[0]}; color: {shade[1]}" if shade else ""
                for shade in shades
            ),
        ]

    st.markdown(f"**{plain(name)}**")
    key = f"explorer_cells_{place}_{st.session_state.get(_TURN, 0)}"
    st.dataframe(
        table.style.apply(cells, axis=1).format(_blank),
        key=key,
        height=min(38 + 35 * len(table), 500),
        on_select=partial(_click, key, name, list(table.index)),
        selection_mode="single-cell",
        column_config={
            label: st.column_config.NumberColumn(width=_CELL_WIDTH) for label in (_SONGS, *labels)
        },
        alt=f"Confusions of {name}: rows are genres of the table, columns answers",
    )


def _blank(count: int) -> str:
    """A count as it is drawn: none is left blank, so that the others stand out."""
    return f"{count:,}" if count else ""


def _click(key: str, name: str, genres: list[str]) -> None:
    """Remember the cell that was clicked (a callback: it draws nothing)."""
    cells: list[Any] = st.session_state[key]["selection"]["cells"]
    if cells:
        row, column = cells[0]
        st.session_state[_CLICKED] = (name, genres[row], str(column))
        st.session_state[_SHOW] = _CELL


def _songs(chosen: Source, whole: Compared) -> None:
    choices: dict[str, NDArray[np.bool_]] = {_ALL: whole.answered(whole.models[0]) | True}
    if len(whole.models) > 1:
        choices[_DIFFER] = whole.differ()
    for name in whole.models:
        if whole.wrong(name).any():
            choices[f"Errors of {name}"] = whole.wrong(name)
    clicked = st.session_state.get(_CLICKED)
    if clicked is not None and clicked[0] in whole.models:
        choices[_CELL] = _in_cell(whole, *clicked)
    if st.session_state.get(_SHOW) not in choices:
        st.session_state[_SHOW] = _ALL
    shown = st.selectbox("Show", list(choices), key=_SHOW, format_func=plain, width=360)
    if shown == _CELL and clicked is not None:
        name, genre, answer = clicked
        said = "" if answer == _SONGS else f", said to be “{plain(answer)}” by {plain(name)}"
        st.markdown(f"Songs whose genre is “{plain(genre)}”{said}:")
    songs_with_answers(chosen, whole, choices[str(shown)], "explorer_answered")


def _in_cell(whole: Compared, name: str, genre: str, answer: str) -> Any:
    there = whole.judged(name) & (whole.songs["genre"] == genre).to_numpy()
    return there if answer == _SONGS else there & (whole.predictions(name) == answer)
