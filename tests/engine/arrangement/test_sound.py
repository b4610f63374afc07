from __future__ import annotations

import io
import wave
from functools import cache

import numpy as np
import pyloudnorm
import pytest
from hypothesis import given, settings
from numpy.typing import NDArray

from engine.arrangement.loudness import SILENCE, integrated_loudness
from engine.arrangement.sound import LOUDNESS, SAMPLE_RATE, mixed, wav
from engine.classifiers.prediction import GENRES
from engine.formats import chordpro
from engine.music.lead_sheet import LeadSheet
from tests.engine.strategies import lead_sheets

SONG = "{{tempo: 120}}\n{{meta: genre {genre}}}\n[A]La la [A]la la\n[A]la [A]la\n[A]la [A]la"


def song(genre: str = "pop") -> LeadSheet:
    return chordpro.read(SONG.format(genre=genre).encode())


@cache
def heard(genre: str) -> NDArray[np.float32]:
    return mixed(song(genre))


def samples(data: bytes) -> NDArray[np.float64]:
    with wave.open(io.BytesIO(data)) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (2, 2)
        assert file.getframerate() == SAMPLE_RATE
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2).T / 32768


@pytest.mark.parametrize("genre", [*GENRES, "skiffle"])
def test_every_genre_is_as_loud_as_the_others_and_never_clipped(genre: str) -> None:
    sound = heard(genre)
    meter = pyloudnorm.Meter(SAMPLE_RATE)
    assert meter.integrated_loudness(sound.T.astype(float)) == pytest.approx(LOUDNESS, abs=0.5)
    assert np.abs(sound).max() < 0.95
    assert abs(sound.mean()) < 0.01


@pytest.mark.parametrize("genre", GENRES)
def test_every_genre_is_heard_on_both_sides_and_is_not_dull(genre: str) -> None:
    left, right = heard(genre)
    assert np.abs(left - right).max() > 0.01, "stereo"
    power = np.abs(np.fft.rfft((left + right) / 2)) ** 2
    hertz = np.fft.rfftfreq(len(left), 1 / SAMPLE_RATE)
    assert power[hertz > 2000].sum() > 0.004 * power.sum(), "the cymbals and strings shine"


def test_loudness_is_measured_as_by_the_recommendation() -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, (2, 3 * SAMPLE_RATE)).astype(np.float32)
    noise[:, SAMPLE_RATE:] *= 0.1  # the gate leaves out what is far softer
    expected = pyloudnorm.Meter(SAMPLE_RATE).integrated_loudness(noise.T.astype(float))
    assert integrated_loudness(noise, SAMPLE_RATE) == pytest.approx(expected, abs=0.1)
    assert integrated_loudness(noise * 0, SAMPLE_RATE) == SILENCE
    assert integrated_loudness(noise[:, :500], SAMPLE_RATE) > SILENCE


def test_the_sound_is_in_tune() -> None:
    spectrum = np.abs(np.fft.rfft(heard("folk")[0, :SAMPLE_RATE]))
    loudest = int(spectrum[90:500].argmax()) + 90  # hertz: one second was taken
    assert min(abs(loudest - tone) for tone in (110, 220, 277, 330, 440)) <= 2


def test_a_cut_is_as_long_as_asked_and_fades_out() -> None:
    sound = samples(wav(song(), max_seconds=2))
    assert sound.shape == (2, 2 * SAMPLE_RATE)
    assert np.abs(sound[:, -100:]).max() < 0.02
    assert wav(song(), max_seconds=1000) == wav(song())


def test_a_song_without_chords_is_silence() -> None:
    assert not samples(wav(chordpro.read(b"la la la"))).any()


@given(lead_sheets())
@settings(max_examples=8, deadline=None)
def test_any_song_can_be_heard(sheet: LeadSheet) -> None:
    assert np.isfinite(mixed(sheet, max_seconds=5)).all()
