"""Ogg Vorbis: the song as it sounds, about a tenth of the WAV in size.

libsndfile encodes it, which soundfile's wheel carries.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from engine.formats import wav

if TYPE_CHECKING:
    from engine.music.lead_sheet import LeadSheet

NAME = "Ogg"
EXTENSION = ".ogg"
MIME = "audio/ogg"
LOSES = wav.LOSES

_FRAMES = 65_536  # libsndfile's Vorbis encoder overflows its stack on long writes


def write(sheet: LeadSheet) -> bytes:
    """Return the sound of the band as Ogg Vorbis."""
    import soundfile

    samples, rate = soundfile.read(io.BytesIO(wav.write(sheet)), dtype="float32", always_2d=True)
    buffer = io.BytesIO()
    with soundfile.SoundFile(
        buffer, "w", rate, samples.shape[1], subtype="VORBIS", format="OGG"
    ) as file:
        for start in range(0, len(samples), _FRAMES):
            file.write(samples[start : start + _FRAMES])
    return buffer.getvalue()
