"""Runs leave whole records or none, and go on where they stopped."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from engine.classifiers.prediction import Prediction
from engine.errors import CancelledError, InputError
from engine.evaluation.board.predictions import predictions
from engine.evaluation.board.ranking import board
from engine.evaluation.board.records import EvaluationRecord, read_records
from engine.evaluation.board.sets import evaluation_sets
from engine.evaluation.metrics import metric
from engine.evaluation.runner import evaluate
from engine.evaluation.tasks.data import genre_songs, read_predictions
from engine.lyrics import Lyrics
from engine.models.card import ModelCard

GENRES = ("blues", "folk", "pop", "rock")
WORDS = {
    "blues": "train gone baby",
    "folk": "river old stone",
    "pop": "dance night",
    "rock": "loud",
}
CARD = ModelCard("fake", "fake", "none", None, GENRES, "", "", {}, {}, {}, "", "", "")


class FakeClassifier:
    """Knows the genre's own words; counts the songs it was asked for."""

    base = "made up"
    card = CARD

    def __init__(self, name: str) -> None:
        self.name = name
        self.asked = 0

    def predict(self, lyrics: Sequence[Lyrics]) -> list[Prediction]:
        self.asked += len(lyrics)
        return [self._one(lyric) for lyric in lyrics]

    def _one(self, lyric: Lyrics) -> Prediction:
        hits = [0.1 + 3 * sum(word in lyric.text for word in WORDS[g].split()) for g in GENRES]
        shares = tuple(hit / sum(hits) for hit in hits)
        return Prediction(self.name, self.base, GENRES, shares, 0.01)


