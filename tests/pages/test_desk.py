from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from engine.generator.controls import Controls
from engine.music.chord import Chord
from engine.music.key import Key
from engine.music.lead_sheet import LeadSheet, Line, PlacedChord
from engine.project import Project, Take, file, link
from ui import state, work

Wait = Callable[[AppTest], AppTest]
SHEET = LeadSheet(
    "Rain",
    Key("G", "major"),
    (Line(("down", "the", "road"), (PlacedChord(0, Chord.parse("Em7"), locked=True),)),),
)
PROJECT = Project(
    "Rain",
    "down the road",
    Controls(
        *(Key("E", "minor"), "folk", 2, "triads", 0.3, 7, 72, "3/4", "Rain"),
        decoder=False,
        variety=0.2,
        borrowed=2.0,
        allow=("G", "D"),
        form="free",
        progressions=(("all", "I V"), ("chorus", "i iv; i V")),
        cadences=(("verse", "half"), ("end", "plagal")),
        keys=(("bridge", Key("A", "minor")),),
        alike=(("verse 2", ""), ("verse 3", "verse 1")),
    ),
    Take(SHEET, "down the road", "by hand", Controls(title="Rain"), edited=True),
    transpose=2,
    capo=3,
)


@pytest.fixture
def page(app: AppTest) -> AppTest:
    return app.run().switch_page("pages/chords.py").run()


def kept(page: AppTest) -> Project:
    """What the browser is told to keep at the end of a run (Home.py, which AppTest skips)."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(st, "session_state", page.session_state)
        return file.read(work.written().encode())


def test_a_link_opens_its_song_with_words_wishes_locks_and_key(page: AppTest) -> None:
    page.query_params["song"] = link.write(PROJECT)
    page.run()

    assert not page.exception
    assert kept(page) == PROJECT
    assert "song" not in page.query_params, "a reload would undo what is edited meanwhile"
    assert page.text_area(key="lyric").value == "down the road"
    assert page.selectbox(key="chords_key").value == "E minor"
    assert page.number_input(key="transpose").value == 2


@pytest.mark.parametrize("text", ["1abc", "2", "1" * 10_000, link.write(PROJECT)[:-9]])
def test_a_broken_link_is_refused_in_a_sentence_and_changes_nothing(
    page: AppTest, text: str
) -> None:
    page.text_area(key="lyric").set_value("my own words")
    page.query_params["song"] = text
    page.run()

    assert len(page.error) == 1
    assert "link" in page.error[0].value
    assert page.text_area(key="lyric").value == "my own words"
    assert not page.exception


def test_what_stands_on_the_page_is_kept_from_the_first_word_on(page: AppTest, lyric: str) -> None:
    page.text_area(key="lyric").set_value(lyric).run()
    page.selectbox(key="chords_genre").set_value("jazz").run()

    project = kept(page)
    assert (project.lyric, project.take) == (lyric, None)
    assert project.controls is not None
    assert project.controls.genre == "jazz"
    page.switch_page("pages/explorer.py").run()
    assert kept(page) == project, "on every page"


def test_a_version_is_kept_compared_and_returned_to(written: AppTest, until_finished: Wait) -> None:
    written.session_state["chords_tab"] = "Versions"
    written.run()
    first = kept(written).take
    written.text_input(key="version_name").set_value("Bold")
    (keep,) = (button for button in written.button if button.label == "Keep this version")
    keep.click().run()
    assert [version.name for version in kept(written).versions] == ["Bold"]

    written.button(key="chords_again").click().run()
    until_finished(written)
    assert kept(written).take != first
    assert any("lines differ" in caption.value for caption in written.caption)

    written.button(key="version_return_0").click().run()
    take = kept(written).take
    assert take is not None
    assert first is not None
    assert replace(take, edited=False) == first
    assert any(caption.value.startswith("No line differs") for caption in written.caption)
    written.button(key="version_forget_0").click().run()
    assert kept(written).versions == ()
    assert not written.exception


def test_what_the_browser_kept_is_taken_up_and_typed_words_stay(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session: dict[str, object] = {}
    monkeypatch.setattr(st, "session_state", session)
    text = file.write(PROJECT).decode()
    assert work.restore({"text": text, "of": "a" * 24})
    assert work.now() == PROJECT
    assert state.desk() == "a" * 24

    session.clear()
    session[state.LYRIC] = "typed since"
    assert work.restore({"text": text, "of": ""})
    assert state.lyric() == "typed since"
    assert state.song() is not None
    assert not work.restore({"text": "", "of": ""})
    assert work.restore({"text": "{}"})
    assert "cannot be read" in str(state.taken_message())


def test_the_predicted_genre_goes_to_the_chords_and_their_words_back(
    app: AppTest, lyric: str, until_finished: Wait, generator: object
) -> None:
    page = app.run().switch_page("pages/genre.py").run()
    page.text_area(key="lyric").set_value(lyric)
    page.button(key="genre_run").click().run()
    page.button(key="genre_use_style").click().run()
    assert page.title[0].value == "Chords"
    until_finished(page.switch_page("pages/chords.py").run())

    (asked,) = generator.asked  # type: ignore[attr-defined]
    assert asked.genre == "folk"
    assert page.selectbox(key="chords_genre").value == "folk"
    page.button(key="chords_genre_of").click().run()
    assert page.title[0].value == "Genre"
    page.switch_page("pages/genre.py").run()
    page.button(key="genre_use_style").click().run()
    assert page.title[0].value == "Chords"
    assert len(generator.asked) == 1, "the chords that are there stay"  # type: ignore[attr-defined]
