"""Human or not: rated without knowing whose, kept here, and shown to those who have answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.errors import EngineError
from engine.evaluation.listening import ENOUGH, SCALES, Answer, append_answer, read_answers
from ui import resources

Opened = Callable[..., AppTest]
OTHER = Answer("other", "A song", "human", "", 0, 5, 5, 5, 5, 5, True, "2026-01-01T00:00:00+00:00")


@pytest.fixture(autouse=True)
def _no_sound(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(resources, "sound", lambda _sheet: b"RIFF")
    monkeypatch.setattr(resources, "revision", lambda _name: "0123456789ab")
    yield
    resources.served.clear()


def listening(opened: Opened) -> AppTest:
    return opened(task="Chords", view="Listening test")


def said(page: AppTest) -> str:
    return "\n".join(text.value for text in (*page.markdown, *page.caption, *page.subheader))


def rate(page: AppTest, value: int = 3, without: str | None = None) -> AppTest:
    for name in (*SCALES, "guess"):
        (group,) = [g for g in page.button_group if str(g.key).startswith(f"listening_{name}_")]
        if name != without:
            group.set_value(value if name != "guess" else "A human")
    (button,) = [one for one in page.button if one.label == "Keep and go on"]
    return button.click().run()


def charts(page: AppTest) -> int:
    return len(page.get("plotly_chart"))


def test_nothing_is_shown_of_others_before_a_visitor_has_answered(
    opened: Opened, answered: Path
) -> None:
    append_answer(OTHER)
    page = listening(opened)
    assert charts(page) == 0
    page.button(key="listening_begin").click().run()
    assert "Song 1 of" in said(page)
    for _ in range(ENOUGH - 1):
        page = rate(page)
        assert charts(page) == 0
    page = rate(page)
    assert not page.exception
    assert charts(page) == 1
    assert "2 listeners rated 7 songs" in said(page)
    own = [answer for answer in read_answers() if answer.listener != "other"]
    assert len(own) == ENOUGH
    assert sorted(answer.writer for answer in own) == ["human"] * 3 + ["tinyllama"] * 3
    assert {answer.revision for answer in own if answer.writer != "human"} == {"0123456789ab"}
    right = sum(answer.writer == "human" for answer in own)
    assert f"You told {right} of {ENOUGH} right" in said(page)


def test_an_open_question_keeps_the_song(opened: Opened, answered: Path) -> None:
    page = listening(opened)
    page.button(key="listening_begin").click().run()
    page = rate(page, without="melody")
    assert any("still open" in warning.value for warning in page.warning)
    assert read_answers() == []
    page = rate(page, value=0)
    assert [answer.melody for answer in read_answers()] == [0]
    assert "Song 2 of" in said(page)


def test_neither_title_nor_writer_is_told(opened: Opened, answered: Path) -> None:
    page = listening(opened)
    page.button(key="listening_begin").click().run()
    shown = said(page) + "".join(str(html.proto.body) for html in page.get("html"))
    titles = [sheet.title for sheet in resources.songbook()]
    lines = {line.text for sheet in resources.songbook() for line in sheet.lines}
    assert not [title for title in titles if title in shown and title not in " ".join(lines)]


def test_the_model_writes_whether_it_is_heard_or_not(
    opened: Opened, answered: Path, generator: object
) -> None:
    page = listening(opened)
    page.button(key="listening_begin").click().run()
    first = len(generator.asked)  # type: ignore[attr-defined]
    assert first >= 1
    page = rate(page)
    assert len(generator.asked) > first  # type: ignore[attr-defined]


def test_a_model_that_fails_is_told(
    opened: Opened, answered: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_name: str = "") -> object:
        raise EngineError("The weights are missing.")

    monkeypatch.setattr(resources, "generator", fail)
    page = listening(opened)
    page.button(key="listening_begin").click().run()
    assert not page.exception
    assert any("weights are missing" in error.value for error in page.error)


def test_who_has_heard_every_song_is_thanked(
    opened: Opened, answered: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheets = resources.songbook()[:2]
    monkeypatch.setattr(resources, "songbook", lambda: sheets)
    page = listening(opened)
    page.button(key="listening_begin").click().run()
    page = rate(rate(page))
    assert any("Thank you" in success.value for success in page.success)
