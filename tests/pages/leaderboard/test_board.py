"""What is compared, the standings, and problems shown as what they are."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from engine.evaluation.board.records import EvaluationRecord, append_records

Opened = Callable[..., AppTest]
Records = Callable[..., EvaluationRecord]


def standings(page: AppTest) -> object:
    return page.dataframe[0].value


def ranked(page: AppTest) -> list[str]:
    return list(page.dataframe[0].value.dropna(subset=["place"])["model"])


def test_the_shipped_records_fill_the_page(opened: Opened) -> None:
    page = opened()

    assert not page.exception
    assert len(page.dataframe[0].value) >= 3


def test_models_stand_in_order_with_intervals(opened: Opened, filled: Path) -> None:
    table = opened().dataframe[0].value

    assert list(table["model"]) == ["LLaMA", "Majority class"]
    assert list(table["place"]) == [1, 2]
    assert list(table["low"]) == pytest.approx([0.55, 0.25])


def test_reported_figures_are_marked_and_hold_no_place(opened: Opened, filled: Path) -> None:
    page = opened(metric="BERTScore F1")
    reported = page.dataframe[0].value.iloc[2:]

    assert list(reported["BERTScore F1"]) == [0.7715, 0.9119]
    assert reported["place"].isna().all()
    assert all("not reproduced" in kind for kind in reported["kind"])
    assert any("read it beside accuracy" in caption.value for caption in page.caption)


def test_numbers_of_other_definitions_never_share_a_board(
    opened: Opened, filled: Path, new_record: Records
) -> None:
    other = "bertscore|other@0123|layer=9"
    append_records([new_record("roberta", "bertscore-f1", 0.9, signature=other)], filled)
    page = opened(metric="BERTScore F1")

    assert ranked(page) == ["RoBERTa"]
    signature = page.selectbox(key="signature")
    signature.set_value(next(o for o in signature.options if o != other)).run()
    assert ranked(page) == ["LLaMA", "Majority class"]


def test_a_foreign_signature_is_told_and_takes_no_board(
    opened: Opened, filled: Path, new_record: Records
) -> None:
    append_records([new_record("forger", "accuracy", 0.99, signature="mine")], filled)
    page = opened()

    assert ranked(page) == ["LLaMA", "Majority class"]
    said = page.text[0].value
    assert said.startswith("results/genre.jsonl, line 11: its accuracy was measured as 'mine'")
    assert "skipped" not in said


def test_a_truncated_record_is_told_and_the_others_stay(opened: Opened, filled: Path) -> None:
    path = filled / "genre.jsonl"
    line = json.dumps({"task": "genre"})[:9]
    path.write_text(path.read_text("utf-8") + line, "utf-8")
    page = opened()

    assert any("1 line of the results" in expander.label for expander in page.expander)
    assert any("line 11: cut short (a truncated record)" in text.value for text in page.text)
    assert len(page.dataframe[0].value) == 2


def test_answers_of_another_run_are_told_and_the_record_stays(
    opened: Opened, answered: Path
) -> None:
    (answered / "predictions/llama.parquet").write_bytes(
        (answered / "predictions/roberta.parquet").read_bytes()
    )
    page = opened()

    assert any("are of another run" in caption.value for caption in page.caption)
    assert "LLaMA" in ranked(page)


def test_without_records_the_page_says_how_to_make_some(opened: Opened, results: Path) -> None:
    page = opened()

    assert "engine evaluate" in page.info[0].value
    assert page.button(key="evaluate_start")
    assert not page.exception


def test_every_choice_comes_from_the_address(opened: Opened, answered: Path) -> None:
    page = opened(task="Chords", metric="majmin agreement", view="Head to head", first="Trigram")

    assert not page.exception
    assert page.selectbox(key="metric").value == "majmin agreement"
    assert page.selectbox(key="first").value == "Trigram"
    assert page.selectbox(key="second").value == "TinyLlama"
    assert ranked(page) == ["TinyLlama", "Trigram"]


def test_an_address_that_names_nothing_shows_the_board(opened: Opened, filled: Path) -> None:
    page = opened(task="Poetry", metric="charm", view="Nowhere", songs="none")

    assert not page.exception
    assert ranked(page) == ["LLaMA", "Majority class"]


def test_the_task_can_be_changed_from_any_view(opened: Opened, answered: Path) -> None:
    page = opened(view="Confusions", metric="macro F1")
    page.selectbox(key="task").set_value("chords").run()

    assert not page.exception
    assert ranked(page) == ["TinyLlama", "Trigram"]


def test_a_model_can_be_left_out_and_the_view_says_so(opened: Opened, answered: Path) -> None:
    page = opened()
    page.multiselect(key="without").set_value(["roberta"]).run()

    assert ranked(page) == ["LLaMA", "Majority class"]
    assert any("Left out of this view: RoBERTa" in caption.value for caption in page.caption)


def test_the_link_names_every_choice(opened: Opened, answered: Path) -> None:
    page = opened(metric="macro F1")
    page.multiselect(key="without").set_value(["roberta"]).run()
    link = page.code[-1].value

    assert "task=Genre" in link
    assert "metric=macro+F1" in link
    assert "without=RoBERTa" in link


def chosen(page: AppTest) -> dict[str, object]:
    """What every widget of the view holds."""
    drawn = page.session_state["_linked_widgets"]
    return {key: page.session_state[key] for key in drawn}


def given(page: AppTest, **values: object) -> AppTest:
    for key, value in values.items():
        page.session_state[key] = value
        page.run()
    return page


@pytest.mark.parametrize(
    ("view", "choices"),
    [
        ("Scores", {"without": ["roberta"], "metric": "macro F1"}),
        ("Head to head", {"first": "Majority class", "second": "RoBERTa", "true_genre": ["folk"],
                          "who_is_right": ["RoBERTa"]}),
        ("Confusions", {"matrices": ["Majority class"]}),
        ("Songs", {"answers_of": "RoBERTa", "song": "song00", "true": ["pop"],
                   "answered": ["rock", "folk"], "only_wrong": False, "song_words": (30, 300),
                   "song_confidence": (0, 50)}),
        ("Training", {"runs": ["RoBERTa", "LLaMA"]}),
    ],
)  # fmt: skip
def test_every_choice_survives_its_address(
    opened: Opened,
    app: AppTest,
    answered: Path,
    view: str,
    choices: dict[str, object],
) -> None:
    page = given(opened(view=view), **choices)
    assert not page.exception
    before = chosen(page)
    assert {key: before[key] for key in choices} == choices
    link = page.code[-1].value
    address = parse_qs(urlsplit(link).query)

    again = AppTest.from_file(str(Path("Home.py").resolve()), default_timeout=30).run()
    again.switch_page("pages/leaderboard.py").query_params.update(address)
    after = chosen(again.run())
    assert after == before


def test_networks_and_linear_paths_are_folded_until_asked_for(
    opened: Opened, filled: Path, new_record: Records
) -> None:
    append_records(
        (
            new_record(f"llama/{part}", "accuracy", value)
            for part, value in (("network", 0.58), ("linear", 0.55))
        ),
        filled,
    )
    page = opened()
    assert ranked(page) == ["LLaMA", "Majority class"]
    assert "LLaMA, network alone" not in page.multiselect(key="without").options

    page.toggle(key="parts").set_value(True).run()
    assert ranked(page) == [
        "LLaMA",
        "LLaMA, network alone",
        "LLaMA, linear path alone",
        "Majority class",
    ]
    assert "parts=true" in page.code[-1].value
