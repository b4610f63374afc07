"""One song of the table: its words, and the way to the models."""

from __future__ import annotations

import streamlit as st

from ui import resources, state
from ui.explorer.source import Source
from ui.lead_sheet_html import leadsheet_html
from ui.lyric_input import lyric_of
from ui.plain_text import plain


def opened_song(chosen: Source, index: int) -> None:
    """One song: its words, its chords if it has them, and the way to both tasks."""
    row = chosen.songs.loc[index]
    sheet = resources.songbook()[index] if chosen.read is None else None
    title = str(row["title"] or "Untitled")
    text = lyric_of(sheet) if sheet else str(row["lyrics"])
    st.subheader(plain(title), anchor=False)
    facts = [str(row[name]) for name in ("artist", "genre") if row[name]]
    if str(row["year"]) != "<NA>":
        facts.append(str(row["year"]))
    facts.append(f"{int(row['words']):,} words")
    st.caption(" · ".join(map(plain, facts)))
    with st.container(horizontal=True, key="song_tasks"):
        genre = st.button("Tell its genre", key="song_genre", icon=":material/graphic_eq:")
        write = st.button("Write new chords", key="song_chords", icon=":material/piano:")
        opened = sheet is not None and st.button(
            "Open with its own chords", key="song_open", icon=":material/music_note:"
        )
    if genre or write or opened:
        state.set_song(text, title)
    if genre:
        state.go("genre")
    if write:
        state.go("chords")
    if opened and sheet:
        state.open_song(state.Song(sheet, text, "from the songbook"))
    with st.container(border=True, key="song_words"):
        if sheet:
            st.html(leadsheet_html(sheet))
        else:
            st.text(text)
