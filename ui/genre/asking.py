"""Which models are asked, and their answers: each from its own queue, all at the same time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import streamlit as st

from engine.classifiers import PARTS, model_of, part_name
from engine.errors import EngineError
from engine.lyrics import Lyrics, language_warning
from ui import pooling, presence, resources, state, waiting
from ui.genre import visit
from ui.lyric_input import lyric_box, parsed
from ui.plain_text import plain, show_error

if TYPE_CHECKING:
    from engine.classifiers.prediction import GenreClassifier, Prediction
    from engine.serving.queues import Job

BOTH = "both"
_LOOK_SECONDS = 0.3


_ASK = "Words and models"
_UNFOLDED = "genre_asking"
_FOLDED_FOR = "_genre_folded_for"


def inputs() -> str:
    """Draw the words and the models, folded away under an answer; ask if the user wants it."""
    begins = state.begins("genre")
    answer = state.genre_answer()
    if answer is not st.session_state.get(_FOLDED_FOR) or _UNFOLDED not in st.session_state:
        st.session_state[_FOLDED_FOR] = answer
        st.session_state[_UNFOLDED] = answer is None
    label = f"Change the words or the models ({plain(visit.name_of(answer))})" if answer else _ASK
    with st.expander(label, key=_UNFOLDED, on_change="rerun"):
        text = lyric_box(height=220)
        models = model_choice()
        asked = st.button(
            "Tell the genre", key="genre_run", type="primary", icon=":material/graphic_eq:"
        )
    if (asked or begins) and ask(text, models):
        st.rerun()  # the answer comes first, and what was asked folds away
    return text


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
            f"{resources.model_title(name)}: {plain(resources.base_label(name))}"
            for name in resources.GENRE_MODELS
        ),
    )
    part = _part_choice()
    names = [name for name in resources.GENRE_MODELS if name in chosen]
    return names if part == BOTH else [part_name(name, part) for name in names]


def _part_choice() -> str:
    """Whether both paths of the models answer, or one alone."""
    return str(
        st.segmented_control(
            "Which part answers",
            [*PARTS, BOTH],
            default=BOTH,
            required=True,
            format_func=lambda part: resources.PART_TITLES.get(str(part), str(part)),
            key="genre_part",
            persist_state="session",
            help="Each model is a network with a linear path beside it, which weighs single words "
            "by how telling they are (TF-IDF). As it was built, both answer together. RoBERTa's "
            "network also reads the answer of the BiLSTM-GRU, with both of its parts. The combined "
            "answer, the reading line by line and the figures below are of both parts.",
        )
    )


def ask(text: str, models: Sequence[str]) -> bool:
    """Ask the models and keep their answer; whether all answered, so that nothing is to be said."""
    if not models:
        st.error("No model is chosen; choose at least one.", icon=":material/error:")
        return False
    lyrics = parsed(text)
    if lyrics is None:
        return False
    predictions = predictions_of(lyrics, models)
    if predictions:
        visit.keep(
            state.GenreAnswer(
                text,
                tuple(predictions),
                language_warning(lyrics),
                state.title_of(text),
                datetime.now(UTC).isoformat(timespec="seconds"),
            )
        )
    return len(predictions) == len(models)


def predictions_of(lyrics: Lyrics, models: Sequence[str]) -> list[Prediction]:
    """The models' answers, in order; one that fails says why on screen and is left out."""
    jobs: list[Job[Prediction]] = []
    for name in models:
        try:
            jobs.append(_submitted(name, lyrics))
        except EngineError as error:  # the other models can still answer
            show_error(error)
    predictions: list[Prediction] = []
    for job in jobs:
        try:
            predictions.append(_awaited(job))
        except EngineError as error:
            show_error(error)
    return predictions


def _awaited(job: Job[Prediction]) -> Prediction:
    """The answer, with its place in line on screen as long as it waits."""
    shown = st.empty()
    seconds = _LOOK_SECONDS
    while not job.wait(seconds) and not job.started:
        shown.caption(f"{job.name}. {waiting.place(job)}.")
        seconds = waiting.look_seconds(job) / 2
    shown.empty()
    with st.spinner(f"{job.name} is reading"):
        return job.result()


def remembered_predictions(lyrics: Lyrics, models: Sequence[str]) -> list[Prediction]:
    """The same, asked once a visit for the same words."""
    return visit.computed(
        ("predictions", lyrics.text, tuple(models)), lambda: predictions_of(lyrics, models)
    )


def with_combined(predictions: Sequence[Prediction]) -> list[Prediction]:
    """The answers, and the pooled one where a pool is fitted and all its models answered.

    What is wrong with the pool is said on screen.
    """
    try:
        return pooling.with_pooled(predictions)
    except EngineError as error:
        show_error(error)
        return list(predictions)


def loaded(name: str) -> GenreClassifier:
    """One model, with words on screen while it loads."""
    with st.spinner(resources.loading_message(name)):
        return resources.classifier(name)


def _submitted(name: str, lyrics: Lyrics) -> Job[Prediction]:
    model = loaded(name)

    def task(_job: Job[Prediction]) -> Prediction:
        return model.predict([lyrics])[0]

    title, tab = resources.model_title(name), presence.of_this_tab()
    return resources.queue(model_of(name)).submit(title, task, tab)
