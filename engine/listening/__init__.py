"""From a recording: tempo, beats, key and a first chord line, each an estimate.

`clip` reads the file, `beats` finds what one taps to, `chroma` measures which pitch classes sound
between beats, `chords` names a chord for each, `key` the key of them all, `heard` is what came of
it. librosa and soundfile are an optional group (``requirements-listening.txt``); without them
`listen` says so.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from engine.errors import EngineError

if TYPE_CHECKING:
    from engine.listening.heard import Heard

HOW_TO_ADD = (
    "Listening to recordings is an optional part; "
    ".venv/bin/python -m pip install -r requirements-listening.txt adds it."
)
ENDINGS = (".wav", ".mp3", ".ogg", ".flac")


def available() -> bool:
    """Whether the optional group is installed."""
    return all(find_spec(name) is not None for name in ("librosa", "soundfile"))


def listen(data: bytes) -> Heard:
    """What is heard in a recording.

    Parameters
    ----------
    data : bytes
        A WAV, MP3, OGG or FLAC file.

    Raises
    ------
    InputError
        If it is no such file, too long, too short, or silent.
    EngineError
        If the optional group is not installed.
    """
    if not available():
        raise EngineError(HOW_TO_ADD)
    from engine.listening.clip import clip

    recording = clip(data)
    from engine.listening import hearing  # loads librosa; what cannot be heard is refused before

    return hearing.heard_in(recording)
