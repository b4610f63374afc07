"""Long work of this page: begun by a click, followed while it goes on, and how it ended, once."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import streamlit as st

from engine.errors import CancelledError, EngineError
from ui import presence
from ui.plain_text import plain, show_error

if TYPE_CHECKING:
    from engine.serving.queues import Job, Queue

T = TypeVar("T")
_LOG = logging.getLogger(__name__)
_POLL_SECONDS = 1.0


@dataclass(frozen=True)
class UnderWay(Generic[T]):
    """Work that was begun, and what it is about."""

    about: Any
    job: Job[T]


@dataclass(frozen=True)
class Work:
    """A kind of long work; a visit has at most one of a kind under way.

    Attributes
    ----------
    key : str
        Where the session keeps it.
    what : str
        What breaks off, in words: "The table".
    cancel_key : str
        Of the button that cancels it.
    cancelled : str
        What is said of work that was cancelled; by default what it says itself.
    advice : str
        What can be done when it breaks off for no reason that the engine knows.
    """

    key: str
    what: str
    cancel_key: str
    cancelled: str = ""
    advice: str = ""

    def begin(self, queue: Queue, name: str, task: Callable[[Job[Any]], Any], about: Any) -> None:
        """Put a task in the line (in a callback: it draws nothing)."""
        try:
            job = queue.submit(name, task, presence.of_this_tab())
        except EngineError as error:
            st.session_state[self._problem] = str(error)
            return
        st.session_state[self.key] = UnderWay(about, job)

    def under_way(self) -> UnderWay[Any] | None:
        """What is being done, if anything."""
        return st.session_state.get(self.key)

    def taken(self) -> tuple[Any, Any] | None:
        """What it was about and its result, once, if it has ended well; else say how it ended."""
        if problem := st.session_state.pop(self._problem, None):
            show_error(problem)
        work = self.under_way()
        if work is None or not work.job.finished:
            return None
        del st.session_state[self.key]
        try:
            return work.about, work.job.result()
        except CancelledError as error:
            st.info(self.cancelled or plain(error), icon=":material/cancel:")
        except EngineError as error:
            show_error(error)
        except Exception as error:  # noqa: BLE001 - a file of a stranger's must not break the page
            _LOG.warning("%s broke off", self.what, exc_info=error)
            show_error(f"{self.what} broke off ({type(error).__name__}: {error}){self.advice}.")
        return None

    def follow(self, told: Callable[[UnderWay[Any]], tuple[float, str]]) -> None:
        """Draw how far it is, as `told` says it (a share and words), and a button to cancel it."""
        if self.under_way() is not None:
            st.fragment(self._progress, run_every=_POLL_SECONDS)(told)

    def _progress(self, told: Callable[[UnderWay[Any]], tuple[float, str]]) -> None:
        work = self.under_way()
        if work is None:  # a poll that was already under way when it ended
            return
        if work.job.finished:
            st.rerun(scope="app")
        share, words = told(work)
        st.progress(min(share, 1.0), text=words)
        st.button("Cancel", key=self.cancel_key, icon=":material/cancel:", on_click=work.job.cancel)

    @property
    def _problem(self) -> str:
        return f"{self.key}_problem"


def time_left(job: Job[Any]) -> str:
    """How long a job will take yet, if it goes on as it did: ", 40 s left"; "" if unknown."""
    if not job.step or job.seconds <= 2:
        return ""
    seconds = job.seconds / job.step * (job.steps - job.step)
    if seconds < 1:
        return ""
    return f", {seconds:,.0f} s left" if seconds < 90 else f", {seconds / 60:,.0f} min left"
