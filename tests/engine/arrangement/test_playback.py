from __future__ import annotations

import io
from math import log10

import pytest
import soundfile

from engine.arrangement import sound
from engine.arrangement.loudness import integrated_loudness
from engine.arrangement.performance import performance
from engine.arrangement.playback import master_gain, spans
from engine.arrangement.sample_bank import CLICKS, sample_bank
from engine.arrangement.sampler import SAMPLE_RATE
from engine.arrangement.styles import PLAIN, STYLES
from engine.formats import chordpro
from engine.music.lead_sheet import LeadSheet

SONG = """{{tempo: 120}}
{{meta: genre {genre}}}
{{start_of_verse}}
The [A]rain is [D]on the [E]road
And [A]down the [D]river [E]go
{{end_of_verse}}
{{start_of_chorus}}
Oh [A]la la [D]la la [E]la la [A]la
{{end_of_chorus}}
"""


def song(genre: str) -> LeadSheet:
    return chordpro.read(SONG.format(genre=genre).encode())


@pytest.mark.parametrize("name", ["folk", "metal", "hip-hop"])
def test_a_bank_has_every_note_that_a_style_plays(name: str) -> None:
    played = performance(song(name))
    bank = sample_bank(played.style)
    reach = {
        part: {s.pitch + step for s in bank.samples if s.part == part for step in (-1, 0, 1)}
        for part in ("chords", "bass")
    }
    assert {note.pitch for note in played.chords} <= reach["chords"]
    assert {note.pitch for note in played.bass} <= reach["bass"]
    drums = {s.pitch for s in bank.samples if s.part == "drums"}
    assert {note.pitch for note in played.drums} | {*CLICKS} <= drums


def test_a_bank_is_a_file_in_which_every_sample_sounds_where_it_should() -> None:
    bank = sample_bank(STYLES["pop"])
    data, rate = soundfile.read(io.BytesIO(bank.flac))
    assert rate == SAMPLE_RATE
    for sample in bank.samples:
        start = round(sample.start * rate)
        piece = data[start : start + round(sample.length * rate)]
        assert abs(piece).max() > 0.02
        assert abs(data[start - 200 : start]).max(initial=0) < 1e-3, "silence before it"
    assert len(bank.flac) < 2_500_000
    assert sample_bank(STYLES["pop"]) is bank, "rendered once"


@pytest.mark.parametrize("name", ["folk", "metal", "jazz", "electronic"])
def test_a_player_is_as_loud_as_the_file(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    measured: list[float] = []

    def loudness(samples: object, rate: int) -> float:
        measured.append(integrated_loudness(samples, rate))  # type: ignore[arg-type]
        return sound.LOUDNESS

    monkeypatch.setattr(sound, "integrated_loudness", loudness)
    played = performance(song(name))
    sound.mixed(song(name))
    gain = 20 * log10(master_gain(played, sample_bank(played.style)))
    assert measured[0] + gain == pytest.approx(sound.LOUDNESS, abs=1.2)


def test_silence_is_left_alone() -> None:
    assert master_gain(performance(chordpro.read(b"la la")), sample_bank(PLAIN)) == 1


def test_sections_reach_from_the_pickup_to_the_end() -> None:
    played = performance(song("pop"))
    (start, middle), (again, end) = spans(played)
    assert start == 0 < played.pickup < middle == again
    assert end == played.length
