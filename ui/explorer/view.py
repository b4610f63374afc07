"""Tables of songs: where they come from, filters, charts, marking words, and one song opened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import streamlit as st

from engine.errors import EngineError
from ui import resources, state
from ui.lead_sheet_html import leadsheet_html
from ui.lyric_input import lyric_of
from ui.plain_text import plain, show_error

if TYPE_CHECKING:
    import pandas as pd

    from engine.music.lead_sheet import LeadSheet

SONGBOOK, OWN_FILE = "Songbook", "My file"
_OWN = "_own_songs"
_SONGBOOK_COLUMNS = ("title", "genre", "words", "lines", "key", "time_signature", "tempo", "chords")
_OWN_COLUMNS = ("title", "artist", "year", "genre", "words", "lines")
_TITLES = {"time_signature": "metre", "tempo": "tempo (bpm)"}


@dataclass(frozen=True)
class Source:
    """The songs being explored, with an identity that caches can use."""

    name: str
    identity: str
    songs: pd.DataFrame
    is_songbook: bool
    problems: tuple[str, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()


def source() -> Source | None:
    """Let the user choose the songbook or a file; None while no file has been given."""
    choice = st.segmented_control(
        "Songs",
        (SONGBOOK, OWN_FILE),
        default=SONGBOOK,
        required=True,
        key="explorer_source",
        persist_state="session",
    )
    try:
        if choice == SONGBOOK:
            return Source("Songbook", "songbook", resources.songbook_table(), is_songbook=True)
        return _own_source()
    except EngineError as error:
        show_error(error)
        return None


def _own_source() -> Source | None:
    from engine.corpora import EXTENSIONS

    uploaded = st.file_uploader(
        "A table of songs: CSV, TSV, JSON lines or Parquet, with a column of lyrics",
        type=[extension.lstrip(".") for extension in EXTENSIONS],
        key="explorer_file",
        help="Columns are found by their usual names: lyrics, title, artist, genre, year. "
        "The file stays on this machine and is forgotten with this session.",
    )
    kept: Source | None = st.session_state.get(_OWN)
    if uploaded is None:
        return kept
    if kept is None or kept.identity != uploaded.file_id:
        with st.spinner("Reading the file"):
            table = resources.read_table(uploaded.name, uploaded.getvalue())
        kept = Source(
            uploaded.name,
            str(uploaded.file_id or uuid4()),
            table.songs,
            is_songbook=False,
            problems=table.problems,
            columns=tuple(table.columns.items()),
        )
        st.session_state[_OWN] = kept
    return kept


def report(chosen: Source) -> None:
    """What was understood of a user's file, and what was left out."""
    if chosen.is_songbook:
        st.caption("Original songs of this project, free to use (CC0).")
        return
    found = ", ".join(
        ours if ours == theirs else f"{ours} from “{theirs}”" for ours, theirs in chosen.columns
    )
    st.caption(f"{plain(chosen.name)}: columns found: {plain(found)}.")
    if chosen.problems:
        label = f"{len(chosen.problems)} rows or values could not be used"
        with st.expander(label, icon=":material/warning:"):
            st.text("\n".join(chosen.problems[:200]))
            if len(chosen.problems) > 200:
                st.caption(f"and {len(chosen.problems) - 200:,} more")


def filtered(chosen: Source) -> pd.DataFrame:
    """Draw the filters that this table has use for; give the songs that pass."""
    from engine.corpora import filtered as passing

    songs = chosen.songs
    key = chosen.identity
    genres = _names(songs, "genre")
    with st.container(border=True, key="explorer_filters"):
        left, right = st.columns(2)
        search = left.text_input(
            "Search in titles, artists and words",
            key="explorer_search",
            persist_state="session",
            icon=":material/search:",
        )
        kept_genres = right.multiselect("Genres", genres, key=f"genres_{key}", placeholder="All")
        places = iter((left, right))
        years = _range(places, "Years", songs["year"].dropna(), f"years_{key}")
        words = _range(places, "Words in a song", songs["words"], f"words_{key}")
    return passing(songs, kept_genres, years, words, search)


def _range(places: Iterator[Any], label: str, values: Any, key: str) -> tuple[int, int] | None:
    """A range slider over a column; None (no filter) at its full width or without a spread."""
    if values.empty or int(values.min()) == int(values.max()):
        return None
    low, high = int(values.min()), int(values.max())
    chosen = next(places).slider(label, low, high, (low, high), key=key)
    return None if tuple(chosen) == (low, high) else (int(chosen[0]), int(chosen[1]))


