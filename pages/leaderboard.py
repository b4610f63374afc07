from __future__ import annotations

import streamlit as st

from ui import navigation
from ui.leaderboard import choice, evaluation_panel, guest_panel, standings, views

navigation.through_home()
st.title("Leaderboard", anchor=False)
st.markdown(
    "How often the models are right, on songs by artists they never saw, beside baselines that "
    "anyone can build. Numbers are compared only where songs and definition are the same."
)

evaluation_panel.under_way()
standings.problems()
chosen = choice.choice()
if chosen is not None:
    board = standings.standings(chosen)
    if board is not None:
        views.show(board, chosen)
    choice.link()
st.divider()
evaluation_panel.panel(chosen)
if chosen is not None:
    guest_panel.panel(chosen)
