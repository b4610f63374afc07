"""A song that is played by the app is heard for what it is."""

from __future__ import annotations

import json

import numpy as np
import pytest

from engine import figures, listening
from engine.__main__ import main
from engine.arrangement.sound import wav
from engine.formats import chordpro
from engine.listening.chords import QUALITIES, chords_of
from engine.listening.heard import Heard
from engine.music.chord import Chord
from engine.music.key import Key

SONG = chordpro.read(b"""{title: Rain}
{key: G}
{tempo: 112}
{meta: genre pop}
[G]Down the dusty [D]road I carried [Em]home the heavy [C]rain
[G]Every mile a [D]letter on it [Em]somebody wrote a [C]name
[G]Down the dusty [D]road I carried [Em]home the heavy [C]rain
""")


@pytest.fixture(scope="module")
def sound() -> bytes:
    return wav(SONG)


@pytest.fixture(scope="module")
def heard(sound: bytes) -> Heard:
    return listening.listen(sound)


def test_key_and_tempo_are_those_that_were_played(heard: Heard) -> None:
    assert heard.key == SONG.key
    assert min(abs(heard.tempo / SONG.tempo / factor - 1) for factor in (0.5, 1, 2)) < 0.04


def test_the_chords_are_those_that_were_played(heard: Heard) -> None:
    played = {chord.symbol for chord in SONG.chords}
    told = [one for one in heard.chords if not one.chord.is_no_chord]
    right = sum(one.end - one.start for one in told if one.chord.symbol in played)
    assert right > 0.7 * sum(one.end - one.start for one in told)


def test_chords_follow_one_another_to_the_end_and_no_neighbours_are_alike(heard: Heard) -> None:
    assert heard.chords[0].start == 0
    assert heard.chords[-1].end == pytest.approx(heard.seconds)
    for one, following in zip(heard.chords, heard.chords[1:], strict=False):
        assert one.end == following.start
        assert one.chord != following.chord


@pytest.mark.parametrize("quality", QUALITIES)
@pytest.mark.parametrize("root", ["C", "F#", "Bb"])
def test_the_tones_of_a_chord_are_named_as_it(root: str, quality: str) -> None:
    chord = Chord(root, quality)
    chroma = np.array([[float(pitch in chord.pitch_classes) for pitch in range(12)]] * 4)
    bass = np.array([[float(pitch == chord.root_pitch_class) for pitch in range(12)]] * 4)
    (found,) = set(chords_of(chroma, bass))
    assert found.pitch_classes == chord.pitch_classes


def test_chords_are_spelled_for_the_key() -> None:
    chord = Chord("Ab", "maj")
    chroma = np.array([[float(pitch in chord.pitch_classes) for pitch in range(12)]] * 4)
    bass = np.array([[float(pitch == 8) for pitch in range(12)]] * 4)
    assert {c.symbol for c in chords_of(chroma, bass, Key("E", "major"))} == {"G#"}
    assert {c.symbol for c in chords_of(chroma, bass, Key("Eb", "major"))} == {"Ab"}


def test_nothing_is_heard_in_silence() -> None:
    silence = np.zeros((3, 12))
    assert all(chord.is_no_chord for chord in chords_of(silence, silence))


def test_noise_is_heard_without_failing() -> None:
    import io

    import soundfile

    noise = np.random.default_rng(0).normal(0, 0.1, 6 * 22_050)
    buffer = io.BytesIO()
    soundfile.write(buffer, noise, 22_050, format="WAV")
    assert listening.listen(buffer.getvalue()).seconds == pytest.approx(6)


def test_the_command_line_prints_what_was_heard(
    sound: bytes, heard: Heard, tmp_path: object, capsys: pytest.CaptureFixture[str]
) -> None:
    from pathlib import Path

    clip = Path(str(tmp_path)) / "clip.wav"
    clip.write_bytes(sound)
    assert main(["listen", str(clip)]) == 0
    told = capsys.readouterr()
    assert heard.key.name in told.out
    assert heard.chord_line in told.out
    assert "estimates" in told.err
    assert main(["listen", str(clip), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == heard.as_dict()


def test_the_picture_has_every_chord_and_all_pitch_classes(heard: Heard) -> None:
    figure = figures.chroma_with_chords(heard)
    chroma, chords = figure.data
    assert len(chroma["y"]) == 12
    assert len(chroma["x"]) == len(chroma["z"][0]) + 1
    assert list(chords["text"]) == [
        one.chord.symbol for one in heard.chords if not one.chord.is_no_chord
    ]
