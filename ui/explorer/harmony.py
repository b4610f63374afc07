"""The Chords tab: keys, chords, what follows what, progressions and how fast chords change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from engine.corpora.harmony import SongHarmony
from engine.corpora.store import Filters
from engine.errors import EngineError
from engine.music.chord_names import with_accidentals
from ui import resources
from ui.explorer.beside import Beside, beside
from ui.explorer.measuring import words_measured
from ui.explorer.opened import Source
from ui.explorer.song_list import song_list
from ui.explorer.views import view_chosen
from ui.numbers import number
from ui.plain_text import plain, show_error

if TYPE_CHECKING:
    import pandas as pd

    from engine.corpora.store.harmonies import Harmonies

KEYS, STEPS, MOVES, PROGRESSIONS, PACE = (
    "Keys",
    "Chords",
    "What follows what",
    "Progressions",
    "Pace",
)
_ALL = "All genres"
_MOST_BARS = 16


class _Set:
    """A set of songs on the page: what it is called, where it comes from, what is counted."""

    def __init__(self, title: str, source: Source, songs: Sequence[SongHarmony]) -> None:
        self.title, self.source, self.songs = title, source, list(songs)


def harmony(chosen: Source, passing: Filters) -> None:
    """The harmony of the songs that pass, alone or beside another set."""
    if not resources.store_facts(chosen.store, chosen.identity).notations:
        st.info(
            "None of these songs has chords. The songbook has, and so have ChordPro files (a zip "
            "of them under “My file”) and texts with ABC tunes or chord names."
        )
        return
    if words_measured(chosen) is None:
        return
    try:
        other = beside(chosen, passing)
        sets, told = _sets(chosen, passing, other)
        view, mode = _view(sets)
        if view != KEYS:
            for one in sets:
                one.songs = [song for song in one.songs if song.key.mode == mode]
        if not any(one.songs for one in sets):
            st.info("None of the songs that pass has chords in such a key.")
            return
        _draw(view, sets)
    except EngineError as error:
        show_error(error)
        return
    counted = "; ".join(f"{one.title}: {_pieces(one.songs)}" for one in sets)
    st.caption(plain(f"{counted}. {told}{_NOTES[view]}", 900))


def _sets(chosen: Source, passing: Filters, other: Beside | None) -> tuple[list[_Set], str]:
    """The open songs and what is beside them, of the genre that is chosen."""
    found = _read(chosen.store, chosen.identity, passing)
    here = list(found.songs)
    told = ""
    if found.passing > len(here):
        told = f"{len(here):,} pieces are drawn from the {found.passing:,} that pass. "
    sets = [_Set("These songs", chosen, here)]
    if other is not None:
        theirs = list(_read(other.source.store, other.source.identity, Filters()).songs)
        if other.rows:  # the same songs on both sides
            shown = {song.row for song in here} & set(other.rows)
            sets[0].songs = [song for song in here if song.row in shown]
            theirs = [song for song in theirs if other.rows[song.row] in shown]
        sets.append(_Set(other.title, other.source, theirs))
    genres = sorted({song.genre for one in sets for song in one.songs})
    if len(genres) > 1:
        genre = st.selectbox(
            "Genre", [_ALL, *genres], key="explorer_chords_genre", persist_state="session"
        )
        if genre in genres:
            for one in sets:
                one.songs = [song for song in one.songs if song.genre == genre]
    return sets, told


def _view(sets: Sequence[_Set]) -> tuple[str, str]:
    views = (KEYS, STEPS, MOVES, PROGRESSIONS, PACE)
    view = view_chosen("Look at", views, "explorer_chords_view", STEPS)
    modes = Counter(song.key.mode for one in sets for song in one.songs)
    mode = "major"
    if view != KEYS:
        usual = "minor" if modes["minor"] > modes["major"] else "major"
        mode = view_chosen("Keys", ("major", "minor"), "explorer_chords_mode", usual)
    return view, mode


def _draw(view: str, sets: Sequence[_Set]) -> None:
    from engine.corpora import harmony_counts as counts

    if view == KEYS:
        _bars(sets, _named_keys, "key", "songs", "keys", "Bars: songs in each key")
    elif view == STEPS:
        full = st.toggle(
            "Sevenths and the like apart", key="explorer_chords_full", persist_state="session"
        )
        _bars(
            sets,
            lambda songs: counts.chord_counts(songs, full=full).head(_MOST_BARS),
            "numeral",
            "uses",
            "chords",
            "Bars: how often each chord comes",
        )
    elif view == MOVES:
        _moves(sets)
    elif view == PROGRESSIONS:
        _progressions(sets)
    else:
        _pace(sets)


def _bars(
    sets: Sequence[_Set],
    count: Callable[[Sequence[SongHarmony]], pd.DataFrame],
    column: str,
    counted: str,
    name: str,
    alt: str,
) -> None:
    from engine import figures

    tables = {one.title: count(one.songs) for one in sets if one.songs}
    st.plotly_chart(
        figures.share_bars(tables, column, counted),
        key=f"chart_{name}",
        config=figures.download_settings(f"harmony-{name}"),
        alt=alt,
    )


def _named_keys(songs: Sequence[SongHarmony]) -> pd.DataFrame:
    from engine.corpora.harmony_counts import key_counts

    table = key_counts(songs)
    return table.assign(key=[with_accidentals(str(key)) for key in table["key"]])


def _moves(sets: Sequence[_Set]) -> None:
    """A heat map a set, over the same chords."""
    from engine import figures
    from engine.corpora.harmony_counts import common_steps, transitions

    names = common_steps([song for one in sets for song in one.songs])
    for at, (place, one) in enumerate(zip(st.columns(len(sets)), sets, strict=True)):
        with place:
            st.markdown(f"**{plain(one.title)}**")
            st.plotly_chart(
                figures.transition_heat_map(transitions(one.songs, names)),
                key=f"chart_moves_{at}",
                config=figures.download_settings(f"harmony-moves-{at + 1}"),
                alt=f"Heat map: what chord follows each chord, {one.title}",
            )


def _progressions(sets: Sequence[_Set]) -> None:
    """Tables of progressions, and the songs that have one."""
    from engine.corpora.harmony_counts import progressions, songs_that_play

    length = st.segmented_control(
        "Chords in a row",
        [2, 3, 4, 5, 6, 8],
        default=4,
        required=True,
        key="explorer_progression_length",
        persist_state="session",
    )
    chosen: tuple[_Set, str] | None = None
    for at, (place, one) in enumerate(zip(st.columns(len(sets)), sets, strict=True)):
        with place:
            st.markdown(f"**{plain(one.title)}**")
            table = progressions(one.songs, int(length or 4))
            event: Any = st.dataframe(
                table.round({"share": 2}),
                key=f"progressions_{at}_{one.source.identity}_{length}",
                hide_index=True,
                height=380,
                on_select="rerun",
                selection_mode="single-row",
                column_config={
                    "progression": st.column_config.TextColumn(width="medium"),
                    "songs": st.column_config.NumberColumn("songs that have it"),
                    "share": st.column_config.NumberColumn("of all", format="percent"),
                    "uses": st.column_config.NumberColumn("times played"),
                },
                alt="Progressions; choose one to see the songs that have it.",
            )
            rows = [row for row in event["selection"]["rows"] if row < len(table)]
            if rows:
                chosen = (one, str(table["progression"].iloc[rows[0]]))
    if chosen is not None:
        one, progression = chosen
        st.markdown(f"**{plain(progression)}** in {plain(one.title)}")
        found = dict.fromkeys(songs_that_play(one.songs, progression))
        song_list(one.source, list(found), "progressions")


def _pace(sets: Sequence[_Set]) -> None:
    """Chords a line, and harmonic rhythm."""
    from engine.corpora import harmony_counts as counts

    with_lines = [one for one in sets if counts.mean_chords_a_line(one.songs) is not None]
    if with_lines:
        means = "; ".join(
            f"{one.title} {number(counts.mean_chords_a_line(one.songs) or 0.0, '.2f')}"
            for one in with_lines
        )
        st.markdown(f"**Chords on a line** — on average: {plain(means)}")
        _bars(
            with_lines,
            counts.chords_a_line,
            "chords",
            "lines",
            "chords-a-line",
            "Bars: lines by how many chords they have",
        )
    with_bars = [one for one in sets if counts.mean_chords_a_bar(one.songs) is not None]
    if with_bars:
        means = "; ".join(
            f"{one.title} {number(counts.mean_chords_a_bar(one.songs) or 0.0, '.2f')}"
            for one in with_bars
        )
        st.markdown(f"**Chord changes in a bar** — on average: {plain(means)}")
        _bars(
            with_bars,
            counts.chords_a_bar,
            "chords",
            "songs",
            "chords-a-bar",
            "Bars: songs by how many chords change in a bar",
        )
    if not with_lines and not with_bars:
        st.info("These chords stand in a row without words or bars, so nothing is told of pace.")


def _pieces(songs: Sequence[SongHarmony]) -> str:
    rows = len({song.row for song in songs})
    pieces = f", {len(songs):,} tunes or rows of chords" if len(songs) > rows else ""
    return f"{'one song' if rows == 1 else f'{rows:,} songs'}{pieces}"


_NUMERALS = (
    "Roman numerals count from the key of each song (estimated from the chords where none is "
    "told); a chord struck again counts once."
)
_NOTES = {
    KEYS: "A key that no file tells is estimated from the chords.",
    STEPS: _NUMERALS,
    MOVES: f"Each row adds up to 100%. {_NUMERALS} Triads alone: V7 is V.",
    PROGRESSIONS: f"{_NUMERALS} Triads alone: V7 is V. Choose a row to see the songs.",
    PACE: "Bars of a lead sheet are those that the app lays its words out in, for every set alike; "
    "those of a tune are as it is written.",
}


@st.cache_data(show_spinner=False, max_entries=32)
def _read(_store: Any, identity: str, passing: Filters) -> Harmonies:
    from engine.corpora.store.harmonies import read_harmonies
    from engine.corpora.store.word_index import opened_index

    opened_index(_store)
    return read_harmonies(_store, passing)
