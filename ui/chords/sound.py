"""The chords played: a player in the browser that follows the song, lights it up and mixes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui.chords.player_data import player_data, sounds
from ui.components import component

if TYPE_CHECKING:
    from engine.music.lead_sheet import LeadSheet

_WANTED = "_sounds_wanted"  # the instruments are sent once somebody plays


def show(music: LeadSheet, shown: LeadSheet, style: str) -> None:
    """The player of a song; `shown` is the song as it is read, chords in this style."""
    st.fragment(_player)(music, shown, style)


def _player(music: LeadSheet, shown: LeadSheet, style: str) -> None:
    wanted = bool(st.session_state.get(_WANTED))
    data = player_data(music, shown, style, with_sounds=wanted)
    component("player")(key="player", data=data, on_wanted_change=_want)
    if wanted:
        with st.container(key="sounds"):
            component("sounds")(key="sounds_of_style", data=sounds(music.genre))


def _want() -> None:
    st.session_state[_WANTED] = True
