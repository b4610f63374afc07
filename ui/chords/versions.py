"""Versions of this visit: put one by under a name, compare two, return to one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import streamlit as st

from engine.errors import InputError
from engine.music.editing import line_changes
from engine.project import MAX_VERSIONS, Version
from ui import state, work
from ui.chords.comparison_html import comparison_html
from ui.lead_sheet_html import key_text
from ui.plain_text import plain

if TYPE_CHECKING:
    from engine.music.lead_sheet import LeadSheet

_NAME = "version_name"
_NOW = -1  # the song as it stands, beside the numbers of the versions


def show(song: state.Song, style: str) -> None:
    """Draw the versions kept, and what changed between two of them."""
    with st.form("version_form", border=False, clear_on_submit=True):
        st.text_input(
            "Name of this version",
            key=_NAME,
            placeholder=_usual_name(),
            max_chars=120,
        )
        st.form_submit_button("Keep this version", icon=":material/bookmark_add:", on_click=_keep)
    kept = state.versions()
    if not kept:
        st.caption("No version is kept yet. Keep one before you try something bold.")
        return
    for number, version in enumerate(kept):
        _row(number, version, song)
    _compare(song, style)


def _row(number: int, version: Version, song: state.Song) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"version_{number}"):
        same = version.take.sheet == song.sheet
        facts = f"{key_text(version.take.sheet.key)}, {len(version.take.sheet.chords)} chords"
        told = f"**{plain(version.name)}** · {facts}"
        st.markdown(told + (" · as the song is now" if same else ""), width="stretch")
        st.button(
            "Return to it",
            key=f"version_return_{number}",
            on_click=_return_to,
            args=(version,),
            disabled=same,
            help="The song as it is now can be had back by Undo",
        )
        st.button("Forget it", key=f"version_forget_{number}", on_click=_forget, args=(number,))


def _compare(song: state.Song, style: str) -> None:
    kept = state.versions()
    names = {_NOW: "the song as it is now"} | {n: one.name for n, one in enumerate(kept)}
    st.markdown("**What changed**")
    for key, usual in (("version_before", len(kept) - 1), ("version_after", _NOW)):
        if st.session_state.get(key) not in names:
            st.session_state[key] = usual
    with st.container(horizontal=True, key="version_choice"):
        before = st.selectbox(
            "From", list(names), format_func=lambda n: names[n], key="version_before"
        )
        after = st.selectbox("To", list(names), format_func=lambda n: names[n], key="version_after")
    pair = _sheet(before, song), _sheet(after, song)
    changes = line_changes(*pair)
    count = sum(not change.is_same for change in changes)
    facts = _facts_changed(*pair)
    lines = {0: "No line differs", 1: "1 line differs"}.get(count, f"{count} lines differ")
    st.caption(f"{lines}{facts}. Struck through: what went. Underlined: what came.")
    st.html(comparison_html(changes, (pair[0].key, pair[1].key), style))


def _facts_changed(before: LeadSheet, after: LeadSheet) -> str:
    found = [
        f"{name}: {old} before, {new} after"
        for name, old, new in (
            ("key", key_text(before.key), key_text(after.key)),
            ("tempo", before.tempo, after.tempo),
            ("metre", before.time_signature, after.time_signature),
        )
        if old != new
    ]
    return "; " + "; ".join(found) if found else ""


def _sheet(number: int, song: state.Song) -> LeadSheet:
    return song.sheet if number == _NOW else state.versions()[number].take.sheet


def _usual_name() -> str:
    return f"Version {len(state.versions()) + 1}"


def _keep() -> None:
    song = state.song()
    if song is None:
        return
    kept = state.versions()
    if len(kept) >= MAX_VERSIONS:
        state.keep_message(f"{MAX_VERSIONS} versions are kept already; forget one to keep another.")
        return
    name = str(st.session_state.get(_NAME) or "").strip() or _usual_name()
    when = datetime.now(UTC).isoformat(timespec="seconds")
    try:
        state.keep_versions((*kept, Version(name, when, work.take_of(song))))
    except InputError as error:
        state.keep_message(str(error))


def _return_to(version: Version) -> None:
    state.edit(replace(work.song_of(version.take), edited=True))


def _forget(number: int) -> None:
    kept = state.versions()
    state.keep_versions((*kept[:number], *kept[number + 1 :]))
