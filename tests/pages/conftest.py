"""Small stand-ins for the models, put where `ui.resources` loads them; and the app opened."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.classifiers.prediction import GENRES, Prediction
from engine.errors import CancelledError
from engine.generator.controls import Controls
from engine.lyrics import Lyrics
from engine.music.chord import Chord
from engine.music.key import Key
from engine.music.lead_sheet import LeadSheet, Line, PlacedChord
from ui import example_song, resources

ROOT = Path(__file__).parents[2]
LYRIC = """[Verse]
Down the dusty road I carried home the rain
Every mile a letter with somebody's name

[Chorus]
Oh lay the table, leave a light
The river can keep its secrets tonight
"""


class FakeClassifier:
    """Answers folk, more or less surely, by its name."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.base = {"llama": "Tiny-LLaMA", "roberta": "Tiny-RoBERTa"}.get(name, "from scratch")

    def predict(self, lyrics: Sequence[Lyrics]) -> list[Prediction]:
        favourite = "country" if self.name == "bilstm-gru" else "folk"
        rest = 0.4 / (len(GENRES) - 1)
        probabilities = tuple(0.6 if genre == favourite else rest for genre in GENRES)
        tags = (("singer-songwriter", 0.7), ("ballad", 0.2)) if self.name == "bilstm-gru" else ()
        return [Prediction(self.name, self.base, GENRES, probabilities, 0.01, tags) for _ in lyrics]


class FakeGenerator:
    """Puts I, IV, V and vi on the words; as slow as it is told to be."""

    name = "tinyllama"
    base = "Tiny-LLaMA"

    def __init__(self, seconds_per_line: float = 0.0) -> None:
        self.seconds_per_line = seconds_per_line
        self.asked: list[Controls] = []
        self.locked: dict[int, Sequence[PlacedChord]] = {}

    def generate(
        self,
        lyrics: Lyrics,
        controls: Controls,
        progress: Callable[[int, int], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
        locked: Mapping[int, Sequence[PlacedChord]] | None = None,
    ) -> LeadSheet:
        self.locked = dict(locked or {})
        self.asked.append(controls)
        key = controls.key or Key("G", "major")
        chords = [Chord.harte(f"{key.spell((key.tonic_pitch_class + n) % 12)}") for n in (0, 5, 7)]
        lines: list[Line] = []
        for index, line in enumerate(lyrics.lines):
            if cancelled and cancelled():
                raise CancelledError("Cancelled.")
            time.sleep(self.seconds_per_line)
            first = PlacedChord(0, chords[(index + controls.seed) % 3])
            placed = (first, PlacedChord(len(line.words) // 2, chords[(index + 1) % 3]))
            lines.append(Line(line.words, placed, line.section, line.stanza))
            if progress:
                progress(index + 1, len(lyrics.lines))
        return LeadSheet(
            controls.title,
            key,
            tuple(lines),
            controls.time_signature,
            controls.tempo or 100,
            controls.genre,
        )


@pytest.fixture
def generator(monkeypatch: pytest.MonkeyPatch) -> FakeGenerator:
    fake = FakeGenerator()
    monkeypatch.setattr(resources, "generator", lambda name="tinyllama": fake)
    return fake


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch, generator: FakeGenerator) -> Iterator[AppTest]:
    monkeypatch.setattr(resources, "classifier", FakeClassifier)
    monkeypatch.chdir(ROOT)
    yield AppTest.from_file(str(ROOT / "Home.py"), default_timeout=30)
    resources.served.clear()
    resources.listening_queue.clear()
    example_song.example.cache_clear()  # it knows the models that were there


def finished(app: AppTest, seconds: float = 20) -> AppTest:
    """Run the app as its polling fragment would, until no job is under way."""
    end = time.monotonic() + seconds
    while app.session_state["_visit"].job is not None:
        assert time.monotonic() < end, "the job does not end"
        time.sleep(0.02)
        app.run()
    return app


@pytest.fixture
def lyric() -> str:
    return LYRIC


@pytest.fixture
def until_finished() -> Callable[[AppTest], AppTest]:
    return finished


@pytest.fixture
def written(page: AppTest, lyric: str, until_finished: Callable[[AppTest], AppTest]) -> AppTest:
    """The Chords page, which the test opens as `page`, with a song that was written there."""
    page.text_area(key="lyric").set_value(lyric)
    page.button(key="chords_write").click().run()
    return until_finished(page)
