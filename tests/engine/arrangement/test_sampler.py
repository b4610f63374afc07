from __future__ import annotations

import numpy as np
import pytest

from engine.arrangement.sampler import DRUMS, LONGEST, SAMPLE_RATE, gain, tone
from engine.arrangement.soundfont import general_midi
from engine.arrangement.styles import PLAIN, STYLES

PROGRAMS = sorted({p for style in (*STYLES.values(), PLAIN) for p in (style.keys, style.bass)})


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("key", [40, 57])
def test_every_instrument_is_in_tune(program: int, key: int) -> None:
    sound = tone(program, key, 1.5).samples.sum(axis=0)[4410:]
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), 4 * SAMPLE_RATE))
    wanted = 440 * 2 ** ((key - 69) / 12)
    hertz = np.arange(len(spectrum)) / 4
    near = abs(hertz - wanted) < wanted * 0.06  # a semitone to either side
    found = hertz[near][spectrum[near].argmax()]
    assert abs(1200 * np.log2(found / wanted)) < 12, "cents"


def test_a_piano_dies_away_and_an_organ_does_not() -> None:
    def late(program: int) -> float:
        sound = np.abs(tone(program, 60, 3).samples[0])
        return float(sound[2 * SAMPLE_RATE : -SAMPLE_RATE // 2].max() / sound[:SAMPLE_RATE].max())

    assert late(0) < 0.15
    assert late(16) > 0.6


@pytest.mark.parametrize("key", [36, 38, 42, 49, 54, 69, 76])
def test_drums_ring_on_and_differ(key: int) -> None:
    drum = tone(DRUMS, key)
    assert drum.release == 0
    assert 0.02 < np.abs(drum.samples).max() < 2
    assert np.abs(drum.samples[:, -10:]).max() < 0.01, "it ends without a click"


def test_a_key_is_as_long_as_it_is_held_at_most() -> None:
    assert tone(0, 60, 0.5).samples.shape == (2, SAMPLE_RATE // 2)
    assert tone(0, 60, 60).samples.shape == (2, round(LONGEST * SAMPLE_RATE))


def test_a_softer_key_is_softer() -> None:
    gains = [gain(velocity) for velocity in range(1, 128)]
    assert gains == sorted(gains)
    assert gains[-1] == 1


def test_a_preset_that_the_file_lacks_is_silent() -> None:
    assert general_midi().zones(77, 0, 60) == []
