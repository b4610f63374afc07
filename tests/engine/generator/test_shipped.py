"""The shipped weights, through the front door."""

from __future__ import annotations

import json
import os

import pytest

from engine.generator import ChordGenerator, Controls, load_generator
from engine.generator.tinyllama import TinyLlamaGenerator
from engine.lyrics import Lyrics
from engine.models.folders import models_folder
from engine.music.chord import Chord
from engine.music.key import Key
from tests.engine.generator.test_compliance import broken, case_of, written

pytestmark = pytest.mark.slow

VERSE = """The morning bus is late again today
I count the pigeons on the station roof
A paper cup goes rolling down the line
And nobody is asking me for proof"""


@pytest.fixture(scope="module")
def shipped() -> ChordGenerator:
    return load_generator()


def test_card_beats_the_trigram_and_names_no_folder(shipped: ChordGenerator) -> None:
    metrics = shipped.card.metrics
    assert metrics["test/chord_perplexity"] < metrics["test/trigram_chord_perplexity"]
    assert metrics["test/chord_accuracy"] > metrics["test/trigram_chord_accuracy"]
    for name in ("card.json", "adapter_config.json"):
        text = (models_folder() / "tinyllama" / name).read_text("utf-8")
        assert "/root" not in text
        assert "/home" not in text
        json.loads(text)


def test_a_folk_verse_stays_in_its_key(shipped: ChordGenerator) -> None:
    key = Key.parse("G")
    inside = total = tonics = 0
    for seed in range(3):
        sheet = shipped.generate(
            Lyrics.parse(VERSE),
            Controls(key=key, genre="folk", complexity="triads", seed=seed),
        )
        assert all(line.chords for line in sheet.lines[:1])
        scale = {7, 9, 11, 0, 2, 4, 6}
        inside += sum(chord.pitch_classes <= scale for chord in sheet.chords)
        total += len(sheet.chords)
        tonics += sum(chord == Chord.parse("G") for chord in sheet.chords)
    assert inside >= 0.8 * total
    assert tonics >= 0.15 * total


def test_jazz_uses_sevenths_where_folk_does_not(shipped: ChordGenerator) -> None:
    lyrics = Lyrics.parse(VERSE)

    def sevenths(genre: str) -> float:
        chords = [
            chord
            for seed in range(3)
            for chord in shipped.generate(
                lyrics, Controls(key=Key.parse("C"), genre=genre, seed=seed)
            ).chords
        ]
        return sum(len(chord.pitch_classes) > 3 for chord in chords) / len(chords)

    assert sevenths("jazz") > sevenths("folk")


@pytest.mark.parametrize(
    "text", ["Home", "la " * 200, "🎸 🔥 a", "one two\n" * 30, "Ünï çødé wörds 123 ... !!! x"]
)
def test_odd_shapes(shipped: ChordGenerator, text: str) -> None:
    lyrics = Lyrics.parse(text)
    sheet = shipped.generate(lyrics, Controls(chords_per_line=3, seed=1))
    assert [line.words for line in sheet.lines] == [line.words for line in lyrics.lines]
    assert {len(line.chords) for line in sheet.lines} == {3}


# A kept chord that leaves too few places on a line sung again, a cadence asked of one alone, a
# frame whose roots no allowed chord has, and a line sung again whose chords were given.
@pytest.mark.parametrize("seed", [1067, 1225, 1312, 3373])
def test_wishes_that_were_broken_once_are_kept(shipped: TinyLlamaGenerator, seed: int) -> None:
    case = case_of(seed)
    sheet = written(shipped, case)
    assert sheet is not None
    assert not broken(case, sheet)


def test_songs_of_odd_wishes_keep_every_one(shipped: ChordGenerator) -> None:
    """``LYRICLAB_WISHES=500`` asks for more songs than there is time for each day."""
    assert isinstance(shipped, TinyLlamaGenerator)
    for seed in range(1000, 1000 + int(os.environ.get("LYRICLAB_WISHES", "12"))):
        case = case_of(seed)
        sheet = written(shipped, case)
        if sheet is not None:
            assert not broken(case, sheet), (seed, case.controls)
