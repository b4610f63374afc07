"""Chord generation under way, and the song it gives: lead sheet, staff, sound, shapes, files."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from engine.errors import CancelledError, EngineError
from engine.lyrics import language_warning
from ui import resources, state
from ui.lead_sheet_html import CHORD_STYLES, leadsheet_html
from ui.lyric_input import parsed
from ui.plain_text import plain, show_error

if TYPE_CHECKING:
    from engine.generator.controls import Controls
    from engine.music.lead_sheet import LeadSheet
    from ui.queues import Job

_POLL_SECONDS = 0.6
_WIDE, _NARROW = 1000, 460
_INSTRUMENTS = ("Guitar", "Ukulele", "Piano")
_FORMATS = (
    ("musicxml", "MusicXML", ":material/music_note:"),
    ("mxl", "MusicXML, compressed", ":material/folder_zip:"),
    ("midi", "MIDI", ":material/piano:"),
    ("chordpro", "ChordPro", ":material/lyrics:"),
    ("text", "Plain text", ":material/notes:"),
    ("json", "JSON", ":material/data_object:"),
)


def begin(text: str, controls: Controls) -> None:
    """Send the lyric to the generator's queue; the page then shows how far it is."""
    lyrics = parsed(text)
    if lyrics is None:
        return
    try:
        with st.spinner(resources.loading_message(resources.GENERATOR)):
            model = resources.generator()

        def task(job: Job[state.Song]) -> state.Song:
            sheet = model.generate(lyrics, controls, progress=job.report, cancelled=job.cancelled)
            source = f"{resources.model_title(model.name)} on {model.base}, seed {controls.seed}"
            return state.Song(sheet, text, source, job.seconds, language_warning(lyrics))

        queue = resources.queue(resources.GENERATOR)
        state.keep_job(queue.submit("Writing chords", task))
    except EngineError as error:
        show_error(error)


def show_progress() -> None:
    """While a song is being written: a bar per line and Cancel; afterwards the song or why not."""
    job = state.job()
    if job is None:
        return
    if not job.finished:
        st.fragment(_progress, run_every=_POLL_SECONDS)()
        return
    state.keep_job(None)
    try:
        state.keep_song(job.result())
    except CancelledError:
        st.info("Cancelled; nothing was changed.", icon=":material/cancel:")
    except EngineError as error:
        show_error(error)


def _progress() -> None:
    job = state.job()
    if job is None:  # a poll that was already under way when the song came
        return
    if job.finished:
        st.rerun(scope="app")
    with st.container(horizontal=True, vertical_alignment="bottom", key="chords_progress"):
        if not job.started:
            ahead = job.ahead
            others = "1 song is" if ahead == 1 else f"{ahead} songs are"
            st.progress(0.0, text=f"Waiting: {others} being written before yours")
        elif not job.steps:
            st.progress(0.0, text="Reading the lyric")
        else:
            st.progress(min(job.step / job.steps, 1.0), text=f"Line {job.step} of {job.steps}")
        st.button("Cancel", key="chords_cancel", icon=":material/cancel:", on_click=job.cancel)


def show(song: state.Song) -> None:
    """Draw the song with its view controls; they change what is shown, never regenerate."""
    st.divider()
    sheet = song.sheet
    st.header(plain(sheet.title) or "Untitled", anchor=False)
    if song.warning:
        st.warning(plain(song.warning), icon=":material/translate:")
    steps, fret, style = _view_controls()
    try:
        sounding = sheet.transpose(steps)
        shown = sounding.capo(fret)
    except EngineError as error:
        show_error(error)
        return
    st.caption(_facts(song, sounding, shown, fret))
    _audio(sounding)
    lead, staff, shapes, text = st.tabs(
        ["Lead sheet", "Staff", "Chord shapes", "Text"], key="chords_tab", on_change="rerun"
    )
    with lead:
        if lead.open:
            st.html(leadsheet_html(shown, style))
    with staff:
        if staff.open:
            _staff(sounding)
    with shapes:
        if shapes.open:
            _shapes(shown)
    with text:
        if text.open:
            _text(shown)
    _downloads(sounding)


def _view_controls() -> tuple[int, int, str]:
    with st.container(horizontal=True, vertical_alignment="bottom", key="chords_view"):
        steps = st.number_input(
            "Transpose (semitones)", -11, 11, 0, key="transpose", persist_state="session", width=180
        )
        fret = st.number_input(
            "Capo (fret)",
            0,
            11,
            0,
            key="capo",
            persist_state="session",
            width=140,
            help="Shows the shapes to finger with a capo; the sound and the files stay.",
        )
        style = st.segmented_control(
            "Show chords as",
            CHORD_STYLES,
            default=CHORD_STYLES[0],
            required=True,
            key="chord_style",
            persist_state="session",
        )
    return int(steps), int(fret), str(style)


def _facts(song: state.Song, sounding: LeadSheet, shown: LeadSheet, fret: int) -> str:
    facts = [sounding.key.name, sounding.time_signature, f"{sounding.tempo} bpm"]
    if sounding.genre:
        facts.append(sounding.genre)
    if fret:
        facts.append(f"capo {fret}: play {shown.key.name} shapes")
    facts.append(song.source)
    if song.seconds is not None:
        facts.append(f"{song.seconds:.1f} s")
    return " · ".join(map(plain, facts))


def _audio(sheet: LeadSheet) -> None:
    try:
        st.audio(
            resources.sound(sheet),
            format="audio/wav",
            alt=f"{sheet.title or 'The song'}, its chords played",
        )
    except EngineError as error:
        show_error(error)


def _staff(sheet: LeadSheet) -> None:
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


def _shapes(sheet: LeadSheet) -> None:
    instrument = st.segmented_control(
        "Instrument",
        _INSTRUMENTS,
        default=_INSTRUMENTS[0],
        required=True,
        key="instrument",
        persist_state="session",
    )
    labels = list(dict.fromkeys(chord.label for chord in sheet.chords if not chord.is_no_chord))
    symbols = {chord.label: chord.symbol for chord in sheet.chords}
    unknown: list[str] = []
    with st.container(horizontal=True, key="shapes"):
        for label in labels:
            svg = resources.diagram(label, str(instrument).lower())
            if svg is None:
                unknown.append(symbols[label])
            else:
                with st.container(width="content", key=f"shape_{labels.index(label)}"):
                    st.image(svg, alt=f"{symbols[label]} on {str(instrument).lower()}")
    if unknown:
        st.caption(f"No shape is known for {plain(', '.join(unknown))}.")


def _text(sheet: LeadSheet) -> None:
    st.caption("Chords over words in a fixed-width font, as songbooks on the net have it.")
    st.code(resources.exported(sheet, "text").decode("utf-8"), language=None)


def _downloads(sheet: LeadSheet) -> None:
    from engine.formats import extension, mime

    name = _file_name(sheet.title)
    st.markdown("**Download**")
    with st.container(horizontal=True, key="chords_downloads"):
        for format_name, label, icon in _FORMATS:
            st.download_button(
                label,
                partial(resources.exported, sheet, format_name),
                name + extension(format_name),
                mime(format_name),
                key=f"download_{format_name}",
                icon=icon,
                on_click="ignore",
            )


def _file_name(title: str) -> str:
    kept: Sequence[str] = [c if c.isalnum() and c.isascii() else "-" for c in title.lower()]
    return "-".join(part for part in "".join(kept).split("-") if part) or "song"
