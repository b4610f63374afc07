"""What a browser tab was doing, kept over a reload: its lyric, wishes, song, answers and job.

Streamlit begins a new session when a page is loaded again, and knows nothing of the one before. So
a small component gives each tab a number that nobody can guess and that only this tab can read
(`components/tab.js`); under it the server keeps one `Visit` for some time, and the tab that comes
back takes it up again. Nothing is in the address, so a link that is passed on tells nothing.
"""

from __future__ import annotations

import re
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from engine.serving.presence import Presence
from ui import presence
from ui.components import component

if TYPE_CHECKING:
    from engine.generator.controls import Controls
    from engine.music.editing import History
    from engine.project import Version
    from engine.serving.queues import Job
    from ui.state import GenreAnswer, Song

MAX_VISITS = 200
KEPT_SECONDS = 2 * 60 * 60
Restore = Callable[[dict[str, Any]], bool]
_ID = re.compile(r"[0-9a-f]{32}\Z")
_OWN = "_visit"
_KNOWN_AS = "_visit_id"
_RETURNED = "_visit_returned"
_WANTS = "_visit_wants"  # what the browser kept itself
_TAB = "visit_tab"


@dataclass
class Visit:
    """One tab's work.

    Attributes
    ----------
    presence : Presence
        Whether that tab is open.
    values : dict
        What stands in the widgets that are worth keeping, by their key.
    owner : str
        Whose evaluations on the Leaderboard are this visit's own; nobody can guess it.
    guests : set of str
        The runs of the guests that it put on the Leaderboard, and may take away.
    uploads : set of str
        Checksums of the files that it had models measured on.
    history : History or None
        The songs on the Chords page as they followed each other.
    wishes : Controls or None
        What is wished on the Chords page; None as long as nobody has been there.
    versions : tuple of Version
        The songs put by under a name, oldest first.
    desk : str
        Which song of the browser's own storage this is, that an edit of it is kept there too.
    """

    presence: Presence
    values: dict[str, Any] = field(default_factory=dict[str, Any])
    owner: str = field(default_factory=lambda: secrets.token_hex(16))
    guests: set[str] = field(default_factory=set[str])
    uploads: set[str] = field(default_factory=set[str])
    history: History[Song] | None = None
    wishes: Controls | None = None
    versions: tuple[Version, ...] = ()
    desk: str = ""
    genre_answer: GenreAnswer | None = None
    job: Job[Any] | None = None

    @property
    def song(self) -> Song | None:
        """The song that is shown on the Chords page."""
        return self.history.present if self.history else None


class Visits:
    """Visits by the number of their tab; the oldest make room, and each ends after some time."""

    def __init__(
        self,
        limit: int = MAX_VISITS,
        seconds: float = KEPT_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limit, self._seconds, self._clock = limit, seconds, clock
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[float, Visit]] = OrderedDict()

    def keep(self, identity: str, visit: Visit) -> None:
        """Keep a visit as the newest."""
        with self._lock:
            self._kept[identity] = (self._clock(), visit)
            self._kept.move_to_end(identity)
            self._drop()

    def find(self, identity: str) -> Visit | None:
        """The visit of that tab, unless it has ended or was never there."""
        with self._lock:
            self._drop()
            found = self._kept.get(identity)
        return found[1] if found else None

    def _drop(self) -> None:
        oldest = self._clock() - self._seconds
        while self._kept:
            first = next(iter(self._kept))
            if len(self._kept) <= self._limit and self._kept[first][0] >= oldest:
                return
            del self._kept[first]


def own() -> Visit:
    """The visit of the tab whose script runs."""
    if _OWN not in st.session_state:
        st.session_state[_OWN] = Visit(presence.of_this_tab())
    return st.session_state[_OWN]


def follow(keys: tuple[str, ...], words: str, restore: Restore) -> None:
    """Keep what stands under these keys for this tab, and take up what it did before a reload.

    Call it at the beginning of a run, before any of their widgets is drawn. `words` is the key of
    the lyric: a tab into which somebody has already typed is left as it is. Of a tab whose visit
    the server does not know (it was started anew) the browser is asked what it kept itself, which
    `restore` takes.
    """
    visit = own()
    visit.values |= {key: st.session_state[key] for key in keys if key in st.session_state}
    if known := st.session_state.get(_KNOWN_AS):
        _all().keep(known, visit)
    with st.container(key="visit"):
        _ask_tab(words, restore)


@st.fragment
def _ask_tab(words: str, restore: Restore) -> None:
    """Learn which tab this is, without running the page again unless something is to be shown."""
    data = {"known": _KNOWN_AS in st.session_state, "wants": bool(st.session_state.get(_WANTS))}
    told = component("tab")(
        key=_TAB,
        data=data,
        on_id_change=partial(_told, words),
        on_kept_change=partial(_restored, restore),
    )
    if not data["known"] and told.get("id"):
        # A page that outlived its server has told its number before, to the one that is gone.
        _told(words)
    if st.session_state.pop(_RETURNED, False):
        st.rerun(scope="app")
    if not data["wants"] and st.session_state.get(_WANTS):
        st.rerun(scope="app")


def _told(words: str) -> None:
    """Take the number a tab tells, once (a callback, so widgets can still be filled)."""
    told = st.session_state[_TAB].get("id")
    if _KNOWN_AS in st.session_state or not isinstance(told, str) or not _ID.match(told):
        return
    st.session_state[_KNOWN_AS] = told
    now = own()
    before = _all().find(told)
    if before is not None and not (st.session_state.get(words) or _is_begun(now)):
        _take_up(before, now)
    elif before is None and not _is_begun(now):
        st.session_state[_WANTS] = True
    _all().keep(told, own())


def _restored(restore: Restore) -> None:
    """Take what the browser kept of this tab itself (a callback)."""
    kept = st.session_state[_TAB].get("kept")
    if not st.session_state.pop(_WANTS, False) or _is_begun(own()) or not isinstance(kept, dict):
        return
    if restore(kept):
        st.session_state[_RETURNED] = True


def _is_begun(visit: Visit) -> bool:
    return bool(visit.song or visit.job or visit.genre_answer)


def _take_up(before: Visit, now: Visit) -> None:
    """Go on with a visit in the session that the tab has now."""
    taken = replace(before, presence=now.presence, values={**before.values})
    if before.presence.connected():  # a copy of a tab that is still open, and does its own work
        taken.job = None
    elif taken.job is not None:
        taken.job.presence = taken.presence
    for key, value in taken.values.items():
        st.session_state[key] = value
    st.session_state[_OWN] = taken
    st.session_state[_RETURNED] = True


@st.cache_resource(show_spinner=False)
def _all() -> Visits:
    return Visits()
