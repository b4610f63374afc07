"""The song as staff notation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from engine.errors import EngineError
from ui import resources
from ui.plain_text import show_error

if TYPE_CHECKING:
    from engine.music.lead_sheet import LeadSheet

# Where it is shown, how wide a picture, and how tall a page (None: all in one), in pixels.
_ENGRAVINGS = (("staff_wide", 1000, None), ("staff_narrow", 460, None), ("staff_paper", 1000, 1200))


def show(sheet: LeadSheet) -> None:
    """Engravings for a wide and a narrow window and for paper; the style sheet shows one."""
    piano = st.toggle("Piano part", key="piano_part", persist_state="session")
    parts = "full" if piano else "lead"
    try:
        for name, width, height in _ENGRAVINGS:
            with st.container(key=name):
                for number, page in enumerate(resources.staff(sheet, width, parts, height), 1):
                    st.image(
                        page,
                        width="stretch",
                        alt=f"Staff notation of {sheet.title or 'the song'}, page {number}",
                    )
    except EngineError as error:
        show_error(error)
