"""The song's sound, made smaller by libsndfile, which soundfile's wheel carries."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from engine.formats import wav

if TYPE_CHECKING:
    from engine.music.lead_sheet import LeadSheet

_FRAMES = 65_536  # libsndfile's Vorbis encoder overflows its stack on long writes


def compressed(sheet: LeadSheet, container: str, encoding: str) -> bytes:
    """The sound in a container such as ``"OGG"``, encoded as ``"VORBIS"``."""
    import soundfile

    samples, rate = soundfile.read(io.BytesIO(wav.write(sheet)), dtype="float32", always_2d=True)
    buffer = io.BytesIO()
    with soundfile.SoundFile(
        buffer, "w", rate, samples.shape[1], subtype=encoding, format=container
    ) as file:
        for start in range(0, len(samples), _FRAMES):
            file.write(samples[start : start + _FRAMES])
    return buffer.getvalue()
