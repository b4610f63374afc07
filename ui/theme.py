"""Page setup and the few rules of style that Streamlit's theme options do not reach."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_STYLE = Path(__file__).with_name("style.css")


def set_up() -> None:
    """Name the app in the browser's tab and load the style; once, in ``Home.py``."""
    st.set_page_config(page_title="Lyric Lab", page_icon=":material/music_note:", layout="wide")
    st.html(_STYLE)
