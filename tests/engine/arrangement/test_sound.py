from __future__ import annotations

import io
import wave

import numpy as np
import pytest
from hypothesis import given, settings
from numpy.typing import NDArray

from engine.arrangement.sound import SAMPLE_RATE, wav
from engine.classifiers.prediction import GENRES
from engine.formats import chordpro
from engine.music.lead_sheet import LeadSheet
from tests.engine.strategies import lead_sheets

SONG = "{{tempo: 120}}\n{{meta: genre {genre}}}\n[A]La la [A]la la\n[A]la [A]la\n[A]la [A]la"


def song(genre: str = "pop") -> LeadSheet:
    return chordpro.read(SONG.format(genre=genre).encode())


def samples(data: bytes) -> NDArray[np.float64]:
    with wave.open(io.BytesIO(data)) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        assert file.getframerate() == SAMPLE_RATE
        return np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768


@pytest.mark.parametrize("genre", [*GENRES, "skiffle"])
def test_every_genre_is_loud_but_never_clipped(genre: str) -> None:
    sound = samples(wav(song(genre)))
    assert 0.85 < np.abs(sound).max() < 0.95
    assert 0.02 < sound.std() < 0.4
    assert abs(sound.mean()) < 0.01


def test_the_sound_is_in_tune() -> None:
    spectrum = np.abs(np.fft.rfft(samples(wav(song("folk")))[:SAMPLE_RATE]))
    loudest = int(spectrum[90:500].argmax()) + 90  # hertz: one second was taken
    assert min(abs(loudest - tone) for tone in (110, 220, 277, 330, 440)) <= 2


def test_a_cut_is_as_long_as_asked_and_fades_out() -> None:
    sound = samples(wav(song(), max_seconds=2))
    assert len(sound) == 2 * SAMPLE_RATE
    assert np.abs(sound[-100:]).max() < 0.01
    assert len(samples(wav(song(), max_seconds=1000))) == len(samples(wav(song())))


def test_a_song_without_chords_is_silence() -> None:
    assert not samples(wav(chordpro.read(b"la la la"))).any()


def test_equal_songs_give_equal_sound() -> None:
    assert wav(song()) == wav(song())


@given(lead_sheets())
@settings(max_examples=8, deadline=None)
def test_any_song_can_be_heard(sheet: LeadSheet) -> None:
    assert np.isfinite(samples(wav(sheet, max_seconds=5))).all()
