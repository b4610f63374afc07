"""WAV: the song as it sounds (`engine.arrangement.sound`), not compressed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.arrangement import sound

if TYPE_CHECKING:
    from engine.music.lead_sheet import LeadSheet

NAME = "WAV"
EXTENSION = ".wav"
MIME = "audio/wav"
LOSES = "It is sound: no words, and no names of chords."


def write(sheet: LeadSheet) -> bytes:
    """Return the sound of the band."""
    return sound.wav(sheet)
