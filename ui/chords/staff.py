"""The song as staff notation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from engine.errors import EngineError
from ui import resources
from ui.plain_text import show_error

if TYPE_CHECKING:
    from engine.music.lead_sheet import LeadSheet

_WIDE, _NARROW = 1000, 460


def show(sheet: LeadSheet) -> None:
    """Two engravings; the style sheet shows the one that fits the window."""
    piano = st.toggle("Piano part", key="piano_part", persist_state="session")
    parts = "full" if piano else "lead"
    try:
        for name, width in (("staff_wide", _WIDE), ("staff_narrow", _NARROW)):
            with st.container(key=name):
                for number, page in enumerate(resources.staff(sheet, width, parts), 1):
                    st.image(
                        page,
                        width="stretch",
                        alt=f"Staff notation of {sheet.title or 'the song'}, page {number}",
                    )
    except EngineError as error:
        show_error(error)
