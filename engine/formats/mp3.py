"""MP3: the song as it sounds, small enough for a message, encoded by LAME.

libsndfile's encoder always takes LAME's most thorough ways, four times as long as `_QUALITY` does.
"""

from __future__ import annotations

import io
import wave
from typing import TYPE_CHECKING, Any

from engine.formats import wav

if TYPE_CHECKING:
    from engine.music.lead_sheet import LeadSheet

NAME = "MP3"
EXTENSION = ".mp3"
MIME = "audio/mpeg"
LOSES = wav.LOSES

_KILOBITS = 160  # a second
_QUALITY = 5  # of LAME's algorithm: its own standard, 0 is the slowest


def write(sheet: LeadSheet) -> bytes:
    """Return the sound of the band as MP3."""
    import lameenc

    with wave.open(io.BytesIO(wav.write(sheet))) as sound:
        encoder: Any = lameenc.Encoder()
        encoder.set_in_sample_rate(sound.getframerate())
        encoder.set_channels(sound.getnchannels())
        encoder.set_bit_rate(_KILOBITS)
        encoder.set_quality(_QUALITY)
        encoder.silence()
        samples = sound.readframes(sound.getnframes())
    return bytes(encoder.encode(samples) + encoder.flush())
