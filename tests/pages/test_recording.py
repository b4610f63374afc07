"""A recording on the Chords page becomes wishes; one that is none is refused in a sentence."""

from __future__ import annotations

import time

import pytest
from streamlit.testing.v1 import AppTest

from engine import listening
from engine.listening.heard import Heard, HeardChord
from engine.music.chord import Chord
from engine.music.key import Key

HEARD = Heard(
    seconds=8.0,
    tempo=91.6,
    beats=tuple(map(float, range(9))),
    beats_in_bar=4,
    downbeat=0,
    key=Key("Eb", "major"),
    chords=(HeardChord(0, 4, Chord.parse("Eb")), HeardChord(4, 8, Chord.parse("Bb7"))),
    edges=tuple(map(float, range(9))),
    chroma=((0.5,) * 12,) * 8,
)


@pytest.fixture
def page(app: AppTest) -> AppTest:
    return app.run().switch_page("pages/chords.py").run()


def given(page: AppTest, data: bytes = b"sound", name: str = "riff.wav") -> AppTest:
    page.file_uploader(key="recording_file").set_value((name, data, "audio/wav")).run()
    end = time.monotonic() + 10
    while page.get("button") and any(b.key == "recording_cancel" for b in page.button):
        assert time.monotonic() < end
        page.run()
    return page


@pytest.fixture
def heard(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setattr(listening, "listen", lambda data: HEARD)
    return given(page)


def test_what_was_heard_is_told_as_an_estimate_with_its_picture(heard: AppTest) -> None:
    said = [markdown.value for markdown in heard.markdown]
    assert "**An estimate of riff.wav:** E♭ major · about 92 bpm · 4 beats a bar" in said
    assert "| E♭ | B♭7 |" in [code.value for code in heard.code]
    assert heard.get("plotly_chart")
    assert not heard.exception


def test_key_and_tempo_become_wishes_and_the_chords_only_if_asked(heard: AppTest) -> None:
    heard.button(key="recording_take_key").click().run()
    assert heard.selectbox(key="chords_key").value == "Eb major"
    assert heard.number_input(key="chords_tempo").value == 92
    assert not heard.text_input(key="chords_progression").value
    heard.button(key="recording_take_chords").click().run()
    assert heard.text_input(key="chords_progression").value == "Eb Bb7"
    heard.button(key="recording_close").click().run()
    assert not heard.get("plotly_chart")


def test_the_heard_chords_reach_the_model(
    heard: AppTest, lyric: str, generator: object, until_finished: object
) -> None:
    heard.text_area(key="lyric").set_value(lyric)
    heard.button(key="recording_take_chords").click().run()
    heard.button(key="chords_write").click().run()
    until_finished(heard)  # type: ignore[operator]
    (asked,) = generator.asked  # type: ignore[attr-defined]
    assert asked.progressions == (("all", "Eb Bb7"),)
    assert (asked.key, asked.tempo) == (Key("Eb", "major"), 92)


def test_what_is_no_recording_is_refused_in_one_sentence(page: AppTest) -> None:
    given(page, b"only words", "song.wav")
    assert [error.value for error in page.error] == [
        "song.wav: The file is no recording that can be read; WAV, MP3, OGG and FLAC are accepted."
    ]
    assert not page.get("plotly_chart")


def test_without_the_optional_part_the_page_says_how_to_add_it(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.chords.recording.available", lambda: False)
    page = app.run().switch_page("pages/chords.py").run()
    assert any("requirements-listening.txt" in caption.value for caption in page.caption)
    assert not [u for u in page.get("file_uploader") if u.key == "recording_file"]
