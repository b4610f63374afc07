"""The genre of each line along the song: a strip and a heat map, by the quickest model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from engine.errors import EngineError
from ui import presence, resources
from ui.genre import asking, visit
from ui.plain_text import show_error

if TYPE_CHECKING:
    from engine.classifiers.prediction import Prediction
    from engine.lyrics import Lyrics
    from engine.serving.queues import Job

MODEL = "bilstm-gru"
_NEIGHBOURS = 2
_TOGETHER, _ALONE = "With its neighbours", "Alone"


def show(lyrics: Lyrics) -> None:
    """Choose what is read with a line, and draw."""
    title = resources.model_title(MODEL)
    st.markdown(
        f"Which lines read like which genre? {title}, the quickest of the three models, takes the "
        "song line by line."
    )
    reading = st.segmented_control(
        "Each line is read",
        [_TOGETHER, _ALONE],
        default=_TOGETHER,
        required=True,
        key="lines_reading",
        persist_state="session",
        help=f"With its neighbours: {_NEIGHBOURS} lines before and {_NEIGHBOURS} after it, which "
        "is steadier. Alone: a single line holds few words, so answers jump.",
    )
    neighbours = 0 if reading == _ALONE else _NEIGHBOURS
    try:
        predictions = visit.computed(
            ("lines", lyrics.text, neighbours), lambda: _predictions(lyrics, neighbours)
        )
    except EngineError as error:
        show_error(error)
        return
    _draw([line.text for line in lyrics.lines], predictions, neighbours)


def _predictions(lyrics: Lyrics, neighbours: int) -> list[Prediction]:
    from engine import explanation

    model = asking.loaded(MODEL)

    def task(job: Job[list[Prediction]]) -> list[Prediction]:
        return explanation.line_predictions(model, lyrics, neighbours, job.cancelled)

    title = resources.model_title(MODEL)
    with st.spinner(f"{title} is reading line by line"):
        return resources.queue(MODEL).submit(title, task, presence.of_this_tab()).result()


def _draw(texts: list[str], predictions: list[Prediction], neighbours: int) -> None:
    from engine import figures

    st.plotly_chart(
        figures.genre_strip(texts, predictions),
        key="lines_strip",
        config=figures.download_settings("genre-along-the-song"),
        alt="The most probable genre of each line, from the first to the last",
    )
    st.caption(
        "The song from left to right: the most probable genre of each line, stronger where the "
        "model is surer."
    )
    st.plotly_chart(
        figures.line_heat_map(texts, predictions),
        key="lines_map",
        config=figures.download_settings("genre-by-line"),
        alt="Probability of each genre at each line",
    )
    company = f"{neighbours} lines on either side" if neighbours else "nothing around it"
    st.caption(
        f"A row is a line of the song, read with {company}; a stronger blue is a more "
        "probable genre, and a row adds up to 100%. The model learned from whole songs, so "
        "single lines are a rough reading."
    )
