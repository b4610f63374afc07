"""Every view draws, says how to read it, and answers to its filters."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ui import known_songs, state
from ui.leaderboard.views import QUESTIONS

Opened = Callable[..., AppTest]
LYRIC = "Slow rain on the valley road\nand nobody home to hear it"


def said(page: AppTest) -> str:
    return "\n".join(text.value for text in (*page.markdown, *page.caption))


def metrics(page: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in page.metric}


@pytest.mark.parametrize(
    ("task", "view"),
    [
        (task, view)
        for task, questions in QUESTIONS.items()
        for views in questions.values()
        for view in views
    ],
)
def test_every_view_draws_the_shipped_records(opened: Opened, task: str, view: str) -> None:
    page = opened(task={"genre": "Genre", "chords": "Chords"}[task], view=view)

    assert not page.exception
    assert not page.error
    without = view in ("Songs", "Listening test") or (view, task) == ("Training", "chords")
    assert page.get("plotly_chart") or without


@pytest.mark.parametrize("view", ["Confusions", "Calibration", "BERTScore", "Songs"])
def test_views_without_song_answers_say_so(opened: Opened, filled: Path, view: str) -> None:
    page = opened(view=view)

    assert not page.exception
    assert any("not kept" in info.value for info in page.info)


def test_the_front_is_told_by_name(opened: Opened, answered: Path) -> None:
    page = opened(view="Quality and cost")

    # LLaMA is quickest here (a short name) and best: nothing else stands on the front.
    assert "no other beats in both speed and score: **LLaMA**." in said(page)


@pytest.mark.parametrize("view", ["By genre", "Scores", "Calibration", "BERTScore"])
def test_the_best_model_of_the_board_is_drawn_first(
    opened: Opened, answered: Path, view: str
) -> None:
    page = opened(view=view)
    best, *_, worst = page.dataframe[0].value["model"]
    spec = page.get("plotly_chart")[0].proto.spec
    assert 0 < spec.index(f'"{best}"') < spec.index(f'"{worst}"')


def test_a_list_of_mistakes_does_not_count_them_twice(opened: Opened, answered: Path) -> None:
    page = opened(view="Songs", answers_of="Majority class")
    assert "wrong answers of Majority class, out of 120; the surest come first" in said(page)
    page.toggle(key="only_wrong").set_value(False).run()
    assert "120 of 120 answers of Majority class" in said(page)


def test_costs_are_not_ranked_and_fit_a_phone(opened: Opened, answered: Path) -> None:
    page = opened(metric="size of weights", view="Quality and cost")
    board, costs = (table.proto for table in page.dataframe)
    assert list(board.column_order) == ["model", "size of weights"]
    columns = json.loads(costs.columns)
    names = ("model", "latency-p50", "latency-p95", "peak-memory", "size")
    assert sum(columns[name]["width"] for name in names) <= 388


def test_what_bertscore_shows_is_computed(opened: Opened, answered: Path) -> None:
    page = opened(view="BERTScore")

    assert "A wrong answer still earns 0.25, whatever the song" in said(page)
    assert "**Majority class** is right in" in said(page)


def test_two_models_that_do_not_differ_are_not_ranked_in_words(
    opened: Opened, answered: Path
) -> None:
    page = opened(view="Head to head", first="LLaMA", second="RoBERTa")
    assert "**The test cannot tell them apart.** Difference in accuracy, LLaMA − RoBERTa" in said(
        page
    )

    page.selectbox(key="second").set_value("Majority class").run()
    assert "**LLaMA is better.**" in said(page)
    counts = metrics(page)
    assert sum(int(value) for value in counts.values()) == 120
    assert int(counts["Only LLaMA is right"]) > int(counts["Only Majority class is right"])


def test_the_order_of_two_models_turns_the_sign_only(opened: Opened, answered: Path) -> None:
    page = opened(view="Head to head", first="Majority class", second="LLaMA")

    assert "**LLaMA is better.** Difference in accuracy, Majority class − LLaMA: **−0" in said(page)


def test_songs_on_which_two_differ_are_filtered(opened: Opened, answered: Path) -> None:
    page = opened(view="Head to head", first="LLaMA", second="Majority class")
    page.multiselect(key="true_genre").set_value(["folk"])
    page.multiselect(key="who_is_right").set_value(["LLaMA"]).run()
    table = page.dataframe[1].value

    assert set(table["true genre"]) == {"folk"}
    assert set(table["right"]) == {"LLaMA"}
    assert (table["LLaMA"] == "folk").all()


def test_chords_are_compared_song_by_song(opened: Opened, answered: Path) -> None:
    page = opened(task="Chords", view="Head to head", metric="majmin agreement")
    table = page.dataframe[1].value

    assert list(table.columns[:4]) == ["id", "TinyLlama", "Trigram", "difference"]
    assert table["difference"].abs().is_monotonic_decreasing


def test_the_browser_shows_errors_and_filters_them(opened: Opened, answered: Path) -> None:
    page = opened(view="Songs", answers_of="Majority class")
    table = page.dataframe[1].value
    assert not table["right"].any()
    assert table["confidence"].is_monotonic_decreasing

    page.multiselect(key="true").set_value(["pop"])
    page.multiselect(key="answered").set_value(["rock"]).run()
    page.slider(key="song_words").set_value((100, 400)).run()
    table = page.dataframe[1].value
    assert len(table)
    assert set(table["true genre"]) == {"pop"}
    assert set(table["answer"]) == {"rock"}
    assert table["words"].between(100, 400).all()

    page.toggle(key="only_wrong").set_value(False)
    page.multiselect(key="answered").set_value([])
    page.slider(key="song_confidence").set_value((0, 60)).run()
    table = page.dataframe[1].value
    assert table["right"].any()
    assert table["confidence"].max() <= 0.6


def test_an_address_opens_one_song_with_every_answer(opened: Opened, answered: Path) -> None:
    page = opened(view="Songs", song="song007", only_wrong="false")

    assert any("Song song007" in header.value for header in page.subheader)
    told = page.dataframe[2].value
    assert list(told["model"]) == ["LLaMA", "RoBERTa", "Majority class"]
    assert page.get("plotly_chart")
    assert page.button(key="song_open_page").disabled


def test_pasted_words_are_carried_with_the_expected_genre(opened: Opened, answered: Path) -> None:
    page = opened(view="Songs", song="song007", only_wrong="false")
    page.text_area(key="words_song007").set_value(LYRIC).run()
    page.button(key="song_open_page").click().run()

    assert not page.exception
    assert page.session_state[state.LYRIC] == LYRIC
    expected = page.session_state["_expected_genre"]
    assert (expected.lyrics, expected.source) == (
        LYRIC,
        "the test set songs, test part (120 songs)",
    )


def test_a_song_of_a_table_of_this_visit_opens_with_its_words(
    opened: Opened, answered: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = known_songs.KnownSong("Slow Rain", LYRIC, "from songs.csv")
    monkeypatch.setattr(known_songs, "find", lambda identity: found)
    page = opened(view="Songs", song="song007", only_wrong="false")
    assert "These are the words of **Slow Rain**, from songs.csv." in said(page)
    page.button(key="song_open_page").click().run()

    assert page.session_state[state.LYRIC] == LYRIC
    assert page.session_state[state.TITLE] == "Slow Rain"


def test_the_weakest_tunes_come_first_and_show_their_chords(opened: Opened, answered: Path) -> None:
    page = opened(task="Chords", view="Songs", metric="majmin agreement")
    assert page.dataframe[1].value["majmin agreement"].is_monotonic_increasing

    page.text_input(key="song").set_value("tune003").run()
    assert [code.value for code in page.code][:2] == ["C@0 G7@4 / Am@0"] * 2
    assert "majmin agreement" in page.dataframe[2].value


def test_a_metric_no_song_has_falls_back_to_the_tasks_own(opened: Opened, answered: Path) -> None:
    page = opened(view="Length and decade", metric="size of weights")

    assert not page.exception
    assert "**Accuracy** by how many words" in said(page)
