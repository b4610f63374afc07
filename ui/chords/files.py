"""The song to take away: every format as a download, and text to copy."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from engine.formats import WRITTEN, extension, loses, mime, name
from ui import resources
from ui.lead_sheet_html import key_text

if TYPE_CHECKING:
    from engine.music.lead_sheet import LeadSheet


def show(sheet: LeadSheet) -> None:
    """One button for each format that can be written."""
    stem = file_name(sheet.title)
    with st.container(key="chords_take"):
        st.markdown("**Download as**")
        if sheet.capo:
            st.caption(
                f"ChordPro and text files hold the {key_text(sheet.shapes.key)} shapes and the "
                f"capo at fret {sheet.capo}; JSON holds what sounds and the capo; MusicXML and "
                "MIDI hold what sounds."
            )
    with st.container(horizontal=True, key="chords_downloads"):
        for format_name in WRITTEN:
            st.download_button(
                name(format_name),
                partial(resources.exported, sheet, format_name),
                stem + extension(format_name),
                mime(format_name),
                key=f"download_{format_name}",
                on_click="ignore",
                help=loses(format_name) or None,
            )


def show_text(sheet: LeadSheet) -> None:
    """Chords over words in a fixed-width font."""
    st.caption("Chords over words in a fixed-width font, as songbooks on the net have it.")
    st.code(resources.exported(sheet, "text").decode("utf-8"), language=None)


def file_name(title: str) -> str:
    """A file's name without its ending, from a title in any script."""
    kept = "".join(c if c.isalnum() and c.isascii() else "-" for c in title.lower())
    return "-".join(part for part in kept.split("-") if part) or "song"
