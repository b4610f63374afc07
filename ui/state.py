"""What a session remembers, by name: the lyric, the last answers, and a task to begin on arrival.

Widgets that must survive a change of page carry ``persist_state="session"`` under these keys; the
rest are values the app itself keeps, in the tab's `Visit`. A stranger's browser tab never sees
another's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from ui import visits

if TYPE_CHECKING:
    from engine.classifiers.prediction import Prediction
    from engine.generator.controls import Controls
    from engine.music.editing import History
    from engine.music.lead_sheet import LeadSheet
    from engine.project import Version
    from engine.serving.queues import Job

LYRIC = "lyric"
TITLE = "song_title"
GENRE_PAGE = "pages/genre.py"
CHORDS_PAGE = "pages/chords.py"
_PAGES = {"genre": GENRE_PAGE, "chords": CHORDS_PAGE}


# Widgets whose values a reload must not lose.
KEPT = (
    LYRIC,
    TITLE,
    "chords_key",
    "chords_genre",
    "chords_per_line",
    "chords_metre",
    "chords_complexity",
    "chords_form",
    "chords_writer",
    "chords_variety",
    "chords_borrowed",
    "chords_allow",
    "chords_progressions",
    "chords_cadences",
    "chords_alike",
    "chords_keys",
    "chords_tempo",
    "chords_temperature",
    "chords_seed",
    "chords_progression",
    "transpose",
    "capo",
    "chord_style",
    "instrument",
    "staff_view",
    "staff_size",
    "staff_repeats",
)
_BEGIN = "_begin"
_TITLED = "_titled"  # the words that a title came with
_MESSAGE = "_message"
_WORDS_TO_COME = "_words_to_come"


@dataclass(frozen=True)
class GenreAnswer:
    """What the genre models said of one lyric, which title it had, and when (UTC, ISO 8601)."""

    lyric: str
    predictions: tuple[Prediction, ...]
    warning: str | None = None
    title: str = ""
    asked: str = ""


@dataclass(frozen=True)
class Song:
    """A lead sheet on the Chords page, with where it came from.

    Attributes
    ----------
    lyric : str
        The words it was written for, as they stood in the box.
    source : str
        Who wrote it, for the screen.
    wishes : Controls or None
        What was asked for; None for a song that no model wrote.
    edited : bool
        Whether somebody has changed it since it was written.
    """

    sheet: LeadSheet
    lyric: str
    source: str
    wishes: Controls | None = None
    seconds: float | None = None
    warning: str | None = None
    edited: bool = False


def lyric() -> str:
    """What the user has typed, pasted or chosen; may be empty."""
    return str(st.session_state.get(LYRIC, "") or "")


def title() -> str:
    """The song's title; may be empty."""
    return str(st.session_state.get(TITLE, "") or "")


def title_of(text: str) -> str:
    """The title, if it is of these words: other words than it came with have none yet."""
    known: tuple[str, str] | None = st.session_state.get(_TITLED)
    if known is None or known[1] != title() or known[0].strip() == text.strip():
        return title()
    lines = {line.strip() for line in known[0].splitlines() if line.strip()[:1] not in ("", "[")}
    return title() if any(line.strip() in lines for line in text.splitlines()) else ""


def set_song(text: str, song_title: str = "") -> None:
    """Replace the lyric and title. Call it before their widgets are drawn, or in a callback."""
    st.session_state[LYRIC] = text
    st.session_state[TITLE] = song_title
    st.session_state[_TITLED] = (text, song_title)


def preset(**values: object) -> None:
    """Fill widgets that hold nothing yet. Their own default would quarrel with a value taken up."""
    for key, value in values.items():
        if key not in st.session_state:
            st.session_state[key] = value


def go(task: str) -> None:
    """Open the page of ``"genre"`` or ``"chords"`` and begin there at once."""
    st.session_state[_BEGIN] = task
    # No parameters: those of the page left behind belong to its widgets, and Streamlit would
    # refuse to clear them.
    st.switch_page(_PAGES[task], query_params={})


def begins(task: str) -> bool:
    """Whether the user came here by `go`; true once."""
    if st.session_state.get(_BEGIN) != task:
        return False
    del st.session_state[_BEGIN]
    return True


def genre_answer() -> GenreAnswer | None:
    """The last genre answer."""
    return visits.own().genre_answer


def keep_genre_answer(answer: GenreAnswer | None) -> None:
    """Remember a genre answer."""
    visits.own().genre_answer = answer


