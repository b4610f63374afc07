"""Entry point of the app: `streamlit run Home.py`."""

from __future__ import annotations

import streamlit as st

from ui import home, theme


def main() -> None:
    """Set the app up and run the page that the address names."""
    theme.set_up()
    page = st.navigation(
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
    page.run()


main()
