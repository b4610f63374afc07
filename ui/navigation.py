"""The menu, and the door that every page is entered by.

What it imports at once is little: a visitor of a server that has just begun sees menu and title
while the rest is imported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from engine import log
from ui import home, state, theme, visits

if TYPE_CHECKING:
    from streamlit.navigation.page import Page

_ENTERED = "_entered_through_home"


def menu() -> Page:
    """Tell Streamlit the pages; give the one that the address names."""
    return st.navigation(
        {
            "": [st.Page(home.page, title="Home", icon=":material/home:", default=True)],
            "Make": [
                st.Page("pages/genre.py", title="Genre", icon=":material/graphic_eq:"),
                st.Page("pages/chords.py", title="Chords", icon=":material/piano:"),
            ],
            "Study": [
                st.Page("pages/explorer.py", title="Explorer", icon=":material/travel_explore:"),
                st.Page("pages/leaderboard.py", title="Leaderboard", icon=":material/leaderboard:"),
                st.Page("pages/models.py", title="Models", icon=":material/model_training:"),
            ],
        },
        expanded=True,
    )


def enter() -> Page:
    """Open the app by ``Home.py``: the page to run."""
    log.set_up()
    theme.set_up()
    page = menu()
    theme.name_tab(page.title)
    state.follow_song()
    visits.follow(state.KEPT, state.LYRIC, _restored)
    st.session_state[_ENTERED] = True
    return page


def run(page: Page) -> None:
    """Run a page, then have the browser keep what stands on it."""
    page.run()
    from ui import desk

    desk.keep()


def _restored(kept: dict[str, Any]) -> bool:
    from ui import work

    return work.restore(kept)


def through_home() -> None:
    """Send a visitor who came to a page by its address through ``Home.py``.

    Until a first script has called ``st.navigation``, Streamlit takes every file of ``pages/`` for
    an app of its own and runs it without ``Home.py``: no theme, no menu of ours.
    """
    if _ENTERED not in st.session_state:
        theme.set_up()
        menu()
        st.rerun()