def summary(songs: pd.DataFrame, of: int) -> None:
    """The size of what passed the filters."""
    with st.container(horizontal=True, key="explorer_summary"):
        st.metric("Songs", f"{len(songs):,} of {of:,}", width="content")
        words: Any = songs["words"]
        st.metric("Words", f"{int(words.sum()):,}", width="content")
        genres = len(_names(songs, "genre"))
        st.metric("Genres", f"{genres:,}", width="content")
        artists = len(_names(songs, "artist"))
        if artists > 1:
            st.metric("Artists", f"{artists:,}", width="content")


def table(songs: pd.DataFrame, chosen: Source) -> int | None:
    """The songs as a table; give the index label of the row the user chose."""
    columns = _SONGBOOK_COLUMNS if chosen.is_songbook else _OWN_COLUMNS
    shown: Any = songs[[name for name in columns if name in songs and _has_values(songs[name])]]
    event: Any = st.dataframe(
        shown.rename(columns=_TITLES),
        key=f"songs_{chosen.identity}",
        hide_index=True,
        height=380,
        on_select="rerun",
        selection_mode="single-row",
        column_config={"year": st.column_config.NumberColumn(format="%d")},
        alt="Table of songs; choose a row to read the song below.",
    )
    rows = [row for row in event["selection"]["rows"] if row < len(songs)]
    return int(songs.index[rows[0]]) if rows else None


def _names(songs: pd.DataFrame, column: str) -> list[str]:
    return sorted({str(name) for name in songs[column].unique() if name})


def _has_values(column: Any) -> bool:
    return bool((column.notna() & (column.astype(str) != "")).any())


def charts(songs: pd.DataFrame) -> None:
    """Songs per genre and year, and how long they are."""
    from engine import corpora, figures

    settings = figures.download_settings
    left, right = st.columns(2)
    left.markdown("**Songs per genre**")
    left.plotly_chart(
        figures.genre_counts(corpora.songs_per_genre(songs)),
        key="chart_genres",
        config=settings("songs-per-genre"),
        alt="Bars: songs per genre",
    )
    right.markdown("**Length by genre**")
    right.plotly_chart(
        figures.word_count_ranges(corpora.word_counts_by_genre(songs)),
        key="chart_words",
        config=settings("words-per-song"),
        alt="Median and quartiles of words per song, by genre",
    )
    years = corpora.songs_per_year(songs)
    if len(years):
        st.markdown("**Songs per year**")
        st.plotly_chart(
            figures.year_counts(years),
            key="chart_years",
            config=settings("songs-per-year"),
            alt="Bars: songs per year",
        )


def marking_words(chosen: Source) -> None:
    """The words that mark one genre of the whole table against the others."""
    from engine import figures

    genres = _names(chosen.songs, "genre")
    if len(genres) < 2:
        st.info("Words mark a genre against other genres; this table has fewer than two.")
        return
    genre = st.selectbox("Genre", genres, key=f"marking_{chosen.identity}")
    min_songs = 1 if len(chosen.songs) < 200 else 3
    try:
        words = resources.marking_words(chosen.songs, chosen.identity, str(genre), min_songs)
    except EngineError as error:
        show_error(error)
        return
    st.plotly_chart(
        figures.marking_word_bars(words),
        key="chart_marking",
        config=figures.download_settings(f"words-that-mark-{genre}"),
        alt=f"Words that mark {genre}, by weighted log-odds",
    )
    few = "With so few songs read it as a curiosity. " if len(chosen.songs) < 200 else ""
    st.caption(
        f"{few}Weighted log-odds with an informative prior (Monroe, Colaresi and Quinn 2008), over "
        f"all {len(chosen.songs):,} songs of the table, whatever the filters say."
    )


def song(chosen: Source, index: int) -> None:
    """One song: its words, its chords if it has them, and the way to both tasks."""
    row = chosen.songs.loc[index]
    sheet = resources.songbook()[index] if chosen.is_songbook else None
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
        _open(sheet, text)
    with st.container(border=True, key="song_words"):
        if sheet:
            st.html(leadsheet_html(sheet))
        else:
            st.text(text)


def _open(sheet: LeadSheet, text: str) -> None:
    state.keep_job(None)
    state.keep_song(state.Song(sheet, text, "from the songbook"))
    st.switch_page(state.CHORDS_PAGE)
