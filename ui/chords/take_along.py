"""The chart for the clipboard, and the MIDI file to drag out of the page."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

import streamlit as st

from ui import resources
from ui.components import component

if TYPE_CHECKING:
    from engine.formats.export import Export
    from engine.music.lead_sheet import LeadSheet

_KEY = "take_along"
_WANTED = "_midi_wanted"  # (song, export) whose MIDI file is to be dragged


def show(sheet: LeadSheet, export: Export, name: str) -> None:
    """Draw "Copy chart" and the MIDI file; the latter is made once somebody reaches for it.

    Parameters
    ----------
    name : str
        Of the MIDI file.
    """
    midi = ""
    if st.session_state.get(_WANTED) == (sheet, export):
        midi = b64encode(resources.exported(sheet, "midi", export)).decode()
    chart = resources.exported(sheet, "text", export).decode("utf-8")

    def want() -> None:
        st.session_state[_WANTED] = (sheet, export)

    component("take_along")(
        key=_KEY, data={"chart": chart, "midi": midi, "name": name}, on_wanted_change=want
    )