@pytest.fixture(autouse=True)
def _fake_surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LYRICLAB_CACHE", str(tmp_path / "cache"))
    scorer = SimpleNamespace(
        signature="bertscore|fake",
        score=lambda given, wanted: np.array(
            [[float(a == b)] * 3 for a, b in zip(given, wanted, strict=True)]
        ).reshape(-1, 3),
    )
    monkeypatch.setattr("engine.evaluation.metrics.bertscore.bert_scorer", lambda _name: scorer)
    # Measuring a base would convert it into this test's empty cache first.
    monkeypatch.setattr("engine.evaluation.tasks.genre.megabytes_read", lambda *_: 1.0)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with train and test songs; returns the test file."""
    draw = np.random.default_rng(0)
    for name, count in (("train", 120), ("test", 60)):
        rows = []
        for index in range(count):
            genre = GENRES[index % 4]
            noise = " ".join(draw.choice(["the", "and", "you", "love", "road"], 12))
            own = draw.choice(WORDS[genre].split())
            rows.append(
                {
                    "id": f"{name}{index:03d}",
                    "artist": f"artist {index // 3}",
                    "title": f"secret title {index}",
                    "genre": genre,
                    "year": 1960 + index % 50,
                    "lyrics": f"{noise}\n{own} again",
                }
            )
        (tmp_path / "songs").mkdir(exist_ok=True)
        pd.DataFrame(rows).to_parquet(tmp_path / "songs" / f"{name}.parquet")
    return tmp_path / "songs" / "test.parquet"


def loader(*fakes: FakeClassifier) -> Callable[[str, str], Any]:
    return lambda name, _preset: next(fake for fake in fakes if fake.name == name)


def test_records_agree_with_what_is_kept_and_give_nothing_away(data: Path, tmp_path: Path) -> None:
    run = evaluate("genre", data, ["llama"], load=loader(FakeClassifier("llama")))
    records, problems = read_records()
    assert problems == []
    assert list(run.records) == records
    table = predictions(records[0])
    for record in records:
        if metric(record.metric, record.signature).statistics:
            value = metric(record.metric, record.signature).of(table)
            assert record.value == pytest.approx(value, abs=1e-9)
            assert record.low is not None
            assert record.high is not None
    first = records[0]
    assert (first.dataset, first.split, first.n, first.kind) == ("songs", "test", 60, "model")
    assert first.time.endswith("+00:00")
    assert {r.metric for r in records} >= {"accuracy", "bertscore-f1", "latency-p95", "f1/folk"}
    kept = (tmp_path / "results" / first.predictions).read_bytes()
    text = table.to_csv()
    for secret in ("secret title", "artist 1", "again", "road"):
        assert secret not in text
        assert secret.encode() not in kept


def test_baselines_are_fitted_on_the_train_file_beside(data: Path) -> None:
    evaluate("genre", data, ["majority", "tfidf", "tfidf-balanced"])
    records, _ = read_records()
    accuracy = {r.model: r.value for r in records if r.metric == "accuracy"}
    assert accuracy["tfidf"] > 0.9
    assert accuracy["majority"] == 0.25
    assert {r.kind for r in records} == {"baseline"}
    places = board(records, evaluation_sets(records, "genre")[0], "accuracy").standings
    assert {s.name: s.place for s in places}["majority"] == 3


def test_a_cancelled_run_leaves_no_record_and_goes_on_later(data: Path) -> None:
    first = FakeClassifier("llama")
    with pytest.raises(CancelledError, match="goes on from there"):
        evaluate("genre", data, ["llama"], load=loader(first), cancelled=lambda: first.asked >= 30)
    assert read_records() == ([], [])
    again = FakeClassifier("llama")
    seen: list[tuple[str, int, int]] = []
    evaluate("genre", data, ["llama"], load=loader(again), progress=lambda *step: seen.append(step))
    assert seen[1][1] > 32  # the first batch after the 32 songs already done
    assert seen[-1] == ("llama", 60, 60)
    resumed = {r.metric: r.value for r in read_records()[0]}
    evaluate("genre", data, ["llama"], load=loader(FakeClassifier("llama")), resume=False)
    whole = {r.metric: r.value for r in read_records()[0]}
    assert resumed["macro-f1"] == whole["macro-f1"]


@pytest.mark.parametrize(
    "row", [None, [1], {}, {"seconds": -1.0}, {"seconds": 1.0}, {"seconds": 1.0, "prediction": 5}]
)
def test_kept_answers_that_no_run_wrote_are_refused(data: Path, tmp_path: Path, row: Any) -> None:
    first = FakeClassifier("llama")
    with pytest.raises(CancelledError):
        evaluate("genre", data, ["llama"], load=loader(first), cancelled=lambda: first.asked >= 30)
    (path,) = (tmp_path / "cache" / "evaluations").glob("*.jsonl")
    identity = next(iter(json.loads(path.read_bytes().splitlines()[1][9:])))
    for entry in ({identity: row}, 7, {"another song": {"seconds": 1.0}}):
        text = json.dumps(entry, separators=(",", ":")).encode()
        kept = path.read_bytes()
        path.write_bytes(kept + b"%08x %b\n" % (zlib.crc32(text), text))
        with pytest.raises(InputError, match="--restart"):
            evaluate("genre", data, ["llama"], load=loader(FakeClassifier("llama")))
        path.write_bytes(kept)


def test_a_finished_run_starts_afresh(data: Path) -> None:
    for _ in range(2):
        fake = FakeClassifier("llama")
        evaluate("genre", data, ["llama"], load=loader(fake))
        assert fake.asked >= 60
    runs = {record.run for record in read_records()[0]}
    assert len(runs) == 2


def test_partial_notes_cut_short_are_made_again(data: Path, tmp_path: Path) -> None:
    first = FakeClassifier("llama")
    with pytest.raises(CancelledError):
        evaluate("genre", data, ["llama"], load=loader(first), cancelled=lambda: first.asked >= 16)
    (partial,) = (tmp_path / "cache/evaluations").iterdir()
    partial.write_bytes(partial.read_bytes()[:-40])
    run = evaluate("genre", data, ["llama"], load=loader(FakeClassifier("llama")))
    assert run.records[0].n == 60
    assert not list((tmp_path / "cache/evaluations").iterdir())


@pytest.mark.parametrize(
    "line",
    [b"null", b"5", b'["a"]', b"[" * 100_000, b"\xff\xfe", b'{"test000": null}', b"\n\n"],
)
def test_what_no_run_kept_is_not_taken_over(line: bytes, data: Path, tmp_path: Path) -> None:
    first = FakeClassifier("llama")
    with pytest.raises(CancelledError):
        evaluate("genre", data, ["llama"], load=loader(first), cancelled=lambda: first.asked >= 16)
    (partial,) = (tmp_path / "cache/evaluations").iterdir()
    with partial.open("ab") as file:
        file.write(line + b"\n")
    again = FakeClassifier("llama")
    run = evaluate("genre", data, ["llama"], load=loader(again))
    assert run.records[0].n == 60
    assert again.asked == 44 + 43  # the songs not answered yet, then those that are timed


def test_two_runs_never_measure_the_same_at_once(data: Path) -> None:
    class Second(FakeClassifier):
        """Asks for the same evaluation again while it answers."""

        def predict(self, lyrics: Sequence[Lyrics]) -> list[Prediction]:
            with pytest.raises(InputError, match="llama is being measured on these songs already"):
                evaluate("genre", data, ["llama"], load=loader(FakeClassifier("llama")))
            return super().predict(lyrics)

    evaluate("genre", data, ["llama"], limit=None, load=loader(Second("llama")))
    assert len({record.run for record in read_records()[0]}) == 1


def test_a_folder_stands_for_its_test_file(data: Path, tmp_path: Path) -> None:
    run = evaluate("genre", data.parent, ["majority"])
    assert run.records[0].split == "test"
    with pytest.raises(InputError, match="no file called test"):
        evaluate("genre", tmp_path, ["majority"])


def test_limit_is_another_split(data: Path) -> None:
    run = evaluate("genre", data, ["llama"], limit=20, load=loader(FakeClassifier("llama")))
    assert run.records[0].split == "test (20 songs drawn, seed 0)"
    assert run.records[0].n == 20
    with pytest.raises(InputError, match="at least 1"):
        evaluate("genre", data, ["majority"], limit=0)


@pytest.mark.parametrize(
    ("task", "models", "said"),
    [
        ("poetry", ["llama"], "tasks are genre, chords, faithfulness"),
        ("genre", ["gpt"], "there are llama, llama/network, llama/linear, llama/early-exit"),
        ("genre", [], "at least one model"),
        ("chords", ["llama"], "there are tinyllama, trigram"),
    ],
)
def test_wrong_choices_name_the_right_ones(
    task: str, models: list[str], said: str, data: Path
) -> None:
    with pytest.raises(InputError, match=said):
        evaluate(task, data, models)


def test_unusable_data_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        evaluate("genre", tmp_path / "none.parquet", ["majority"])
    (tmp_path / "a.csv").write_text("lyrics\nla la la\n")
    with pytest.raises(InputError, match="no song with a genre"):
        evaluate("genre", tmp_path / "a.csv", ["majority"])
    (tmp_path / "b.csv").write_text("lyrics,genre\nla la la,pop\n")
    with pytest.raises(InputError, match="name its training file"):
        evaluate("genre", tmp_path / "b.csv", ["majority"])


def test_songs_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    rows = [
        {"lyrics": "la la la", "genre": "Pop", "title": "A"},
        {"lyrics": "la la la", "title": "B"},
        {"lyrics": "<b></b> la", "genre": "pop", "title": "A"},
    ]
    path.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    songs = genre_songs(path)
    assert len(songs.lyrics) == len(songs.table) == 1
    assert len(songs.problems) == 2


def test_predictions_of_a_strange_file_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    pd.DataFrame({"a": [1]}).to_parquet(path)
    with pytest.raises(InputError, match="not readable"):
        read_predictions(path)


@pytest.mark.parametrize(
    "table",
    [
        {"a": [1]},
        {"id": [1, 2], "reference": ["a", "b"]},
        {"id": ["x"], "reference": ["a"], "prediction": ["a"], "p:a": ["much"]},
        {"id": ["x"], "year": ["long ago"]},
    ],
)
@pytest.mark.parametrize("about", ["null", "5", "[" * 2000, '{"run": "r"}'])
def test_predictions_that_are_not_such_a_table_are_one_sentence(
    table: dict[str, list[object]],
    about: str,
    record: Callable[..., EvaluationRecord],
    tmp_path: Path,
) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    arrow = pa.Table.from_pydict(table).replace_schema_metadata({b"lyric-lab": about.encode()})
    (tmp_path / "predictions").mkdir()
    pq.write_table(arrow, tmp_path / "predictions" / "x.parquet")
    of_run = record(run="r", predictions="predictions/x.parquet")
    with pytest.raises(InputError, match=r"not such a table|not readable|another run"):
        predictions(of_run, tmp_path)
