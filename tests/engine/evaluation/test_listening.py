"""A blind test is blind: who wrote what follows no pattern, and both are played alike."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from engine.corpora.songbook import songbook
from engine.evaluation.listening import (
    HUMAN,
    SCALES,
    Answer,
    answers_table,
    append_answer,
    excerpt,
    listening_values,
    read_answers,
    trials,
    wishes_of,
    words_of,
)

SONGS = [f"song {n}" for n in range(20)]
ANSWER = Answer(
    listener="ada",
    song="song 1",
    writer=HUMAN,
    revision="",
    seed=1,
    coherence=5,
    fit=4,
    genre=3,
    melody=2,
    musicality=1,
    guessed_human=True,
    time="2026-01-01T00:00:00+00:00",
)


def test_every_listener_has_an_order_that_stays() -> None:
    order = trials("ada", SONGS)
    assert order == trials("ada", SONGS)
    assert order != trials("ben", SONGS)
    assert sorted(trial.song for trial in order) == sorted(SONGS)


def test_of_every_two_songs_one_is_human_and_which_is_not_foreseen() -> None:
    firsts: set[bool] = set()
    for listener in "abcdefgh":
        human = [trial.human for trial in trials(listener, SONGS)]
        assert all(one != other for one, other in zip(human[::2], human[1::2], strict=True))
        firsts.add(human[0])
    assert firsts == {True, False}


def test_a_song_is_human_for_some_and_not_for_others() -> None:
    of_song = {next(t.human for t in trials(f"{n}", SONGS) if t.song == "song 3") for n in range(9)}
    assert of_song == {True, False}


def test_what_is_heard_differs_in_chords_alone() -> None:
    sheet = songbook()[0]
    wishes = wishes_of(sheet, 7)
    assert (wishes.key, wishes.tempo, wishes.genre) == (sheet.key, sheet.tempo, sheet.genre)
    assert wishes.time_signature == sheet.time_signature
    words = words_of(sheet)
    assert [line.words for line in words.lines] == [one.words for one in sheet.lines if one.words]
    heard = excerpt(sheet)
    assert len(heard.lines) == 8
    assert all(line.words for line in heard.lines)
    assert (heard.title, heard.artist, heard.capo) == ("", None, 0)  # nothing tells the song
    assert (heard.tempo, heard.key) == (sheet.tempo, sheet.key)


def test_answers_are_kept_and_the_last_on_a_song_counts(tmp_path: Path) -> None:
    assert read_answers(tmp_path) == []
    later = replace(ANSWER, musicality=5)
    for one in (ANSWER, replace(ANSWER, listener="ben"), later):
        append_answer(one, tmp_path)
    file = tmp_path / "listening" / "answers.jsonl"
    file.write_bytes(file.read_bytes() + b'{"listener": "cut of')
    assert read_answers(tmp_path) == [later, replace(ANSWER, listener="ben")]
    assert answers_table([later]).to_dict("records")[0]["musicality"] == 5


def test_a_file_of_somebody_else_is_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "listening" / "answers.jsonl"
    file.parent.mkdir()
    file.write_text('[]\n{"a": 1}\nnull\n\xff\n', "utf-8")
    assert read_answers(tmp_path) == []


@pytest.mark.parametrize("value", [-1, 6, 2.5, True, "3"])
def test_a_rating_is_a_whole_number_of_the_scale(value: object) -> None:
    with pytest.raises(ValueError, match="fit is"):
        replace(ANSWER, fit=value)  # type: ignore[arg-type]


def test_means_of_human_chords_and_of_the_newest_weights() -> None:
    written = replace(ANSWER, writer="tinyllama", revision="new", guessed_human=False)
    old = replace(written, revision="old", song="song 9", coherence=0)
    answers = [
        old,
        *(
            replace(one, song=f"{one.writer} {n}", coherence=level + n % 2)
            for one, level in ((ANSWER, 3), (written, 1))
            for n in range(10)
        ),
    ]
    table = listening_values(answers)
    rows = {(row["model"], row["metric"]): row for row in table.to_dict("records")}
    assert rows[HUMAN, "coherence"]["value"] == pytest.approx(3.5)
    assert rows["tinyllama", "coherence"]["value"] == pytest.approx(1.5)  # the old one is another
    assert rows["tinyllama", "coherence"]["songs"] == 10
    low, high = (rows[HUMAN, "coherence"][end] for end in ("low", "high"))
    assert 3 < low < 3.5 < high < 4
    assert rows[HUMAN, "guessed"]["value"] == 1
    assert rows["tinyllama", "guessed"]["value"] == 0
    assert {metric for _, metric in rows} == {*SCALES, "guessed"}
    assert next(iter(rows))[0] == HUMAN


def test_few_answers_are_told_as_they_are() -> None:
    table = listening_values([ANSWER])
    assert set(table["model"]) == {HUMAN}
    assert table["value"].tolist() == [5, 4, 3, 2, 1, 1]


@pytest.mark.parametrize(
    "line",
    ['{"listener": ' + "[" * 5000, json.dumps(asdict(ANSWER) | {"song": ["a"]})],
)
def test_a_line_that_holds_no_answer_is_passed_over(tmp_path: Path, line: str) -> None:
    append_answer(ANSWER, tmp_path)
    with (tmp_path / "listening" / "answers.jsonl").open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
    assert read_answers(tmp_path) == [ANSWER]
