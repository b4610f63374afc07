"""Tunes in ABC notation as pictures and sound, by verovio in a process of its own.

Texts of corpora are anything, and verovio ends its whole process on some of them; so it reads each
tune where only that tune can be lost (`engine.notation.abc_process`).
"""

from __future__ import annotations

import base64
import io
import json
import re
import subprocess
import sys
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring, tostring

from engine.errors import InputError
from engine.notation.engraving import cleaned

SECONDS = 6.0
MAX_CHARACTERS = 20_000
LONGEST_SECONDS = 180.0
"""Of sound; a longer tune is faded there."""
_PROCESS = Path(__file__).with_name("abc_process.py")
_SAMPLE_RATE = 22_050
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")  # none may stand in an SVG
_XMLNS = ' xmlns="http://www.w3.org/2000/svg"'


@dataclass(frozen=True)
class EngravedTune:
    """A tune that verovio has read.

    Attributes
    ----------
    pages : tuple of str
        SVG without styles, scripts or links, one a page.
    midi : bytes
        The notes.
    """

    pages: tuple[str, ...]
    midi: bytes


def engraved_tune(abc: str, width: int = 900, colour: str = "currentColor") -> EngravedTune:
    """Engrave a tune.

    Parameters
    ----------
    abc : str
        One tune, as `engine.corpora.store.music_text.tunes_in` gives it.
    width : int
        Of the picture in CSS pixels.
    colour : str
        Of everything drawn.

    Raises
    ------
    InputError
        If it cannot be read as ABC, or takes too long.
    """
    if len(abc) > MAX_CHARACTERS:
        raise InputError(f"The tune has more than {MAX_CHARACTERS:,} characters.")
    asked = json.dumps({"abc": _CONTROL.sub("", abc), "width": width}).encode()
    try:
        done = subprocess.run(  # noqa: S603 - our own script
            [sys.executable, "-I", str(_PROCESS)],
            input=asked,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise InputError("The tune takes too long to engrave.") from None
    if done.returncode or not done.stdout:
        raise InputError("The tune cannot be read as ABC notation.")
    told: dict[str, Any] = json.loads(done.stdout)
    pages: list[str] = []
    for page in told["pages"]:
        drawing = fromstring(page.replace(_XMLNS, "", 1))  # noqa: S314 - verovio's own output
        picture = cleaned(drawing, colour)
        picture.set("aria-label", "The tune as staff notation")
        pages.append(tostring(picture, encoding="unicode"))
    return EngravedTune(tuple(pages), base64.b64decode(told["midi"]))


def tune_wav(midi: bytes) -> bytes:
    """The notes of a tune as a 16-bit mono WAV, sine tones; at most `LONGEST_SECONDS`."""
    import numpy as np
    import pretty_midi

    notes = pretty_midi.PrettyMIDI(io.BytesIO(_on_one_track(midi)))
    for instrument in notes.instruments:
        instrument.notes = [note for note in instrument.notes if note.end <= LONGEST_SECONDS]
    sound = np.asarray(notes.synthesize(fs=_SAMPLE_RATE))
    peak = float(np.abs(sound).max()) if sound.size else 0.0
    samples = (sound / peak * 0.5 * 32767 if peak else np.zeros(1)).astype("<i2")
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(_SAMPLE_RATE)
        out.writeframes(samples.tobytes())
    return file.getvalue()


def _on_one_track(midi: bytes) -> bytes:
    """The same with all on one track: verovio puts the key where pretty_midi warns of it."""
    import mido

    read = mido.MidiFile(file=io.BytesIO(midi))
    whole = mido.MidiFile(type=0, ticks_per_beat=read.ticks_per_beat)
    whole.tracks.append(mido.merge_tracks(read.tracks))
    written = io.BytesIO()
    whole.save(file=written)
    return written.getvalue()
