"""What the Genre page remembers of a visit beside the last answer: answers, explanations, jobs.

None of it is a widget's value, so it stays when the page is left.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, TypeVar

import streamlit as st

from engine.errors import InputError
from engine.lyrics import Lyrics
from ui import state

if TYPE_CHECKING:
    from engine.explanation import Explanation
    from engine.serving.queues import Job

T = TypeVar("T")

MOST_ANSWERS = 50
_MOST_COMPUTED = 64
_LONGEST_NAME = 40
_HISTORY = "_genre_history"
_COMPUTED = "_genre_computed"
_JOBS = "_genre_explaining"

Asked = tuple[str, str, str]
"""Lyric, model, and the genre explained ("" for the model's own answer)."""


def history() -> list[state.GenreAnswer]:
    """The answers of this visit, the oldest first; at most `MOST_ANSWERS`."""
    return st.session_state.setdefault(_HISTORY, [])


def keep(answer: state.GenreAnswer) -> None:
    """Show an answer, and note it in the history of the visit."""
    state.keep_genre_answer(answer)
    kept = [old for old in history() if _asked(old) != _asked(answer)]
    st.session_state[_HISTORY] = [*kept, answer][-MOST_ANSWERS:]


def forget_history() -> None:
    """Empty the history; the answer on screen stays."""
    st.session_state[_HISTORY] = []


def computed(key: Hashable, compute: Callable[[], T]) -> T:
    """Something of this visit that is computed once; the oldest are forgotten."""
    kept: dict[Hashable, Any] = st.session_state.setdefault(_COMPUTED, {})
    if key not in kept:
        value = compute()
        while len(kept) >= _MOST_COMPUTED:
            del kept[next(iter(kept))]
        kept[key] = value
    return kept[key]


def explanation(asked: Asked) -> Explanation | None:
    """An explanation made in this visit."""
    return st.session_state.setdefault(_COMPUTED, {}).get(("why", *asked))


def keep_explanation(asked: Asked, value: Explanation) -> None:
    """Remember an explanation."""
    computed(("why", *asked), lambda: value)


def jobs() -> dict[Asked, Job[Explanation]]:
    """The explanations under way."""
    return st.session_state.setdefault(_JOBS, {})


def cancel_jobs() -> None:
    """Ask every explanation under way to stop."""
    for job in jobs().values():
        job.cancel()


def name_of(answer: state.GenreAnswer) -> str:
    """The song's title, else the beginning of its first line of words."""
    if answer.title:
        return answer.title
    try:
        first = Lyrics.parse(answer.lyric).lines[0].text
    except InputError as error:  # it was parsed when it was asked
        return str(error)
    return first if len(first) <= _LONGEST_NAME else f"{first[: _LONGEST_NAME - 1].rstrip()}…"


def _asked(answer: state.GenreAnswer) -> tuple[str, tuple[str, ...]]:
    return answer.lyric, tuple(prediction.model for prediction in answer.predictions)
