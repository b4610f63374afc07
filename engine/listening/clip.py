"""A recording as samples of one channel, read by libsndfile within bounds."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.errors import InputError
from engine.files import megabytes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAX_BYTES = 50 * 2**20
MAX_SECONDS, MIN_SECONDS = 300, 5
_KINDS = {"WAV", "WAVEX", "RF64", "MP3", "OGG", "FLAC"}
_RATES = (8_000, 96_000)  # samples a second
_MOST_CHANNELS = 8
_BLOCK = 2**18  # frames read at once, so that many channels never lie in memory together
_SILENCE = 1e-3  # largest swing, of full scale: -60 dB


@dataclass(frozen=True, eq=False)
class Clip:
    """What a microphone heard.

    Attributes
    ----------
    samples : array of float32 (frames,)
        One channel, full scale 1.
    rate : int
        Samples a second.
    """

    samples: NDArray[np.float32]
    rate: int

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.samples) / self.rate


def clip(data: bytes) -> Clip:
    """Read a recording.

    Raises
    ------
    InputError
        If it is larger, longer or shorter than accepted, no recording, or silent.
    """
    import numpy as np
    import soundfile

    if len(data) > MAX_BYTES:
        raise InputError(
            f"The recording has {megabytes(len(data))}; at most {megabytes(MAX_BYTES)} are "
            "accepted."
        )
    try:
        with soundfile.SoundFile(io.BytesIO(data)) as file:
            _check(file)
            samples = _samples(file)
            rate = int(file.samplerate)
    except soundfile.SoundFileError:
        raise InputError(
            "The file is no recording that can be read; WAV, MP3, OGG and FLAC are accepted."
        ) from None
    _check_length(len(samples) / rate)
    if float(np.ptp(samples)) < 2 * _SILENCE:  # a constant is silence too
        raise InputError("The recording is silent; one with music in it is accepted.")
    return Clip(samples, rate)


def _check(file: Any) -> None:
    if file.format not in _KINDS:
        raise InputError(
            f"The file is a recording of another kind ({file.format}); WAV, MP3, OGG and FLAC are "
            "accepted."
        )
    if not _RATES[0] <= file.samplerate <= _RATES[1] or file.channels > _MOST_CHANNELS:
        raise InputError(
            f"The recording has {file.channels} channels of {file.samplerate:,} samples a second; "
            f"up to {_MOST_CHANNELS} channels of {_RATES[0]:,} to {_RATES[1]:,} are accepted."
        )
    _check_length(file.frames / file.samplerate)


def _check_length(seconds: float) -> None:
    if seconds > MAX_SECONDS:
        minutes, rest = divmod(round(seconds), 60)
        raise InputError(
            f"The recording is {minutes:,}:{rest:02d} minutes long; up to {MAX_SECONDS // 60} "
            "minutes are accepted."
        )
    if seconds < MIN_SECONDS:
        raise InputError(
            f"The recording is {seconds:.1f} seconds long; at least {MIN_SECONDS} seconds are "
            "accepted."
        )


def _samples(file: Any) -> NDArray[np.float32]:
    """The mean of the channels, no further than is accepted, whatever the header promised."""
    import numpy as np

    most = (MAX_SECONDS + 1) * file.samplerate
    blocks = [np.zeros(0, np.float32)]
    read = 0
    for block in file.blocks(blocksize=_BLOCK, dtype="float32", always_2d=True):
        blocks.append(block.mean(axis=1, dtype=np.float32))
        read += len(block)
        if read >= most:
            break
    return np.nan_to_num(np.concatenate(blocks), posinf=1.0, neginf=-1.0)
