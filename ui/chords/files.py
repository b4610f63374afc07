"""The song to take away: every format as a download, and text to copy."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from engine.formats import extension, loses, mime, name, options
from ui import resources
from ui.chords import take_along
from ui.lead_sheet_html import key_text

if TYPE_CHECKING:
    from engine.formats.export import Export
    from engine.music.lead_sheet import LeadSheet

GROUPS = (
    ("To read and print", ("pdf", "staff-pdf", "text", "chordpro")),
    ("For notation and practice", ("musicxml", "mxl", "ireal")),
    ("For recording programs", ("midi", "dawproject", "reaper")),
    ("To listen to", ("mp3", "ogg", "wav")),
    ("Pictures of the staff", ("svg", "png")),
    ("To keep", ("json",)),
)
_HOLDS_ALL = "It holds all of the song, and can be opened here again."
_NAMES = {"roman": "Roman numerals", "nashville": "Nashville numbers"}


def show(sheet: LeadSheet, export: Export) -> None:
    """Draw a button for each format that can be written, and what that format cannot hold."""
    with st.container(key="chords_take"):
        _files(sheet, export)


@st.fragment
def _files(sheet: LeadSheet, export: Export) -> None:
    stem = file_name(sheet.title)
    st.subheader("Take it along", anchor=False)
    if said := carried(sheet, export):
        st.caption(said)
    take_along.show(sheet, export, stem + extension("midi"))
    large = st.toggle(
        "Large print in PDF files", key="large_print", persist_state="session", width="content"
    )
    export = replace(export, large_print=large)
    with st.container(horizontal=True, key="chords_downloads"):
        for number, (title, formats) in enumerate(GROUPS):
            with st.container(key=f"take_group_{number}"):
                st.markdown(f"**{title}**")
                for format_name in formats:
                    _file(sheet, export, format_name, stem)


def _file(sheet: LeadSheet, export: Export, format_name: str, stem: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"take_{format_name}"):
        st.download_button(
            name(format_name),
            partial(resources.exported, sheet, format_name, export),
            stem + extension(format_name),
            mime(format_name),
            key=f"download_{format_name}",
            on_click="ignore",
            width=190,
        )
        st.caption(loses(format_name) or _HOLDS_ALL)


def carried(sheet: LeadSheet, export: Export) -> str:
    """How capo and names of chords, as they are set above, reach the files."""
    said: list[str] = []
    if sheet.capo:
        said.append(
            f"ChordPro, plain text and the chord sheet have the {key_text(sheet.shapes.key)} "
            f"shapes for the capo at fret {sheet.capo}; the other files have what sounds."
        )
    if export.names in _NAMES:
        formats = [format_name for _, group in GROUPS for format_name in group]
        named = [name(format_name) for format_name in formats if "names" in options(format_name)]
        said.append(
            f"{_NAMES[export.names]} stand in: {', '.join(named)}. The other files have chord "
            "symbols."
        )
    return " ".join(said)


def show_text(sheet: LeadSheet, export: Export) -> None:
    """Chords over words in a fixed-width font."""
    st.caption("Chords over words in a fixed-width font, as songbooks on the net have it.")
    st.code(resources.exported(sheet, "text", export).decode("utf-8"), language=None)


def file_name(title: str) -> str:
    """A file's name without its ending, from a title in any script."""
    kept = "".join(c if c.isalnum() and c.isascii() else "-" for c in title.lower())
    return "-".join(part for part in kept.split("-") if part) or "song"
