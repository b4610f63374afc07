"""The song with its chords: what it is, whether it still answers what is asked, and its views."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from engine.errors import EngineError
from engine.formats.export import Export
from engine.music.editing import without_locks
from ui import state
from ui.chords import asking, controls, editor, files, form, opening, shapes, sound, staff, versions
from ui.lead_sheet_html import CHORD_STYLES, key_text
from ui.plain_text import plain, show_error

if TYPE_CHECKING:
    from engine.generator.controls import Controls
    from engine.music.lead_sheet import LeadSheet


def show(song: state.Song, text: str, wishes: Controls) -> None:
    """Draw the song with its view controls; they change what is shown, never write anew.

    `text` and `wishes` are what stands above now.
    """
    changed = changes(song, text, wishes)
    if song.wishes and not changed:
        song = replace(song, sheet=_named(song.sheet, wishes))
    sheet = song.sheet
    with st.container(
        horizontal=True,
        horizontal_alignment="distribute",
        vertical_alignment="center",
        key="chords_head",
    ):
        st.header(plain(sheet.title) or "Untitled", anchor=False, width="content")
        with st.container(horizontal=True, width="content", key="chords_next"):
            if st.button(
                "What genre is this?",
                key="chords_genre_of",
                icon=":material/graphic_eq:",
                help="Opens the Genre page with these words",
            ):
                state.go("genre")
            again = st.button(
                "Another version",
                key="chords_again",
                icon=":material/casino:",
                on_click=controls.next_seed,
                help="The words and wishes as they stand now, with the next seed",
            )
    # In a box that is always there: what comes and goes above the sheet would have it mounted anew.
    with st.container(key="chords_said"):
        opening.say()
        if song.warning:
            st.warning(plain(song.warning), icon=":material/translate:")
        if changed:
            again = _say_changed(changed) or again
    if again:
        asking.begin(text, wishes)
    _views(song)


def changes(song: state.Song, text: str, wishes: Controls) -> str:
    """What has changed since the chords were written: "words", "wishes", both, or nothing."""
    what: list[str] = []
    if text.strip() != song.lyric.strip():
        what.append("words")
    if song.wishes is not None and _heard(wishes) != _heard(song.wishes):
        what.append("wishes")
    return " and ".join(what)


def _heard(wishes: Controls) -> Controls:
    """What the model hears of the wishes; title and tempo are only written on the sheet."""
    return replace(wishes, title="", tempo=None)


def _named(sheet: LeadSheet, wishes: Controls) -> LeadSheet:
    """The sheet with the title and tempo as they are wished now."""
    return replace(sheet, title=wishes.title, tempo=wishes.tempo or sheet.tempo)


def _say_changed(changed: str) -> bool:
    """Mark the chords as an answer to something else; give whether to write again."""
    with st.container(
        border=True,
        horizontal=True,
        horizontal_alignment="distribute",
        vertical_alignment="center",
        key="chords_changed",
    ):
        st.markdown(f"**These chords were written for other {changed}.**", width="content")
        if state.job() is not None:
            st.markdown("New ones are on their way.", width="content")
            return False
        return st.button(
            "Write again", key="chords_rewrite", type="primary", icon=":material/piano:"
        )


def _views(song: state.Song) -> None:
    with st.container(key="chords_view"):
        heard = st.container(key="chords_sound")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            steps, fret, style = _view_controls()
    try:
        sounding = replace(song.sheet.transpose(steps), capo=fret)
        shown = sounding.shapes
        music = without_locks(sounding)
        export = Export(names=style.lower(), parts=staff.parts())
    except EngineError as error:
        show_error(error)
        return
    if fret:
        st.markdown(
            f"Sounds in {key_text(sounding.key)}; play {key_text(shown.key)} shapes with capo "
            f"{fret}."
        )
    st.caption(_facts(song, sounding))
    lead, notes, fingers, plan, text, kept = st.tabs(
        ["Lead sheet", "Staff", "Chord shapes", "Form", "Text", "Versions"],
        key="chords_tab",
        on_change="rerun",
    )
    with lead:
        if lead.open:
            editor.show(style, steps, fret)
    with notes:
        if notes.open:
            staff.show(music)
    with fingers:
        if fingers.open:
            shapes.show(shown)
    with plan:
        if plan.open:
            form.show(song)
    with text:
        if text.open:
            files.show_text(music, export)
    with kept:
        if kept.open:
            versions.show(song, style)
    files.show(music, export)
    with heard:  # drawn last: an edit is on screen before the song is played anew
        sound.show(music, shown, style)


def _view_controls() -> tuple[int, int, str]:
    state.preset(transpose=0, capo=0, chord_style=CHORD_STYLES[0])
    steps = st.number_input(
        "Transpose (semitones)", -11, 11, key="transpose", persist_state="session", width=160
    )
    fret = st.number_input(
        "Capo (fret)",
        0,
        11,
        key="capo",
        persist_state="session",
        width=130,
        help="Shows the shapes to finger with a capo, here and in text files; the sound stays.",
    )
    style = st.segmented_control(
        "Show chords as",
        CHORD_STYLES,
        required=True,
        key="chord_style",
        persist_state="session",
    )
    return int(steps), int(fret), str(style)


def _facts(song: state.Song, sounding: LeadSheet) -> str:
    facts = [key_text(sounding.key), sounding.time_signature, f"{sounding.tempo} bpm"]
    if sounding.genre:
        facts.append(sounding.genre)
    facts.append(song.source)
    if song.seconds is not None:
        facts.append(f"{song.seconds:.1f} s")
    return " · ".join(map(plain, facts))
