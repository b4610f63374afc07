"""Chords ranked for one place of a song, by what stands before and behind it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from engine.errors import EngineError
from engine.generator.controls import Controls
from ui import presence, resources, state
from ui.chords.sheet_data import chord_data

if TYPE_CHECKING:
    from engine.generator import Alternative
    from engine.music.lead_sheet import LeadSheet
    from ui.queues import Job

_KEY = "_ranking"
_PATIENCE = 0.6  # seconds that a click waits for a model that is there
_SHOWN = 8


@dataclass(frozen=True)
class _Ranking:
    sheet: LeadSheet
    line: int
    word: int
    job: Job[list[Alternative]]


def wishes_of(song: state.Song) -> Controls:
    """What was asked of the song; for one that nobody asked for, what it is."""
    sheet = song.sheet
    return song.wishes or Controls(sheet.key, sheet.genre, time_signature=sheet.time_signature)


def ask(song: state.Song, line: int, word: int) -> None:
    """Have chords ranked for a place; a model that is still to be loaded answers a later click."""
    # Without the decoder: a click is answered at once, from what the song has done so far.
    wishes = replace(wishes_of(song), decoder=False)

    def task(_: Job[list[Alternative]]) -> list[Alternative]:
        return resources.generator().alternatives(song.sheet, wishes, line, word, _SHOWN)

    loaded = resources.pool().loaded(resources.GENERATOR)
    queue = resources.queue(resources.GENERATOR)
    job = queue.submit("Ranking chords", task, presence.of_this_tab())
    st.session_state[_KEY] = _Ranking(song.sheet, line, word, job)
    if loaded:
        job.wait(_PATIENCE)


def found(shown: LeadSheet, style: str, semitones: int) -> dict[str, Any] | None:
    """The ranked chords as the song is shown, if they are there and the song is still the same."""
    ranking: _Ranking | None = st.session_state.get(_KEY)
    song = state.song()
    if ranking is None or song is None or ranking.sheet != song.sheet or not ranking.job.finished:
        return None
    try:
        ranked = ranking.job.result()
    except EngineError:  # the usual chords of the key stay on offer
        return None
    chords = [
        chord_data(
            one.chord.transpose(semitones, shown.key) if semitones % 12 else one.chord,
            shown.key,
            style,
        )
        | {"p": f"{100 * one.probability:.0f} %"}
        for one in ranked
    ]
    return {"line": ranking.line, "word": ranking.word, "chords": chords}
