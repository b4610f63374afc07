"""The wishes a user may give the chord generator, as widgets."""

from __future__ import annotations

import streamlit as st

from engine.classifiers.prediction import GENRES
from engine.generator.controls import (
    COMPLEXITIES,
    MAX_CHORDS_PER_LINE,
    Controls,
    usual_complexity,
)
from engine.music.chord_names import with_accidentals
from engine.music.key import KEYS, Key
from engine.music.lead_sheet import TEMPO_RANGE
from ui import state
from ui.chords import wishes

_FREE = "Choose for me"
_AS_WORDS = "As the words ask"
_BY_STYLE = "by style"
_METRES = ("4/4", "3/4", "6/8", "2/4", "12/8")
_MAX_SHOWN_PER_LINE = min(8, MAX_CHORDS_PER_LINE)
_SEED = "chords_seed"
_PROGRESSION = "chords_progression"


def controls() -> Controls:
    """Draw the controls; every one keeps its value when the user leaves the page."""
    state.preset(chords_complexity=_BY_STYLE, chords_temperature=0.8, chords_seed=0)
    title = st.text_input(
        "Title", key=state.TITLE, persist_state="session", placeholder="Untitled", max_chars=120
    )
    with st.container(horizontal=True, key="chords_music"):
        key = st.selectbox(
            "Key and mode",
            [_FREE, *(key.name for key in KEYS)],
            format_func=with_accidentals,
            key="chords_key",
            persist_state="session",
        )
        genre = st.selectbox(
            "Style", [_AS_WORDS, *GENRES], key="chords_genre", persist_state="session"
        )
        per_line = st.selectbox(
            "Chords per line",
            [_AS_WORDS, *range(1, _MAX_SHOWN_PER_LINE + 1)],
            key="chords_per_line",
            persist_state="session",
        )
        metre = st.selectbox("Metre", _METRES, key="chords_metre", persist_state="session")
    progression = st.text_input(
        "Progression",
        key=_PROGRESSION,
        persist_state="session",
        placeholder="As the model likes, or such as I V vi IV or C G Am F",
        max_chars=1_000,
        help="Numerals or chord names. Up to four are played on every line, more are spread over "
        "the lines of each section; a semicolon says what belongs to the next line.",
    )
    complexity = st.segmented_control(
        "Chord complexity",
        (_BY_STYLE, *COMPLEXITIES),
        required=True,
        format_func=str.capitalize,
        key="chords_complexity",
        persist_state="session",
        help="By style: as most songs of it have them, such as triads in rock and ninths in jazz. "
        "Triads: C, Am. Sevenths: also C7, Gsus4, C6. Extended: also ninths and more.",
    )
    with st.container(horizontal=True, key="chords_chance"):
        tempo = st.number_input(
            "Tempo (beats per minute)",
            min_value=TEMPO_RANGE[0],
            max_value=TEMPO_RANGE[1],
            value=None,
            key="chords_tempo",
            persist_state="session",
            placeholder="100",
        )
        seed = st.number_input(
            "Seed",
            min_value=0,
            max_value=999_999,
            key=_SEED,
            persist_state="session",
            help="The same words, wishes and seed give the same chords.",
        )
        temperature = st.slider(
            "Surprise (temperature)",
            0.0,
            1.5,
            step=0.1,
            key="chords_temperature",
            persist_state="session",
            help="0 takes the most probable chord each time; higher surprises more.",
        )
    style = None if genre == _AS_WORDS else str(genre)
    found = Controls(
        key=None if key == _FREE else Key.parse(str(key)),
        genre=style,
        chords_per_line=per_line if isinstance(per_line, int) else None,
        complexity=usual_complexity(style) if complexity == _BY_STYLE else str(complexity),
        temperature=float(temperature),
        seed=int(seed or 0),
        tempo=tempo,
        time_signature=str(metre),
        title=str(title or ""),
        progressions=(("all", str(progression)),) if progression and progression.strip() else (),
    )
    with st.expander("More wishes", key="chords_more_wishes"):
        found = wishes.with_more(found)
    state.keep_wishes(found)
    return found


def take_over(wished: Controls) -> None:
    """Set the controls (before they are drawn); a wish they do not offer is left to the model."""
    per_line = wished.chords_per_line
    most_surprise, last_seed = 1.5, 999_999
    st.session_state.update(
        {
            "chords_key": wished.key.name if wished.key in KEYS else _FREE,
            "chords_genre": wished.genre if wished.genre in GENRES else _AS_WORDS,
            "chords_per_line": (
                per_line if per_line and per_line <= _MAX_SHOWN_PER_LINE else _AS_WORDS
            ),
            "chords_complexity": wished.complexity,
            "chords_temperature": min(round(wished.temperature, 1), most_surprise),
            "chords_tempo": wished.tempo,
            "chords_metre": (
                wished.time_signature if wished.time_signature in _METRES else _METRES[0]
            ),
            _SEED: min(wished.seed, last_seed),
            _PROGRESSION: "",  # all of them are among the further wishes
            **wishes.held(wished),
        }
    )
    state.keep_wishes(wished)


def wish_style(genre: str) -> None:
    """Set the style (before it is drawn, or from another page)."""
    if genre in GENRES:
        st.session_state["chords_genre"] = genre


def fill(key: Key, tempo: int, progression: str | None) -> None:
    """Wish for a key, a tempo and, if one is given, a progression (in a callback)."""
    st.session_state["chords_key"] = key.name
    st.session_state["chords_tempo"] = tempo
    if progression is not None:
        st.session_state[_PROGRESSION] = progression


def next_seed() -> None:
    """Step the seed on (a callback): another version of the same song."""
    st.session_state[_SEED] = (int(st.session_state.get(_SEED) or 0) + 1) % 1_000_000
