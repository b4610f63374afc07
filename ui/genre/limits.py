"""What the answers are worth: read from the models' cards, in plain words."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from engine.errors import EngineError
from engine.models.card import ModelCard
from ui import paths, pooling, resources
from ui.plain_text import plain, show_error


def show() -> None:
    """A few honest sentences, and the cards' figures as a table."""
    try:
        cards = _cards()
    except EngineError as error:
        show_error(error)
        return
    with st.container(border=True, key="genre_limits"):
        st.markdown("**What these answers are worth**")
        for paragraph in paragraphs(cards):
            st.markdown(plain(paragraph, longest=3000))
        st.dataframe(
            _table(cards),
            key="genre_limits_table",
            hide_index=True,
            column_config={
                name: st.column_config.NumberColumn(format="%.3f")
                for name in ("accuracy", "macro F1")
            },
            alt="Accuracy and macro F1 of each model on songs it has not seen",
        )


def paragraphs(cards: Sequence[ModelCard]) -> list[str]:
    """What the models know and learned from; how often they are wrong; what answers are made of."""
    return [text for text in (_known(cards), _right(cards), _parts(cards)) if text]


def _known(cards: Sequence[ModelCard]) -> str:
    labels = cards[0].labels
    listed = f"{', '.join(labels[:-1])} and {labels[-1]}"
    # A pool of models has learned nothing of its own from songs.
    learned = sorted({_learned(card) for card in cards if card.files})
    return (
        f"The models know {len(labels)} genres and nothing else: {listed}. They read English, and "
        "words alone: not the tune, the beat or the voice. They learned from "
        f"{'; '.join(learned)}."
    )


def _right(cards: Sequence[ModelCard]) -> str:
    scores = [score for card in cards if (score := card.metrics.get("test/macro_f1")) is not None]
    songs = max((card.metrics.get("test/songs", 0) for card in cards), default=0)
    if not scores:
        return ""
    spread = f"{min(scores):.2f} to {max(scores):.2f}" if len(scores) > 1 else f"{scores[0]:.2f}"
    return (
        f"On {songs:,.0f} songs by artists they had not seen, their macro F1 is {spread} (1 is "
        "perfect, 0 is none right): expect wrong answers, most of all for rare genres, and read "
        "the probabilities, not only the first genre."
    )


def _parts(cards: Sequence[ModelCard]) -> str:
    told = [paths.of_models(cards)]
    if any(card.name == resources.POOL for card in cards) and (pool := pooling.fitted()):
        told.append(pooling.sentences(pool))
    return " ".join(filter(None, told))


def _learned(card: ModelCard) -> str:
    songs = card.metrics.get("train/songs")
    source = card.training_data.partition(":")[0].rstrip(".")
    return f"{songs:,.0f} songs of the {source}" if songs else f"the {source}"


def _table(cards: Sequence[ModelCard]) -> list[dict[str, object]]:
    return [
        {
            "model": resources.model_title(card.name),
            "accuracy": card.metrics.get("test/accuracy"),
            "macro F1": card.metrics.get("test/macro_f1"),
        }
        for card in cards
    ]


def _cards() -> list[ModelCard]:
    """The cards of the genre models, and of their pool where it is fitted."""
    from engine.classifiers.combined import is_fitted
    from engine.models.presets import slot

    slots = [slot(name) for name in resources.GENRE_MODELS]
    pool = slot(resources.POOL)
    return [ModelCard.read(of.folder) for of in (*slots, *([pool] if is_fitted(pool) else []))]
