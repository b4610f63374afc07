"""Browsers of songs: where a genre model errs, where a generator is weakest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from engine.errors import EngineError
from ui import boards
from ui.boards import Choice
from ui.leaderboard.charts import song_tables
from ui.leaderboard.linked import linked
from ui.leaderboard.one_song import chosen_row, show_song
from ui.plain_text import plain

if TYPE_CHECKING:
    import pandas as pd

    from engine.evaluation.board.ranking import Board


def genre_songs(board: Board, chosen: Choice) -> None:
    """One model's answers, filtered; the song of the row chosen."""
    from engine.evaluation.board import answers

    tables = song_tables(chosen, board)
    if not tables:
        return
    with st.container(border=True, key="song_filters"):
        left, right = st.columns([3, 2])
        model = _model(list(tables), left)
        identity = _identity(right)
        found: Any = answers.answers(tables[model])
        filters = _filters(found)
    kept: Any = answers.filtered_answers(found, identity=identity, **filters)
    wrong = int((~kept["correct"]).sum())
    told = (
        f"{wrong:,} wrong answers of {plain(model)}, out of {len(found):,}"
        if filters["only_wrong"]
        else f"{len(kept):,} of {len(found):,} answers of {plain(model)}, {wrong:,} of them wrong"
    )
    st.caption(f"{told}; the surest come first. Choose a row to see every model's answer.")
    named = kept.rename(
        columns={
            "reference": "true genre",
            "prediction": "answer",
            "correct": "right",
            "bertscore_f1": "BERTScore F1",
        }
    )
    row = chosen_row(
        named,
        ("answers", str(chosen), model, identity, str(filters)),
        {"confidence": ".1%", "BERTScore F1": ".3f"},
    )
    _show(chosen, tables, row, identity, kept)


def chord_songs(board: Board, chosen: Choice) -> None:
    """The songs a generator does worst, by the chosen metric of each song alone."""
    from engine.evaluation.board import answers

    tables = song_tables(chosen, board)
    if not tables:
        return
    measure = boards.song_measure(chosen)
    with st.container(border=True, key="song_filters"):
        left, right = st.columns([3, 2])
        model = _model(list(tables), left)
        identity = _identity(right)
        try:
            found: Any = answers.weakest_songs(tables[model], measure)
        except EngineError as error:
            st.info(plain(error))
            return
        genres = sorted({str(genre) for genre in found["genre"]})
        first, second = st.columns(2)
        kept_genres = first.multiselect("Genre", genres, **linked("true"), placeholder="All")
        words = _range(second, "Words in the lyric", found["words"], "song_words")
    if kept_genres:
        found = found[found["genre"].isin(kept_genres)]
    if words:
        found = found[found["words"].between(*words)]
    if identity:
        found = found[found["id"].str.startswith(identity)]
    found = found.reset_index(drop=True)
    st.caption(
        f"{len(found):,} songs of {plain(model)}, the weakest in {measure.title} first. Choose a "
        "row to see every model's chords."
    )
    named = found.drop(columns=["prediction"]).rename(columns={"value": measure.title})
    row = chosen_row(
        named,
        ("weakest", str(chosen), model, identity, str(kept_genres), str(words)),
        {measure.title: ".3f"},
    )
    _show(chosen, tables, row, identity, found)


def _model(names: list[str], place: Any) -> str:
    return str(place.selectbox("Answers of", names, **linked("answers_of")))


def _identity(place: Any) -> str:
    return str(
        place.text_input(
            "Song id",
            **linked("song"),
            placeholder="All",
            help="The id or its beginning; the song of a whole id opens at once.",
        )
        or ""
    ).strip()


def _filters(found: Any) -> dict[str, Any]:
    first, second, third = st.columns([2, 2, 1], vertical_alignment="bottom")
    kept: Any = {
        "references": first.multiselect(
            "True genre",
            sorted({str(genre) for genre in found["reference"]}),
            **linked("true"),
            placeholder="All",
        ),
        "predictions": second.multiselect(
            "Answer",
            sorted({str(genre) for genre in found["prediction"]}),
            **linked("answered"),
            placeholder="All",
        ),
        "only_wrong": third.toggle("Only wrong", value=True, **linked("only_wrong")),
    }
    left, right = st.columns(2)
    kept["words"] = _range(left, "Words in the lyric", found["words"], "song_words")
    if found["confidence"].notna().any():
        limits = right.slider("Confidence (%)", 0, 100, (0, 100), **linked("song_confidence"))
        if tuple(limits) != (0, 100):
            kept["confidence"] = (limits[0] / 100, limits[1] / 100)
    return kept


def _range(place: Any, label: str, values: Any, key: str) -> tuple[int, int] | None:
    low, high = int(values.min()), int(values.max())
    if low == high:
        return None
    limits = place.slider(label, low, high, (low, high), **linked(key))
    return None if tuple(limits) == (low, high) else (int(limits[0]), int(limits[1]))


def _show(
    chosen: Choice,
    tables: dict[str, pd.DataFrame],
    row: str | None,
    identity: str,
    kept: pd.DataFrame,
) -> None:
    """The song of the chosen row, or the one that the whole id names."""
    if row is None and identity and len(kept) == 1:
        row = str(kept["id"].iloc[0])
    if row:
        show_song(chosen, tables, row)
