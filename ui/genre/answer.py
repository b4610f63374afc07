"""The models' answers side by side: cards, grouped bars, finer tags, numbers to take away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from engine.errors import EngineError
from ui import pooling, resources
from ui.genre import words
from ui.numbers import percent
from ui.plain_text import plain

if TYPE_CHECKING:
    from engine.classifiers.prediction import Prediction


def verdict(predictions: Sequence[Prediction]) -> None:
    """One sentence, one card a model, and where they part; the combined answer last."""
    single = [p for p in predictions if not p.pooled]
    st.subheader(plain(words.headline(predictions)), anchor=False)
    with st.container(key="genre_answers"):
        for prediction in predictions:
            with st.container(border=True, key=f"answer_{prediction.model}"):
                st.metric(
                    resources.model_title(prediction.model),
                    plain(words.genres(prediction)),
                    delta=_sureness(prediction),
                    delta_color="off",
                    delta_arrow="off",
                )
                if prediction.pooled:
                    st.caption(_pooled())
                else:
                    st.caption(f"{plain(prediction.base)} · {prediction.seconds:.2f}\u00a0s")
    if note := words.doubt(predictions):
        st.markdown(f"**Why two genres instead of one.** {plain(note)}")
    if note := words.disagreement(single):
        agreed = len({prediction.label for prediction in single}) == 1
        st.markdown(f"**{'How far they agree' if agreed else 'Where they part'}.** {plain(note)}")


def _sureness(prediction: Prediction) -> str:
    if not prediction.in_doubt:
        return f"{percent(prediction.confidence)} sure"
    return " and ".join(percent(probability) for _, probability in prediction.ranked[:2])


def _pooled() -> str:
    """Of whose logits the combined answer is made."""
    try:
        pool = pooling.fitted()
    except EngineError as error:
        return plain(error)
    return f"pool of logits: {pooling.weights(pool)}" if pool else ""


def probabilities(predictions: Sequence[Prediction]) -> None:
    """Bars, tags, files and the table of all numbers."""
    from engine import figures

    st.plotly_chart(
        figures.probability_bars(titled(predictions)),
        key="genre_chart",
        config=figures.download_settings("genre-probabilities"),
        alt="Probability of each genre, one bar per model; the numbers are in the table below.",
    )
    st.caption(
        "Each group is one genre, each bar one model. The genres that matter least are added up in "
        "the last group, so a model's bars make 100%; the table below has them all."
    )
    _tags(predictions)
    _take_away(predictions)


def titled(predictions: Sequence[Prediction]) -> list[Prediction]:
    """The same under the models' names on screen."""
    return [replace(p, model=resources.model_title(p.model)) for p in predictions]


def _tags(predictions: Sequence[Prediction]) -> None:
    for prediction in predictions:
        if not prediction.tags:
            continue
        title = resources.model_title(prediction.model)
        st.caption(
            f"Finer tags that {title} gives, each with its own probability: a song may have "
            "several, so they do not add up to 100%."
        )
        st.markdown(
            " ".join(
                f":gray-badge[{plain(tag)} {percent(probability)}]"
                for tag, probability in prediction.tags[:10]
            )
        )


def _take_away(predictions: Sequence[Prediction]) -> None:
    as_json, as_csv = words.predictions_json(predictions), words.predictions_csv(predictions)
    with st.container(horizontal=True, key="genre_downloads"):
        st.download_button(
            "Download JSON",
            as_json,
            "genre.json",
            "application/json",
            key="genre_json",
            icon=":material/data_object:",
            on_click="ignore",
        )
        st.download_button(
            "Download CSV",
            as_csv,
            "genre.csv",
            "text/csv",
            key="genre_csv",
            icon=":material/table:",
            on_click="ignore",
        )
        with st.popover("Copy", icon=":material/content_copy:"):
            table, text = st.tabs(["JSON", "CSV"])
            table.code(as_json, language="json", height=320)
            text.code(as_csv, language=None, height=320)
    with st.expander("All probabilities as a table"):
        st.dataframe(
            _table(predictions),
            key="genre_table",
            column_config={
                resources.model_title(p.model): st.column_config.NumberColumn(format="%.1f%%")
                for p in predictions
            },
        )


def _table(predictions: Sequence[Prediction]) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for genre in predictions[0].labels:
        row: dict[str, object] = {"genre": genre}
        for prediction in predictions:
            of = dict(zip(prediction.labels, prediction.probabilities, strict=True))
            row[resources.model_title(prediction.model)] = 100 * of[genre]
        rows.append(row)
    return rows
