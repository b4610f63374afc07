"""Chords ranked for one place of a song, by what stands before and behind it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from engine.errors import EngineError
from engine.generator.controls import Controls
from ui import presence, resources, state
from ui.chords.sheet_data import chord_data
from ui.numbers import percent

if TYPE_CHECKING:
    from engine.generator import Alternative
    from engine.music.lead_sheet import LeadSheet
    from engine.serving.queues import Job

_KEY = "_ranking"
_PATIENCE = 0.1  # seconds that a click waits for a model that is there, before it asks again
_SHOWN = 8


@dataclass(frozen=True)
class _Ranking:
    sheet: LeadSheet
    line: int
    word: int
    job: Job[list[Alternative]]

    def is_of(self, sheet: LeadSheet, line: int, word: int) -> bool:
        return (self.line, self.word) == (line, word) and self.sheet == sheet


def wishes_of(song: state.Song) -> Controls:
    """What was asked of the song; for one that nobody asked for, what it is."""
    sheet = song.sheet
    return song.wishes or Controls(sheet.key, sheet.genre, time_signature=sheet.time_signature)


def ask(song: state.Song, line: int, word: int) -> None:
    """Have chords ranked for a place, unless they are or will be; the browser asks until they are.

    A place looked at before, whose turn has not come, is forgotten.
    """
    kept: _Ranking | None = st.session_state.get(_KEY)
    if kept is None or not kept.is_of(song.sheet, line, word):
        if kept is not None:
            kept.job.cancel()
        kept = _Ranking(song.sheet, line, word, _begun(song, line, word))
        st.session_state[_KEY] = kept
    if not kept.job.finished and resources.pool().loaded(resources.GENERATOR):
        kept.job.wait(_PATIENCE)


def _begun(song: state.Song, line: int, word: int) -> Job[list[Alternative]]:
    # Without the decoder: a click is answered at once, from what the song has done so far.
    wishes = replace(wishes_of(song), decoder=False)

    def task(_: Job[list[Alternative]]) -> list[Alternative]:
        return resources.generator().alternatives(song.sheet, wishes, line, word, _SHOWN)

    queue = resources.queue(resources.GENERATOR)
    return queue.submit("Ranking chords", task, presence.of_this_tab())


def found(shown: LeadSheet, style: str, semitones: int) -> dict[str, Any] | None:
    """The ranked chords as the song is shown, or what is waited for; None for another song."""
    ranking: _Ranking | None = st.session_state.get(_KEY)
    song = state.song()
    if ranking is None or song is None or ranking.sheet != song.sheet:
        return None
    place: dict[str, Any] = {"line": ranking.line, "word": ranking.word}
    if not ranking.job.finished:
        return place | {"waits": _waits_for(ranking.job)}
    try:
        ranked = ranking.job.result()
    except EngineError as error:  # the usual chords of the key stay on offer
        return place | {"failed": str(error)}
    chords = [
        chord_data(
            one.chord.transpose(semitones, shown.key) if semitones % 12 else one.chord,
            shown.key,
            style,
        )
        | {"p": percent(one.probability)}
        for one in ranked
    ]
    return place | {"chords": chords}


def _waits_for(job: Job[list[Alternative]]) -> str:
    if not resources.pool().loaded(resources.GENERATOR):
        return f"{resources.loading_message(resources.GENERATOR)} …"
    if not job.started and job.ahead:
        return "Others are being answered first …"
    return "Weighing what fits here …"
