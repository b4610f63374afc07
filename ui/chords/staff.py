"""The song as staff notation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from engine.errors import EngineError
from ui import resources, state
from ui.plain_text import show_error

if TYPE_CHECKING:
    from engine.music.lead_sheet import LeadSheet

_VIEWS = {"Lead sheet": "lead", "With piano": "full", "Slash chart": "slash"}
# Where it is shown, how wide a picture, and how tall a page (None: all in one), in pixels.
_ENGRAVINGS = (("staff_wide", 1000, None), ("staff_narrow", 460, None), ("staff_paper", 1000, 1320))
_SIZES = (50, 200)  # per cent
_VIEW = "staff_view"


def parts() -> str:
    """What the staff shows, here and in files: words, the piano too, or slashes alone."""
    return _VIEWS[str(st.session_state.get(_VIEW) or next(iter(_VIEWS)))]


def show(sheet: LeadSheet) -> None:
    """Engravings for a wide and a narrow window and for paper; the style sheet shows one."""
    size, repeats = _controls()
    try:
        for name, width, height in _ENGRAVINGS:
            with st.container(key=name):
                pages = resources.staff(sheet, width, parts(), height, size, repeats=repeats)
                for number, page in enumerate(pages, 1):
                    st.image(
                        page,
                        width="stretch",
                        alt=f"Staff notation of {sheet.title or 'the song'}, page {number}",
                    )
    except EngineError as error:
        show_error(error)


def _controls() -> tuple[int, bool]:
    """Draw the controls; how large the staff is, in per cent, and whether it has repeats."""
    state.preset(staff_view=next(iter(_VIEWS)), staff_size=100, staff_repeats=True)
    with st.container(horizontal=True, vertical_alignment="bottom", key="staff_controls"):
        st.segmented_control(
            "Staff",
            list(_VIEWS),
            required=True,
            key=_VIEW,
            persist_state="session",
            help="A slash chart has chords over beats, for players who do not sing.",
        )
        size = st.slider(
            "Size",
            *_SIZES,
            step=10,
            format="%d%%",
            key="staff_size",
            persist_state="session",
            width=220,
            help="The music is broken anew, so that no line leaves the page; print takes it too.",
        )
        repeats = st.toggle(
            "Repeats",
            key="staff_repeats",
            persist_state="session",
            help="Sections that return with the same chords are printed once, with repeat signs, "
            "endings and numbered verses. Files for other programs are written out in full.",
        )
    return int(size), repeats
