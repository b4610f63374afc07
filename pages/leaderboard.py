from __future__ import annotations

import streamlit as st

from ui import leaderboard_view

st.title("Leaderboard", anchor=False)
leaderboard_view.board()
