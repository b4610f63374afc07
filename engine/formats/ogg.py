"""Ogg Vorbis: the song as it sounds, about a tenth of the WAV in size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.formats import wav
from engine.formats.compressed_sound import compressed

if TYPE_CHECKING:
    from engine.music.lead_sheet import LeadSheet

NAME = "Ogg"
EXTENSION = ".ogg"
MIME = "audio/ogg"
LOSES = wav.LOSES


def write(sheet: LeadSheet) -> bytes:
    """Return the sound of the band as Ogg Vorbis."""
    return compressed(sheet, "OGG", "VORBIS")
