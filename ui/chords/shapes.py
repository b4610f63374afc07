"""How to finger the chords of a song."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui import resources, state
from ui.plain_text import plain

if TYPE_CHECKING:
    from engine.music.lead_sheet import LeadSheet

_INSTRUMENTS = ("Guitar", "Ukulele", "Piano")


def show(sheet: LeadSheet) -> None:
    """One picture for each chord of the song, in the order in which they come."""
    state.preset(instrument=_INSTRUMENTS[0])
    instrument = st.segmented_control(
        "Instrument",
        _INSTRUMENTS,
        required=True,
        key="instrument",
        persist_state="session",
    )
    symbols = {chord.label: chord.symbol for chord in sheet.chords if not chord.is_no_chord}
    unknown: list[str] = []
    with st.container(horizontal=True, key="shapes"):
        for number, (label, symbol) in enumerate(symbols.items()):
            svg = resources.diagram(label, str(instrument).lower())
            if svg is None:
                unknown.append(symbol)
            else:
                with st.container(width="content", key=f"shape_{number}"):
                    st.image(svg, alt=f"{symbol} on {str(instrument).lower()}")
    if unknown:
        st.caption(f"No shape is known for {plain(', '.join(unknown))}.")
