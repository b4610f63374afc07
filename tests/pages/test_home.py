from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from ui import resources


def test_an_example_fills_the_box_and_the_title(app: AppTest) -> None:
    app.run()
    app.button(key="example_0").click().run()

    sheet = resources.examples()[0]
    assert app.button(key="example_0").label == f"{sheet.title} · {sheet.genre}"
    words = " ".join(next(line for line in sheet.lines if line.words).words)
    assert words in app.text_area(key="lyric").value
    assert app.session_state["song_title"] == sheet.title
    assert not app.exception


def test_one_click_leads_to_every_genre_answer(app: AppTest, lyric: str) -> None:
    app.run()
    app.text_area(key="lyric").set_value(lyric)
    app.button(key="home_genre").click().run()

    assert app.title[0].value == "Genre"
    assert [metric.label for metric in app.metric] == ["LLaMA", "RoBERTa", "BiLSTM-GRU", "Combined"]
    assert not app.exception


def test_one_click_leads_to_chords_on_the_words(
    app: AppTest, lyric: str, until_finished: Callable[[AppTest], AppTest]
) -> None:
    app.run()
    app.text_area(key="lyric").set_value(lyric)
    app.button(key="home_chords").click().run()
    until_finished(app)

    assert app.title[0].value == "Chords"
    assert any('"choices"' in sheet.proto.json for sheet in app.get("bidi_component"))
    assert not app.exception


def test_an_empty_box_is_said_to_be_empty_and_nothing_else_happens(app: AppTest) -> None:
    app.run()
    app.button(key="home_genre").click().run()

    assert app.title[0].value == "Lyric Lab"
    assert "empty" in app.error[0].value


def test_a_binary_file_is_refused_and_the_typed_words_stay(app: AppTest, lyric: str) -> None:
    app.run()
    app.text_area(key="lyric").set_value(lyric).run()
    app.file_uploader(key="lyric_file").set_value(("song.txt", b"\x00\x01\x02", "text/plain"))
    app.run()

    assert "binary" in app.error[0].value
    assert app.text_area(key="lyric").value == lyric


def test_a_text_file_becomes_the_lyric(app: AppTest) -> None:
    app.run()
    upload = ("my_first song.txt", b"Rain on the roof\nrain on the road", "text/plain")
    app.file_uploader(key="lyric_file").set_value(upload).run()

    assert app.text_area(key="lyric").value == "Rain on the roof\nrain on the road"
    assert app.session_state["song_title"] == "my first song"


def test_home_opens_on_a_finished_song_with_sound_and_answers(app: AppTest) -> None:
    app.run()

    assert any("ll-sheet" in html.value for html in app.html)
    assert len(app.get("audio")) == 1
    assert [metric.label for metric in app.metric] == ["LLaMA", "RoBERTa", "BiLSTM-GRU"]
    assert any("songbook" in caption.value for caption in app.caption)


def test_the_example_opens_whole_on_the_chords_page(app: AppTest) -> None:
    app.run()
    app.button(key="home_open").click().run()

    assert app.title[0].value == "Chords"
    assert app.header[0].value == "The Lamplighter of Carrow Quay"
    assert not app.exception
    assert not [m for m in app.markdown if "were written for other" in m.value]
