"""One song of the table: its words, its music, and the way to the other pages."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import streamlit as st

from engine.corpora.store import hits
from engine.corpora.store.music_text import tunes_in
from engine.corpora.store.schema import ABC
from engine.errors import EngineError
from engine.music.chord_names import with_accidentals
from ui import resources, state
from ui.explorer.answers.of_song import answers_of_song
from ui.explorer.map.alike import songs_like_this
from ui.explorer.opened import Source
from ui.lead_sheet_html import leadsheet_html
from ui.lyric_input import lyric_of
from ui.plain_text import plain, show_error

if TYPE_CHECKING:
    from engine.music.lead_sheet import LeadSheet

_MOST_TUNES = 3


def opened_song(chosen: Source, row: int, search: str = "", place: str = "") -> None:
    """One song: its words, its chords if it has them, and the way to both tasks.

    `place` names where on the page it is opened; the Songs tab needs no name.
    """
    song = chosen.store.song(row)
    sheet = _sheet(chosen, song)
    title = str(song["title"] or "Untitled")
    text = lyric_of(sheet) if sheet else str(song["lyrics"])
    st.subheader(plain(title), anchor=False)
    facts = [str(song[name]) for name in ("artist", "genre", "source") if song[name]]
    facts += [str(int(song["year"]))] if song["year"] is not None else []
    facts += [with_accidentals(str(song["key"]))] if song["key"] else []
    facts.append(f"{int(song['words']):,} words")
    st.caption(" · ".join(map(plain, facts)))
    if tags := [tag for tag in song["tags"] if tag != song["genre"]]:
        st.caption(plain(f"Tags: {', '.join(tags)}"))
    _ways(sheet, text, title, chosen, place)
    answers_of_song(chosen, row, text, title, place)
    if search:
        _hits(text, search, place)
    if song["notation"] == ABC:
        _tunes(text, place)
    with st.container(border=True, key=f"{place}song_words"):
        if sheet:
            st.html(leadsheet_html(sheet))
        elif text:
            st.text(text)
        else:
            st.caption("The data set has no words of this song.")
    if song["words"]:
        songs_like_this(chosen, row, place)


def _sheet(chosen: Source, song: dict[str, Any]) -> LeadSheet | None:
    """The song with its chords, if it has any."""
    if chosen.is_songbook:
        return resources.songbook()[int(song["row"])]
    if not song["sheet"]:
        return None
    from engine.formats import json_format

    try:
        return json_format.read(str(song["sheet"]).encode())
    except EngineError as error:
        show_error(error)
        return None


def _ways(sheet: LeadSheet | None, text: str, title: str, chosen: Source, place: str) -> None:
    with st.container(horizontal=True, key=f"{place}song_tasks"):
        genre = st.button(
            "Open in Genre",
            key=f"{place}song_genre",
            icon=":material/graphic_eq:",
            disabled=not text,
        )
        opened = sheet is not None and st.button(
            "Open in Chords", key=f"{place}song_open", icon=":material/music_note:"
        )
        write = st.button(
            "Write new chords" if sheet else "Open in Chords",
            key=f"{place}song_chords",
            icon=":material/piano:",
            disabled=not text,
        )
    if genre or write or opened:
        state.set_song(text, title)
    if genre:
        state.go("genre")
    if write:
        state.go("chords")
    if opened and sheet:
        source = "from the songbook" if chosen.is_songbook else f"from {chosen.name}"
        state.open_song(state.Song(sheet, text, source))


def _tunes(text: str, place: str) -> None:
    """The tunes in ABC notation that a text holds, engraved and played."""
    tunes = tunes_in(text)
    for number, tune in enumerate(tunes[:_MOST_TUNES]):
        try:
            engraved = resources.engraved_tune(tune.abc, 900)
        except EngineError as error:
            show_error(error)
            continue
        with st.container(key=f"{place}tune_{number}"):
            for page in engraved.pages:
                st.image(page, width="stretch", alt=f"Staff notation of {tune.title or 'the tune'}")
        key = f"{place}song_play_{number}"
        if st.button("Play it", key=key, icon=":material/play_arrow:"):
            st.audio(resources.tune_sound(engraved.midi), format="audio/wav", autoplay=True)
    if len(tunes) > _MOST_TUNES:
        st.caption(f"The first {_MOST_TUNES} of {len(tunes)} tunes are engraved.")


def _hits(text: str, search: str, place: str) -> None:
    """The lines in which the search stands."""
    found = hits(text, search)
    if found:
        lines = "".join(
            f"<div>{escape(before)}<mark>{escape(hit)}</mark>{escape(behind)}</div>"
            for before, hit, behind in found
        )
        with st.container(key=f"{place}song_hits"):
            st.html(f'<div class="ll-hits">{lines}</div>')
