"""The wishes a user may give the chord generator, as widgets."""

from __future__ import annotations

import streamlit as st

from engine.classifiers.prediction import GENRES
from engine.generator.controls import COMPLEXITIES, MAX_CHORDS_PER_LINE, Controls
from engine.music.key import KEYS, Key
from engine.music.lead_sheet import TEMPO_RANGE
from ui import state

_FREE = "Choose for me"
_AS_WORDS = "As the words ask"
_METRES = ("4/4", "3/4", "6/8", "2/4", "12/8")
_MAX_SHOWN_PER_LINE = min(8, MAX_CHORDS_PER_LINE)
_SEED = "chords_seed"


def controls() -> Controls:
    """Draw the controls; every one keeps its value when the user leaves the page."""
    with st.container(border=True, key="chord_controls"):
        first = st.columns(4)
        key = first[0].selectbox(
            "Key and mode",
            [_FREE, *(key.name for key in KEYS)],
            key="chords_key",
            persist_state="session",
        )
        genre = first[1].selectbox(
            "Style", [_AS_WORDS, *GENRES], key="chords_genre", persist_state="session"
        )
        per_line = first[2].selectbox(
            "Chords per line",
            [_AS_WORDS, *range(1, _MAX_SHOWN_PER_LINE + 1)],
            key="chords_per_line",
            persist_state="session",
        )
        metre = first[3].selectbox("Metre", _METRES, key="chords_metre", persist_state="session")
        complexity = st.segmented_control(
            "Chord complexity",
            COMPLEXITIES,
            default="sevenths",
            required=True,
            format_func=str.capitalize,
            key="chords_complexity",
            persist_state="session",
            help="Triads: C, Am. Sevenths: also C7, Gsus4, C6. Extended: also ninths and more.",
        )
        with st.expander("Title, tempo and chance", icon=":material/tune:"):
            title, tempo, temperature, seed = _finer_controls()
    return Controls(
        key=None if key == _FREE else _key(str(key)),
        genre=None if genre == _AS_WORDS else str(genre),
        chords_per_line=per_line if isinstance(per_line, int) else None,
        complexity=str(complexity),
        temperature=temperature,
        seed=seed,
        tempo=tempo,
        time_signature=str(metre),
        title=title,
    )


def _finer_controls() -> tuple[str, int | None, float, int]:
    left, right = st.columns(2)
    title = left.text_input(
        "Title", key=state.TITLE, persist_state="session", placeholder="Untitled", max_chars=120
    )
    tempo = right.number_input(
        "Tempo (beats per minute)",
        min_value=TEMPO_RANGE[0],
        max_value=TEMPO_RANGE[1],
        value=None,
        key="chords_tempo",
        persist_state="session",
        placeholder="100",
    )
    temperature = left.slider(
        "Temperature",
        0.0,
        1.5,
        0.8,
        0.1,
        key="chords_temperature",
        persist_state="session",
        help="0 takes the most probable chord each time; higher surprises more.",
    )
    seed = right.number_input(
        "Seed",
        min_value=0,
        max_value=999_999,
        value=0,
        key=_SEED,
        persist_state="session",
        help="The same words, controls and seed give the same chords.",
    )
    return str(title or ""), tempo, float(temperature), int(seed or 0)


def next_seed() -> None:
    """Step the seed on (a callback): another version of the same song."""
    st.session_state[_SEED] = (int(st.session_state.get(_SEED) or 0) + 1) % 1_000_000


def _key(name: str) -> Key:
    return Key.parse(name)
