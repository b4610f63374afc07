"""The plan of a song: which sections have one music, and what each line follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from engine.errors import EngineError
from engine.generator.wishes import wished_form
from engine.music.form import COPY, VARY
from engine.music.form.templates import form_of
from ui.chords.wishes import FORM_NAMES
from ui.plain_text import plain, show_error

if TYPE_CHECKING:
    from engine.music.form import Form, Part
    from ui import state


def show(song: state.Song) -> None:
    """Draw the plan as a table, a row for each section."""
    lines, wishes = song.sheet.lines, song.wishes
    try:
        form = wished_form(lines, wishes) if wishes else form_of(lines, None, song.sheet.genre)
    except EngineError as error:  # edited words may not fit the wishes
        show_error(error)
        return
    st.markdown(f"**{plain(FORM_NAMES.get(form.template or 'free', 'Free'))}**: {form.letters}")
    st.dataframe(
        [
            {
                "Section": part.name,
                "Music": part.letter,
                "Lines": len(part.lines),
                "Chords": _told(form, part),
                "Begins": lines[part.start].text,
            }
            for part in form.parts
        ],
        hide_index=True,
    )
    st.caption(
        "Sections of one letter share their chords. Another form, sections alike or on their own, "
        "are among the wishes above; then write again."
    )


def _told(form: Form, part: Part) -> str:
    """What the lines of a part follow, in a few words."""
    plans = [form.lines[line] for line in part.lines]
    sources = [plan.source for plan in plans if plan.source is not None]
    outside = sorted({form.part_of(source) for source in sources if source < part.start})
    within = any(source >= part.start for source in sources)
    names = " and ".join(_name(form, number) for number in outside)
    if not names:
        return "new, some lines alike" if within else "new"
    if all(plan.plan == COPY for plan in plans):
        return f"as {names}"
    ends = plans[-1].plan == VARY and all(plan.plan == COPY for plan in plans[:-1])
    return f"as {names}, with an ending of its own" if ends else f"partly as {names}"


def _name(form: Form, number: int) -> str:
    """A part's name, told apart from others of the same name by its place."""
    part = form.parts[number]
    alike = [n for n, one in enumerate(form.parts) if one.name == part.name]
    return part.name if len(alike) == 1 else f"{part.name} (section {number + 1})"
