"""The chords played."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from engine.errors import EngineError
from ui import resources
from ui.plain_text import show_error

if TYPE_CHECKING:
    from engine.music.lead_sheet import LeadSheet


def show(sheet: LeadSheet) -> None:
    """A player with the song as it sounds."""
    try:
        st.audio(
            resources.sound(sheet),
            format="audio/wav",
            alt=f"{sheet.title or 'The song'}, its chords played",
        )
    except EngineError as error:
        show_error(error)
