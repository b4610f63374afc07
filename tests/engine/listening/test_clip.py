"""What is no music is refused in one sentence, at once, without librosa."""

from __future__ import annotations

import io
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine import listening
from engine.errors import EngineError, InputError
from engine.listening.clip import MAX_BYTES, clip

ROOT = Path(__file__).parents[3]
RATE = 22_050


def tone(seconds: float, level: float = 0.5, rate: int = RATE, channels: int = 1) -> np.ndarray:
    times = np.arange(round(seconds * rate)) / rate
    wave = level * np.sin(2 * np.pi * 220 * times)
    return np.repeat(wave[:, None], channels, axis=1)


def file_of(samples: np.ndarray, kind: str = "WAV", rate: int = RATE) -> bytes:
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, rate, format=kind)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["WAV", "FLAC", "OGG", "MP3"])
def test_every_kind_of_recording_is_read_as_one_channel(kind: str) -> None:
    rate = 44_100
    found = clip(file_of(tone(6, rate=rate, channels=2), kind, rate))
    assert found.rate == rate
    assert found.seconds == pytest.approx(6, abs=0.1)
    assert float(np.abs(found.samples).max()) == pytest.approx(0.5, abs=0.05)


REFUSED = {
    "words": (b"Down the dusty road I carried home the rain\n" * 100, "no recording"),
    "nothing": (b"", "no recording"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(1000), "no recording"),
    "a WAV cut in its head": (file_of(tone(6))[:30], "recording"),
    "another kind": (file_of(tone(6), "AIFF"), "another kind"),
    "silence": (file_of(tone(6, level=0.0)), "silent"),
    "hiss below hearing": (file_of(tone(6, level=0.0001)), "silent"),
    "a constant": (file_of(np.full((RATE * 6, 1), 0.5)), "silent"),
    "a click": (file_of(tone(0.5)), "0.5 seconds long"),
    "six minutes": (file_of(tone(361, rate=8_000), "FLAC", 8_000), "6:01 minutes long"),
    "too few samples": (file_of(tone(60, rate=4_000), rate=4_000), "4,000 samples a second"),
    "a large file": (bytes(MAX_BYTES + 1), "at most 50 MB"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_clip_is_refused_within_a_second(name: str) -> None:
    data, said = REFUSED[name]
    began = time.process_time()
    with pytest.raises(InputError, match="accepted") as refusal:
        listening.listen(data)
    assert time.process_time() - began < 1
    assert said in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_recording_whose_recorder_was_cut_off_is_read_as_far_as_it_goes() -> None:
    data = bytearray(file_of(tone(6)))
    data[4:8] = data[40:44] = b"\xff\xff\xff\x7f"  # such a header promises hours
    assert clip(bytes(data)).seconds == pytest.approx(6, abs=0.01)


def test_without_the_optional_part_one_line_says_how_to_add_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(listening, "find_spec", lambda name: None)
    with pytest.raises(EngineError, match=r"pip install -r requirements-listening\.txt"):
        listening.listen(b"")


def test_a_refusal_loads_no_large_library() -> None:
    code = (
        "import sys\nfrom engine.listening import listen\n"
        "try:\n    listen(b'words')\nexcept ValueError:\n    pass\n"
        "print('librosa' in sys.modules, 'numba' in sys.modules)"
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "False"]