def song() -> Song | None:
    """The song with chords shown on the Chords page."""
    return visits.own().song


def history() -> History[Song] | None:
    """The songs of this visit as they followed each other, written or edited."""
    return visits.own().history


def keep_song(value: Song | None) -> None:
    """Show another song on the Chords page, as it is: no transposition or capo left over.

    The one before can be had back by undoing.
    """
    from engine.music.editing import History

    visit = visits.own()
    before = visit.history
    visit.history = value and (before.then(value) if before else History(value))
    if value is None or not value.edited:
        visit.desk = ""  # another song than the one that the browser keeps
    for name in ("transpose", "capo"):
        st.session_state.pop(name, None)


def keep_steps(past: tuple[Song, ...], future: tuple[Song, ...]) -> None:
    """Give the song shown what was before it, oldest first, and what was undone, nearest first."""
    from engine.music.editing import History

    visit = visits.own()
    if visit.history is not None:
        visit.history = History(visit.history.present, past, future)


def retitle(text: str) -> None:
    """Give the song shown another title, which is no step of its own."""
    visit = visits.own()
    if visit.history is not None:
        song = visit.history.present
        wishes = song.wishes and replace(song.wishes, title=text)
        retitled = replace(song, sheet=replace(song.sheet, title=text), wishes=wishes)
        visit.history = visit.history.with_present(retitled)


def edit(value: Song) -> None:
    """Take a song that was edited in the place of the one shown (in a callback)."""
    if before := visits.own().history:
        _go_to(before.then(value))


def undo() -> bool:
    """Go one song back (in a callback); whether there was one."""
    before = visits.own().history
    return before is not None and _go_to(before.undone())


def redo() -> bool:
    """Go one song forward again (in a callback); whether there was one."""
    before = visits.own().history
    return before is not None and _go_to(before.redone())


def _go_to(after: History[Song]) -> bool:
    """Show the present of a history; the lyric box follows if it told the words of the last.

    It follows with the next run of the whole page: where only a part of the page runs, Streamlit
    does not tell the browser of a box elsewhere, and would take its old text for the newer one.
    """
    visit = visits.own()
    before = visit.history
    visit.history = after
    told = st.session_state.get(_WORDS_TO_COME, lyric())
    if before and told.strip() == before.present.lyric.strip():
        st.session_state[_WORDS_TO_COME] = after.present.lyric
    return after is not before


def follow_song() -> None:
    """Fill the lyric box with the words of an edited song (before it is drawn)."""
    if (words := st.session_state.pop(_WORDS_TO_COME, None)) is not None:
        st.session_state[LYRIC] = words


def job() -> Job[Any] | None:
    """The chord generation under way, if any."""
    return visits.own().job


def keep_job(value: Job[Any] | None) -> None:
    """Remember the generation under way; one that it replaces is cancelled."""
    if (old := job()) is not None and old is not value:
        old.cancel()
    visits.own().job = value


def wishes() -> Controls | None:
    """What is wished on the Chords page; None as long as nobody has been there."""
    return visits.own().wishes


def keep_wishes(value: Controls) -> None:
    """Remember what is wished there."""
    visits.own().wishes = value


def versions() -> tuple[Version, ...]:
    """The songs put by under a name, oldest first."""
    return visits.own().versions


def keep_versions(value: tuple[Version, ...]) -> None:
    """Replace the songs put by."""
    visits.own().versions = value


def desk() -> str:
    """Which song of the browser's own storage this is; empty for none."""
    return visits.own().desk


def keep_desk(value: str) -> None:
    """Remember which song of the browser's own storage this is."""
    visits.own().desk = value


def owner() -> str:
    """Whose evaluations are this visit's own."""
    return visits.own().owner


def guests() -> set[str]:
    """The runs of the guests that this visit put on the Leaderboard."""
    return visits.own().guests


def uploads() -> set[str]:
    """Checksums (SHA-256) of the files that this visit had models measured on."""
    return visits.own().uploads


def open_song(value: Song) -> None:
    """Go to the Chords page with a finished song; what was being written there is cancelled."""
    keep_job(None)
    keep_song(value)
    st.switch_page(CHORDS_PAGE, query_params={})


def keep_message(text: str) -> None:
    """Leave a message for the next run of the script (callbacks draw nothing)."""
    st.session_state[_MESSAGE] = text


def taken_message() -> str | None:
    """The message left, once."""
    return st.session_state.pop(_MESSAGE, None)
