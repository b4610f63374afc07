"""The songs asked in this visit: reopen one, or take all answers away."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from engine.errors import EngineError
from ui import pooling, resources, state
from ui.genre import visit, words
from ui.plain_text import show_error

_ROWS = "history_rows"


def show() -> None:
    """The table of answers, the newest first."""
    answers = _with_combined(visit.history()[::-1])
    if not answers:
        st.info("No song has been asked yet in this visit.", icon=":material/history:")
        return
    st.markdown(
        "Kept for this visit only, in this browser tab. Choose a row to open that song again."
    )
    event = st.dataframe(
        [_row(answer) for answer in answers],
        key=_ROWS,
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        alt="The songs asked in this visit and each model's answer",
    )
    rows: list[int] = list(event.selection.rows)
    chosen = answers[rows[0]] if rows and rows[0] < len(answers) else None
    with st.container(horizontal=True, key="history_actions"):
        st.button(
            "Open again",
            key="history_open",
            icon=":material/open_in_full:",
            type="primary",
            disabled=chosen is None,
            on_click=_open,
            args=(chosen,),
        )
        st.download_button(
            "Download CSV",
            history_csv(answers[::-1]),
            "genre-history.csv",
            "text/csv",
            key="history_csv",
            icon=":material/table:",
            on_click="ignore",
        )
        st.button(
            "Forget all",
            key="history_forget",
            icon=":material/delete:",
            on_click=visit.forget_history,
        )


def _with_combined(answers: Sequence[state.GenreAnswer]) -> list[state.GenreAnswer]:
    """The same with the pooled answers, where they can be made; what is wrong is said once."""
    try:
        return [
            replace(answer, predictions=tuple(pooling.with_pooled(answer.predictions)))
            for answer in answers
        ]
    except EngineError as error:
        show_error(error)
        return list(answers)


def history_csv(answers: Sequence[state.GenreAnswer]) -> str:
    """One row a song and model, the oldest first, with the lyric that was asked."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    genres = answers[0].predictions[0].labels if answers else ()
    columns = [f"p_{genre}" for genre in genres]
    writer.writerow(["asked", "song", "model", "base", "genre", *columns, "lyrics"])
    for answer in answers:
        for prediction in answer.predictions:
            of = dict(zip(prediction.labels, prediction.probabilities, strict=True))
            writer.writerow(
                [
                    answer.asked,
                    visit.name_of(answer),
                    prediction.model,
                    prediction.base,
                    prediction.label,
                    *(f"{of.get(genre, 0.0):.6f}" for genre in genres),
                    answer.lyric,
                ]
            )
    return buffer.getvalue()


def _row(answer: state.GenreAnswer) -> dict[str, object]:
    # The answer of all together first: a phone shows one column beside the song.
    in_order = sorted(answer.predictions, key=lambda prediction: not prediction.pooled)
    said: dict[str, object] = {resources.model_title(p.model): words.told(p) for p in in_order}
    return {"song": visit.name_of(answer), **said, "asked (UTC)": answer.asked[11:16]}


def _open(answer: state.GenreAnswer | None) -> None:
    if answer is not None:
        own = tuple(prediction for prediction in answer.predictions if not prediction.pooled)
        state.set_song(answer.lyric, answer.title)
        state.keep_genre_answer(replace(answer, predictions=own))
