"""Wishes for those who know what they want: form, writer, chords, progressions, endings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from engine.errors import EngineError
from engine.generator.cadences import CADENCES
from engine.generator.controls import MOST_BORROWED, Controls
from engine.generator.instruments import INSTRUMENTS
from engine.generator.wishes import checked_cadence, named_wish
from engine.music.form.templates import TEMPLATES
from engine.music.key import Key
from ui import state
from ui.plain_text import show_error

FORM_NAMES = {
    "blues": "Twelve-bar blues",
    "8-bar-blues": "Eight-bar blues",
    "aaba": "AABA",
    "strophic": "Strophic: all stanzas alike",
    "verse-chorus": "Verse and chorus",
    "free": "Free",
}
_AS_WORDS = "As the words have it"
_FULL, _FAST = "Words and memory", "Memory alone (fast)"
_OWN = "own"  # what a section has that is like no other


def with_more(wishes: Controls) -> Controls:
    """Draw the wishes and add them to those above; one that cannot be is told and left out."""
    state.preset(chords_variety=Controls.variety, chords_borrowed=Controls.borrowed)
    form = st.selectbox(
        "Form",
        [_AS_WORDS, *TEMPLATES],
        format_func=lambda name: FORM_NAMES.get(str(name), str(name)),
        key="chords_form",
        persist_state="session",
        help="The words must have such stanzas: three or six lines for a twelve-bar blues, two or "
        "four for one of eight bars, four stanzas for an AABA.",
    )
    writer = st.segmented_control(
        "Who writes",
        [_FULL, _FAST],
        default=_FULL,
        required=True,
        key="chords_writer",
        persist_state="session",
        help="The language model reads the words; the memory knows many songs and this one so far. "
        "Without the language model chords come several times as fast and are about as good.",
    )
    with st.container(horizontal=True, key="chords_dials"):
        variety = st.slider(
            "Variety",
            0.0,
            1.0,
            step=0.1,
            key="chords_variety",
            persist_state="session",
            help="0 leans on what this song has done before, 1 on what songs in general do.",
        )
        borrowed = st.slider(
            "Chords from outside the key",
            0.0,
            float(MOST_BORROWED),
            step=0.5,
            key="chords_borrowed",
            persist_state="session",
            help="Times as many as songs have: 0 for none, 1 as usual.",
        )
    allow = _text(
        "Only these chords",
        "chords_allow",
        f"{', '.join(INSTRUMENTS)}, or C, G, Am, F",
        "Shapes that are easy on an instrument, or a list of your own.",
    )
    progressions = st.text_area(
        "Progressions",
        key="chords_progressions",
        persist_state="session",
        height=80,
        placeholder="verse = I V vi IV\nchorus = F G C Am",
        help="One a line: where, and which chords, as Roman numerals or by name. Where is verse, "
        "verse 2, chorus, line 5, lines 5-8, end or all; a semicolon parts the chords of lines.",
    )
    cadences = _text(
        "Endings",
        "chords_cadences",
        "verse = half; end = plagal",
        f"How a section comes to rest: {', '.join(CADENCES)}.",
    )
    alike = _text(
        "Sections alike",
        "chords_alike",
        f"verse 3 = verse 1; bridge = {_OWN}",
        f"Which section has the chords of an earlier one, or {_OWN} chords.",
    )
    keys = _text(
        "Sections in another key",
        "chords_keys",
        "chorus 3 = A",
        "Needs a key of the song; of the same mode.",
    )
    wishes = replace(
        wishes,
        form=None if form == _AS_WORDS else str(form),
        decoder=writer == _FULL,
        variety=float(variety),
        borrowed=float(borrowed),
        allow=tuple(_parts(allow.replace(",", ";"))),
    )
    wishes = _with(wishes, "progressions", progressions.splitlines(), "all")
    wishes = _with(wishes, "cadences", _parts(cadences), "end")
    wishes = _with(wishes, "alike", _parts(alike))
    return _with(wishes, "keys", _parts(keys))


def held(wishes: Controls) -> dict[str, Any]:
    """What the widgets hold of wishes, by their keys: the other way round than `with_more`."""
    return {
        "chords_form": wishes.form if wishes.form in TEMPLATES else _AS_WORDS,
        "chords_writer": _FULL if wishes.decoder else _FAST,
        "chords_variety": wishes.variety,
        "chords_borrowed": float(wishes.borrowed),
        "chords_allow": ", ".join(wishes.allow),
        "chords_progressions": "\n".join(
            f"{where} = {what}" for where, what in wishes.progressions
        ),
        "chords_cadences": "; ".join(f"{where} = {what}" for where, what in wishes.cadences),
        "chords_alike": "; ".join(f"{where} = {what or _OWN}" for where, what in wishes.alike),
        "chords_keys": "; ".join(f"{where} = {key.name}" for where, key in wishes.keys),
    }


def _text(label: str, key: str, placeholder: str, told: str) -> str:
    return st.text_input(
        label, key=key, persist_state="session", placeholder=placeholder, help=told, max_chars=400
    )


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _with(wishes: Controls, field: str, texts: Sequence[str], place: str = "") -> Controls:
    """The wishes and those of one field as they are typed."""
    try:
        named = [named_wish(text, place) for text in texts if text.strip()]
        values: list[Any] = [*named]
        if field == "keys":
            values = [(where, Key.parse(key)) for where, key in named]
        elif field == "cadences":
            values = [(where, checked_cadence(name.lower())) for where, name in named]
        elif field == "alike":
            values = [(where, "" if like.lower() == _OWN else like) for where, like in named]
        return replace(wishes, **{field: (*getattr(wishes, field), *values)})
    except EngineError as error:
        show_error(error)
        return wishes
