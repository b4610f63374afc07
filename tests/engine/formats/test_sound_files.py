from __future__ import annotations

import io
import wave

import pytest
import soundfile

from engine import formats
from engine.formats import chordpro

SONG = chordpro.read(b"{key: C}\n{tempo: 240}\n[C]Rain on the [G]roof")


@pytest.fixture(scope="module")
def seconds() -> float:
    with wave.open(io.BytesIO(formats.write(SONG, "wav"))) as file:
        return file.getnframes() / file.getframerate()


@pytest.mark.parametrize(("name", "kind"), [("ogg", "OGG"), ("mp3", "MP3")])
def test_compressed_sound_lasts_as_long_and_is_not_silent(
    name: str, kind: str, seconds: float
) -> None:
    data = formats.write(SONG, name)
    with soundfile.SoundFile(io.BytesIO(data)) as file:
        assert file.format == kind
        samples = file.read()
        assert len(samples) / file.samplerate == pytest.approx(seconds, abs=0.1)
    assert abs(samples).max() > 0.1
    assert len(data) < len(formats.write(SONG, "wav")) / 3
