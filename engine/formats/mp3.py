"""MP3: the song as it sounds, small enough for a message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.formats import wav
from engine.formats.compressed_sound import compressed

if TYPE_CHECKING:
    from engine.music.lead_sheet import LeadSheet

NAME = "MP3"
EXTENSION = ".mp3"
MIME = "audio/mpeg"
LOSES = f"{wav.LOSES} It takes some seconds to make."


def write(sheet: LeadSheet) -> bytes:
    """Return the sound of the band as MP3."""
    return compressed(sheet, "MP3", "MPEG_LAYER_III")
