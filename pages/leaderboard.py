from __future__ import annotations

import streamlit as st

from ui import leaderboard_view, navigation

navigation.through_home()
st.title("Leaderboard", anchor=False)
st.markdown(
    "How often the models are right, on songs by artists they never saw, beside baselines that "
    "anyone can build. Numbers are compared only where songs and definition are the same."
)

leaderboard_view.problems()
chosen = leaderboard_view.choice()
if chosen is not None:
    leaderboard_view.show(chosen)
