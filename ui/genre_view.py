"""The genre models asked, and their answers side by side."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from engine.errors import EngineError
from engine.lyrics import Lyrics, language_warning
from ui import resources, state
from ui.lyric_input import parsed

if TYPE_CHECKING:
    from engine.prediction import Prediction
    from ui.queues import Job

_NUMBER_WORDS = {2: "two", 3: "three"}


def model_choice() -> list[str]:
    """Which models to ask; each says on which base it runs."""
    chosen = st.pills(
        "Models",
        resources.GENRE_MODELS,
        selection_mode="multi",
        default=resources.GENRE_MODELS,
        format_func=resources.model_title,
        key="genre_models",
        persist_state="session",
        help="  \n".join(
            f"{resources.model_title(name)} runs on {resources.base_label(name)}"
            for name in resources.GENRE_MODELS
        ),
    )
    return [name for name in resources.GENRE_MODELS if name in chosen]


def ask(text: str, models: Sequence[str]) -> None:
    """Ask the models for the genre of a lyric and keep their answer, or say what is wrong."""
    if not models:
        st.error("No model is chosen; choose at least one.", icon=":material/error:")
        return
    lyrics = parsed(text)
    if lyrics is None:
        return
    predictions: list[Prediction] = []
    for name in models:
        try:
            predictions.append(_prediction(name, lyrics))
        except EngineError as error:  # the other models can still answer
            st.error(str(error), icon=":material/error:")
    if predictions:
        warning = language_warning(lyrics)
        state.keep_genre_answer(state.GenreAnswer(text, tuple(predictions), warning))


def _prediction(name: str, lyrics: Lyrics) -> Prediction:
    with st.spinner(resources.loading_message(name)):
        model = resources.classifier(name)

    def task(_job: Job[Prediction]) -> Prediction:
        return model.predict([lyrics])[0]

    title = resources.model_title(name)
    with st.spinner(f"{title} is reading"):
        return resources.queue(name).submit(title, task).result()


def show(answer: state.GenreAnswer, text: str) -> None:
    """Draw the last answer: verdict, one card per model, chart, tags, numbers to take away."""
    if answer.warning:
        st.warning(answer.warning, icon=":material/translate:")
    if text != answer.lyric:
        st.info(
            "The lyric above has changed since these answers were given.",
            icon=":material/edit_note:",
        )
    predictions = answer.predictions
    st.subheader(agreement(predictions), anchor=False)
    for column, prediction in zip(st.columns(len(predictions)), predictions, strict=True):
        with column.container(border=True, key=f"answer_{prediction.model}"):
            st.metric(
                resources.model_title(prediction.model),
                prediction.label,
                delta=f"{prediction.confidence:.0%} sure",
                delta_color="off",
                delta_arrow="off",
            )
            st.caption(f"{prediction.base} · {prediction.seconds:.2f} s")
    _chart(predictions)
    _tags(predictions)
    _take_away(predictions)


def agreement(predictions: Sequence[Prediction]) -> str:
    """Who says what, in one sentence."""
    votes = Counter(prediction.label for prediction in predictions)
    genre, most = votes.most_common(1)[0]
    if len(predictions) == 1:
        only = predictions[0]
        return f"{resources.model_title(only.model)} says {genre}"
    if most == len(predictions):
        everyone = "Both" if most == 2 else f"All {_NUMBER_WORDS.get(most, str(most))}"
        return f"{everyone} models say {genre}"
    if most == 1:
        said = ", ".join(f"{resources.model_title(p.model)} {p.label}" for p in predictions)
        return f"The models disagree: {said}"
    others = "; ".join(
        f"{resources.model_title(p.model)} says {p.label}" for p in predictions if p.label != genre
    )
    count = _NUMBER_WORDS.get(most, str(most)).capitalize()
    total = _NUMBER_WORDS.get(len(predictions), str(len(predictions)))
    return f"{count} of {total} models say {genre}; {others}"


def _chart(predictions: Sequence[Prediction]) -> None:
    from engine import figures

    titled = [replace(p, model=resources.model_title(p.model)) for p in predictions]
    st.plotly_chart(
        figures.probability_bars(titled),
        key="genre_chart",
        config=figures.download_settings("genre-probabilities"),
        alt="Probability of each genre, one bar per model; the numbers are in the table below.",
    )


def _tags(predictions: Sequence[Prediction]) -> None:
    for prediction in predictions:
        if not prediction.tags:
            continue
        title = resources.model_title(prediction.model)
        st.caption(f"Finer tags {title} hears, each with its own probability")
        st.markdown(
            " ".join(
                f":gray-badge[{_plain(tag)} {probability:.0%}]"
                for tag, probability in prediction.tags[:10]
            )
        )


def _take_away(predictions: Sequence[Prediction]) -> None:
    as_json, as_csv = predictions_json(predictions), predictions_csv(predictions)
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
    with st.expander("All probabilities as a table", icon=":material/table_rows:"):
        st.dataframe(
            _table(predictions),
            key="genre_table",
            column_config={
                resources.model_title(p.model): st.column_config.NumberColumn(format="percent")
                for p in predictions
            },
        )


def _table(predictions: Sequence[Prediction]) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for genre in predictions[0].labels:
        row: dict[str, object] = {"genre": genre}
        for prediction in predictions:
            of = dict(zip(prediction.labels, prediction.probabilities, strict=True))
            row[resources.model_title(prediction.model)] = of.get(genre)
        rows.append(row)
    return rows


def predictions_json(predictions: Sequence[Prediction]) -> str:
    """The answer as the command line's ``--json`` gives it."""
    return json.dumps([prediction.as_dict() for prediction in predictions], indent=2)


def predictions_csv(predictions: Sequence[Prediction]) -> str:
    """One row per model and genre."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(["model", "base", "genre", "probability", "seconds"])
    for p in predictions:
        for genre, probability in p.ranked:
            writer.writerow([p.model, p.base, genre, f"{probability:.6f}", f"{p.seconds:.4f}"])
    return buffer.getvalue()


def _plain(text: str) -> str:
    """Text safe inside a Markdown badge."""
    return "".join(character for character in text if character not in "[]\\`*_:<>")
