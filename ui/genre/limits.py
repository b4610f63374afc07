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
        st.markdown(plain(sentences(cards), longest=3000))
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


def sentences(cards: Sequence[ModelCard]) -> str:
    """What the models know, what they learned from, and how often they are wrong."""
    labels = cards[0].labels
    listed = f"{', '.join(labels[:-1])} and {labels[-1]}"
    told = [f"The models know {len(labels)} genres and nothing else: {listed}."]
    told.append("They read English, and words alone: not the tune, the beat or the voice.")
    # A pool of models has learned nothing of its own from songs.
    learned = sorted({_learned(card) for card in cards if card.files})
    told.append(f"They learned from {'; '.join(learned)}.")
    scores = [score for card in cards if (score := card.metrics.get("test/macro_f1")) is not None]
    songs = max((card.metrics.get("test/songs", 0) for card in cards), default=0)
    if scores:
        spread = (
            f"{min(scores):.2f} to {max(scores):.2f}" if len(scores) > 1 else f"{scores[0]:.2f}"
        )
        told.append(
            f"On {songs:,.0f} songs by artists they had not seen, their macro F1 is {spread} (1 is "
            "perfect, 0 is none right): expect wrong answers, most of all for rare genres, and "
            "read the probabilities, not only the first genre."
        )
    if of_paths := paths.of_models(cards):
        told.append(of_paths)
    if any(card.name == resources.POOL for card in cards) and (pool := pooling.fitted()):
        told.append(pooling.sentences(pool))
    return " ".join(told)


def _learned(card: ModelCard) -> str:
    songs = card.metrics.get("train/songs")
    source = card.training_data.rstrip(".")
    return f"{songs:,.0f} songs of the {source}" if songs else f"the {source}"


def _table(cards: Sequence[ModelCard]) -> list[dict[str, object]]:
    return [
        {
            "model": resources.model_title(card.name),
            "accuracy": card.metrics.get("test/accuracy"),
            "macro F1": card.metrics.get("test/macro_f1"),
            "made of": _made_of(card),
        }
        for card in cards
    ]


def _made_of(card: ModelCard) -> str:
    if card.name == resources.POOL and (pool := pooling.fitted()):
        return pooling.weights(pool)
    return card.base


def _cards() -> list[ModelCard]:
    """The cards of the genre models, and of their pool where it is fitted."""
    from engine.classifiers.combined import is_fitted
    from engine.models.presets import slot

    slots = [slot(name) for name in resources.GENRE_MODELS]
    pool = slot(resources.POOL)
    return [ModelCard.read(of.folder) for of in (*slots, *([pool] if is_fitted(pool) else []))]
