"""A batch as a whole, with a model that is quick: formats, odd rows, kills."""

from __future__ import annotations

import csv
import datetime
import json
import os
import random
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch

from engine.batch import answer_table, questions, workers
from engine.classifiers import load_classifier
from engine.classifiers.calibration import Calibration
from engine.classifiers.prediction import GenreClassifier, Prediction
from engine.corpora.tables import CHUNK
from engine.errors import CancelledError, InputError, WeightsError
from engine.lyrics import MAX_CHARACTERS, Lyrics
from engine.models.card import ModelCard, model_revision
from engine.models.presets import slot
from tests.engine.batch.quick_model import LABELS, CountingModel, probabilities_of, write_card

ROOT = Path(__file__).parents[3]
ADDED = ["prediction", "confidence", "p_folk", "p_r&b", "p_rock", "error"]


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CountingModel:
    folder = tmp_path / "models"
    write_card(folder / "llama", "2026-01-01T00:00:00+00:00")
    monkeypatch.setenv("LYRICLAB_MODELS", str(folder))
    return CountingModel()


@pytest.fixture
def answered(model: CountingModel) -> Callable[..., Any]:
    def do(source: Path, output: Path, **options: Any) -> Any:
        return answer_table(source, output, "llama", load=lambda *_: model, **options)

    return do


def rows_in(path: Path) -> list[dict[str, Any]]:
    """Rows of a answered file; "" and absent keys as None, so that formats can be compared."""
    if path.suffix == ".parquet":
        rows = pq.read_table(path).to_pylist()
    elif path.suffix == ".jsonl":
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    else:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t" if path.suffix == ".tsv" else ","))
    return [{name: value if value != "" else None for name, value in row.items()} for row in rows]


def songs(count: int) -> list[str]:
    numbers = random.Random(0)  # noqa: S311 - not for secrets
    words = "river lantern motel harbour candle engine porch".split()  # noqa: SIM905
    made: dict[str, None] = {}  # each another: songs of the same words are asked once
    while len(made) < count:
        made[" ".join(numbers.choices(words, k=numbers.randint(1, 60)))] = None
    return list(made)


def write_songs(path: Path, lyrics: Sequence[str]) -> Path:
    if path.suffix == ".parquet":
        pq.write_table(pa.table({"id": range(len(lyrics)), "lyrics": lyrics}), path)
    elif path.suffix == ".jsonl":
        lines = [json.dumps({"id": i, "lyrics": text}) for i, text in enumerate(lyrics)]
        path.write_text("\n".join(lines), "utf-8")
    else:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, delimiter="\t" if path.suffix == ".tsv" else ",")
            writer.writerows([["id", "lyrics"], *([i, text] for i, text in enumerate(lyrics))])
    return path


FORMATS = (".csv", ".tsv", ".jsonl", ".parquet")


@pytest.mark.parametrize("given", FORMATS)
@pytest.mark.parametrize("wanted", FORMATS)
def test_any_format_becomes_any_other_with_order_columns_and_answers_kept(
    answered: Callable[..., Any], tmp_path: Path, given: str, wanted: str
) -> None:
    lyrics = [*songs(40), 'two\nlines, \u201cquoted\u201d "so"\tand so']
    lyrics[3] = ""
    source = write_songs(tmp_path / f"in{given}", lyrics)
    output = tmp_path / f"out{wanted}"

    done = answered(source, output)

    rows = rows_in(output)
    assert list(rows[0]) == ["id", "lyrics", *ADDED]
    assert [str(row["id"]) for row in rows] == [str(i) for i in range(41)]
    assert [row["lyrics"] or "" for row in rows] == lyrics
    assert (done.rows, done.errors) == (41, 1)
    for index, row in enumerate(rows):
        if index == 3:
            assert row["error"] == "The lyric is missing."
            assert all(row[name] is None for name in ADDED[:-1])
            continue
        expected = probabilities_of(Lyrics.parse(lyrics[index]))
        found = [float(row[f"p_{label}"]) for label in LABELS]
        assert found == pytest.approx(expected, rel=1e-5)
        assert row["error"] is None
        assert float(row["confidence"]) == max(found)
        assert row["prediction"] == LABELS[found.index(max(found))]
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == sorted(
        [source.name, output.name]
    )


def test_bad_rows_say_why_and_stay(answered: Callable[..., Any], tmp_path: Path) -> None:
    bad: list[tuple[Any, str]] = [
        (None, "missing"),
        (float("nan"), "missing"),
        ("   \n", "missing"),
        (17, "not text but a number"),
        (True, "not text but true or false"),
        ({"verse": "a"}, "not text but an object"),
        ([1, 2], "not text but a list"),
        ("12 / 34 - 56", "No words are left"),
        ("[Chorus]\n{title: x}", "No words are left"),
        ("\x00\x01\x02\x03", "binary"),
        ("la " * MAX_CHARACTERS, f"{MAX_CHARACTERS:,} are accepted"),
    ]
    good = ["a song of mine", ["a list of", "its lines"], "half a character \ud83c here"]
    values = [value for value, _ in bad] + good
    source = tmp_path / "in.jsonl"
    lines = [json.dumps({"lyrics": value}) for value in values]
    source.write_text("\n".join([*lines, "{}", "not json"]), "utf-8")

    done = answered(source, tmp_path / "out.jsonl")

    rows = rows_in(tmp_path / "out.jsonl")
    assert len(rows) == len(bad) + len(good) + 2
    for row, (_, message) in zip(rows, bad, strict=False):
        assert message in row["error"]
        assert row["prediction"] is None
    for row, value in zip(rows[len(bad) :], good, strict=False):
        assert row["prediction"] in LABELS
        assert row["lyrics"] == value
    assert rows[-2]["error"] == "The lyric is missing."
    assert rows[-1]["error"] == "The line is not a JSON object."
    assert rows[-1]["lyrics"] == "not json"
    assert done.errors == len(bad) + 2


def test_what_no_format_shares_is_carried_over(
    answered: Callable[..., Any], tmp_path: Path
) -> None:
    columns = {
        "lyrics": ["a song", "another"],
        "day": [datetime.date(2020, 1, 2), None],
        "price": [Decimal("1.50"), None],
        "raw": [b"\xff\x00", b"text"],
        "tags": [["x", "y"], None],
        "ratio": [float("nan"), float("inf")],
        "yes": [True, False],
    }
    pq.write_table(pa.table(columns), tmp_path / "in.parquet")

    answered(tmp_path / "in.parquet", tmp_path / "same.parquet")
    kept = pq.read_table(tmp_path / "same.parquet")
    assert kept.select(list(columns)).schema.types == pa.table(columns).schema.types
    assert kept["tags"].to_pylist() == columns["tags"]
    assert kept["raw"].to_pylist() == columns["raw"]

    answered(tmp_path / "in.parquet", tmp_path / "out.csv")
    first, second = rows_in(tmp_path / "out.csv")
    texts = [first[name] for name in ("day", "price", "raw", "tags", "ratio", "yes")]
    assert texts == ["2020-01-02", "1.50", "/wA=", '["x", "y"]', None, "true"]
    assert (second["raw"], second["ratio"]) == ("text", "inf")

    answered(tmp_path / "in.parquet", tmp_path / "out.jsonl")
    assert rows_in(tmp_path / "out.jsonl")[0]["tags"] == ["x", "y"]
    assert rows_in(tmp_path / "out.jsonl")[0]["ratio"] is None


def test_json_gets_types_in_parquet_where_all_values_share_one(
    answered: Callable[..., Any], tmp_path: Path
) -> None:
    lines = [
        {"lyrics": "a song", "n": 1, "x": 1, "b": True, "mixed": 1, "big": 2**70, "deep": {"a": 1}},
        {"lyrics": "another", "n": None, "x": 0.5, "b": None, "mixed": "one", "big": 1},
    ]
    source = tmp_path / "in.jsonl"
    source.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    answered(source, tmp_path / "out.parquet")

    first, second = pq.read_table(tmp_path / "out.parquet").to_pylist()
    assert [first[name] for name in ("n", "x", "b", "mixed", "big", "deep")] == [
        *(1, 1.0, True, "1", str(2**70), '{"a": 1}')
    ]
    assert [second[name] for name in ("n", "x", "b", "mixed", "deep")] == [
        *(None, 0.5, None, "one", None)
    ]


def test_an_input_column_called_like_a_new_one_is_renamed_and_told(
    answered: Callable[..., Any], tmp_path: Path
) -> None:
    source = tmp_path / "in.csv"
    source.write_text("prediction,error,input_error,lyrics\nmine,none,x,a song\n", "utf-8")
    done = answered(source, tmp_path / "out.csv")

    row = rows_in(tmp_path / "out.csv")[0]
    assert row["input_prediction"] == "mine"
    assert (row["input_error"], row["input_error.1"]) == ("none", "x")
    assert row["prediction"] in LABELS
    assert "'prediction' is called 'input_prediction' in the output" in done.notes[0]


def test_the_lyrics_may_be_the_column_that_is_renamed(
    answered: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "in.csv").write_text("error\na song\n", "utf-8")
    answered(tmp_path / "in.csv", tmp_path / "out.csv", text_column="error")
    assert rows_in(tmp_path / "out.csv")[0]["input_error"] == "a song"


def test_a_table_without_rows_gives_its_columns(
    answered: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "in.csv").write_text("id;lyrics\n", "utf-8")
    assert answered(tmp_path / "in.csv", tmp_path / "out.csv").rows == 0
    assert (tmp_path / "out.csv").read_text("utf-8") == ";".join(["id", "lyrics", *ADDED]) + "\n"
    answered(tmp_path / "in.csv", tmp_path / "out.parquet")
    assert pq.read_table(tmp_path / "out.parquet").num_rows == 0


def test_songs_of_like_length_share_a_batch(
    answered: Callable[..., Any],
    model: CountingModel,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(questions, "GROUP_CHARACTERS", 2000)
    source = write_songs(tmp_path / "in.csv", songs(2 * CHUNK))
    steps: list[tuple[int, int]] = []
    answered(source, tmp_path / "out.csv", progress=lambda *step: steps.append(step))

    assert sum(map(len, model.batches)) == 2 * CHUNK
    full = [batch for batch in model.batches if len(batch) > 2]
    # In the order of the file a batch's longest song would be many times its shortest.
    assert max(max(batch) / min(batch) for batch in full if min(batch) > 20) < 2
    assert len(model.batches) < CHUNK
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)
    assert steps[-1] == (2 * CHUNK, 2 * CHUNK)


def test_groups_are_answered_at_the_same_time_and_share_the_cores(
    model: CountingModel,
    answered: Callable[..., Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(questions, "GROUP_CHARACTERS", 400)
    monkeypatch.setattr(workers, "cores", lambda: 4)
    before = torch.get_num_threads()
    together, seen = threading.Barrier(4, timeout=30), []
    answer = model.predict

    def predict(lyrics: Sequence[Lyrics]) -> list[Prediction]:
        if not seen:
            together.wait()  # passes only if four are here at once
        seen.append(torch.get_num_threads())
        return answer(lyrics)

    monkeypatch.setattr(model, "predict", predict)
    try:
        answered(write_songs(tmp_path / "in.csv", songs(60)), tmp_path / "out.csv")
        assert torch.get_num_threads() == before
    finally:
        torch.set_num_threads(before)
    assert set(seen) == {1}
    assert [row["id"] for row in rows_in(tmp_path / "out.csv")] == [str(i) for i in range(60)]


def test_one_song_that_breaks_the_model_does_not_hold_up_the_others(
    answered: Callable[..., Any],
    model: CountingModel,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answer = model.predict

    def breaks(lyrics: Sequence[Lyrics]) -> list[Prediction]:
        if any("crash" in lyric.words for lyric in lyrics):
            raise RuntimeError("index out of range")
        return answer(lyrics)

    monkeypatch.setattr(model, "predict", breaks)
    source = write_songs(tmp_path / "in.csv", [*songs(5), "please crash", *songs(5)])
    assert answered(source, tmp_path / "out.csv").errors == 1
    assert "index out of range" in rows_in(tmp_path / "out.csv")[5]["error"]

    broken = write_songs(tmp_path / "all.csv", ["crash one", "crash two"])
    with pytest.raises(RuntimeError, match="index out of range"):
        answered(broken, tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ("none/out.csv", "folder of --output .* does not exist"),
        ("out.xlsx", "no table that can be written; accepted are"),
        ("in.csv", "is the input itself"),
        ("folder.csv", "is a folder"),
        ("x" * 300 + ".csv", "cannot be written: File name too long"),
    ],
)
def test_an_output_that_cannot_be_is_refused_before_anything_is_done(
    answered: Callable[..., Any], model: CountingModel, tmp_path: Path, output: str, message: str
) -> None:
    source = write_songs(tmp_path / "in.csv", songs(2))
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(InputError, match=message):
        answered(source, tmp_path / output)
    assert model.batches == []


def test_an_unknown_model_and_missing_weights_are_told(
    answered: Callable[..., Any], tmp_path: Path
) -> None:
    source = write_songs(tmp_path / "in.csv", songs(2))
    for name in ("gpt", "llama/head"):
        with pytest.raises(InputError, match=f"no genre model '{name}'"):
            answer_table(source, tmp_path / "out.csv", name)
    with pytest.raises(WeightsError, match="No model card"):
        answer_table(source, tmp_path / "out.csv", "roberta")


def interrupt_after(model: CountingModel, batches: int) -> Callable[[Sequence[Lyrics]], Any]:
    answer = model.predict

    def predict(lyrics: Sequence[Lyrics]) -> list[Prediction]:
        if len(model.batches) == batches:
            raise KeyboardInterrupt
        return answer(lyrics)

    return predict


def test_ctrl_c_says_how_to_go_on_and_no_song_is_asked_twice(
    answered: Callable[..., Any],
    model: CountingModel,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(questions, "GROUP_CHARACTERS", 2000)
    source = write_songs(tmp_path / "in.csv", songs(CHUNK + 100))
    output = tmp_path / "out.csv"
    with monkeypatch.context() as patch:
        patch.setattr(model, "predict", interrupt_after(model, 5))
        with pytest.raises(CancelledError, match="of 612 songs; the same command goes on"):
            answered(source, output)
    assert not output.exists()
    kept = sum(map(len, model.batches))

    done = answered(source, output)

    assert done.resumed == kept
    assert sum(map(len, model.batches)) == CHUNK + 100
    assert not (tmp_path / "out.csv.partial").exists()
    answered(source, tmp_path / "again.csv")
    assert output.read_bytes() == (tmp_path / "again.csv").read_bytes()


def test_what_others_were_answering_as_one_failed_is_kept(
    answered: Callable[..., Any],
    model: CountingModel,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(questions, "GROUP_CHARACTERS", 2000)
    monkeypatch.setattr(workers, "cores", lambda: 2)
    source = write_songs(tmp_path / "in.csv", songs(100))
    answer, first, failed = model.predict, threading.Lock(), threading.Event()

    def predict(lyrics: Sequence[Lyrics]) -> list[Prediction]:
        if first.acquire(blocking=False):  # the group before all others is the last to be done
            failed.wait(60)
            return answer(lyrics)
        if len(model.batches) == 2:
            failed.set()
            raise KeyboardInterrupt
        return answer(lyrics)

    with monkeypatch.context() as patch:
        patch.setattr(model, "predict", predict)
        with pytest.raises(CancelledError):
            answered(source, tmp_path / "out.csv")
    assert len(model.batches) >= 3  # the two, and the one under way

    kept = sum(map(len, model.batches))
    assert answered(source, tmp_path / "out.csv").resumed == kept


def test_answers_of_another_input_or_model_are_refused(
    answered: Callable[..., Any],
    model: CountingModel,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = write_songs(tmp_path / "in.csv", songs(20))
    output = tmp_path / "out.csv"
    with monkeypatch.context() as patch:
        patch.setattr(model, "predict", interrupt_after(model, 0))
        with pytest.raises(CancelledError):
            answered(source, output)

    other = write_songs(tmp_path / "other.csv", songs(21))
    with pytest.raises(InputError, match=r"begun with another input: .* --restart"):
        answered(other, output)
    write_card(tmp_path / "models" / "llama", "2026-02-02T00:00:00+00:00", {"layers": 1})
    with pytest.raises(InputError, match="begun with another revision"):
        answered(source, output)
    assert answered(other, output, restart=True).rows == 21


def test_an_input_that_changes_meanwhile_is_noticed(
    answered: Callable[..., Any],
    model: CountingModel,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = write_songs(tmp_path / "in.csv", songs(20))
    answer = model.predict

    def changes(lyrics: Sequence[Lyrics]) -> list[Prediction]:
        with source.open("a", encoding="utf-8") as file:
            file.write("20,one more\n")
        return answer(lyrics)

    monkeypatch.setattr(model, "predict", changes)
    with pytest.raises(InputError, match="was changed while it was read"):
        answered(source, tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


def test_the_combined_answer_pools_what_its_members_say(
    model: CountingModel, tmp_path: Path
) -> None:
    source = write_songs(tmp_path / "in.csv", songs(9))
    with pytest.raises(WeightsError, match=r"No model card at .*combined"):
        answer_table(source, tmp_path / "out.csv", "combined")
    same = Calibration.none(len(LABELS)).as_config()
    for name in ("bilstm-gru", "llama", "roberta"):
        write_card(tmp_path / "models" / name, "2026-01-01T00:00:00+00:00", same)
    weights = {"llama": 1.0, "roberta": 1.0, "bilstm-gru": 0.0}
    members = {
        name: model_revision(ModelCard.read(slot(name).folder), slot(name)) for name in weights
    }
    config = {**same, "weights": weights, "members": members, "temperatures": [2.0] * len(LABELS)}
    write_card(tmp_path / "models" / "combined", "2026-01-01T00:00:00+00:00", config)
    loaded: list[str] = []

    def load(name: str, preset: str) -> GenreClassifier:
        if name == "combined":
            return load_classifier(name, preset, load)
        loaded.append(name)
        return CountingModel(name)

    answer_table(source, tmp_path / "out.csv", "combined", load=load)

    assert loaded == ["llama", "roberta"]
    for row, lyric in zip(rows_in(tmp_path / "out.csv"), songs(9), strict=True):
        # Both members say the same, and their weights together are the temperature.
        expected = probabilities_of(Lyrics.parse(lyric))
        found = [float(row[f"p_{label}"]) for label in LABELS]
        assert found == pytest.approx(expected, rel=1e-4)
    with pytest.raises(WeightsError, match="combined-full"):
        answer_table(source, tmp_path / "out.csv", "combined", preset="full")


SLOW_RUN = """
import sys, time
from pathlib import Path
from tests.engine.batch.quick_model import CountingModel
from engine.batch import answer_table, questions

class Slow(CountingModel):
    def predict(self, lyrics):
        time.sleep(0.01)
        return super().predict(lyrics)

questions.GROUP_CHARACTERS = 2000
answer_table(Path(sys.argv[1]), Path(sys.argv[2]), "llama", load=lambda *_: Slow())
"""


def test_a_run_that_is_killed_again_and_again_ends_with_the_same_bytes(
    answered: Callable[..., Any], tmp_path: Path
) -> None:
    source = write_songs(tmp_path / "in.csv", songs(CHUNK + 200))
    answered(source, tmp_path / "whole.csv")
    output, partial = tmp_path / "out.csv", tmp_path / "out.csv.partial"
    command = [sys.executable, "-c", textwrap.dedent(SLOW_RUN), str(source), str(output)]
    kills = 0
    sizes = [0]
    for _ in range(3):
        process = subprocess.Popen(command, cwd=ROOT, env=dict(os.environ))  # noqa: S603
        end = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < end:
            size = partial.stat().st_size if partial.exists() else 0
            if size > sizes[-1] + 6_000:
                process.send_signal(signal.SIGKILL)
                kills += 1
                sizes.append(size)
                break
            time.sleep(0.01)
        process.wait(60)
    assert kills == 3
    assert not output.exists()

    done = answered(source, output)

    assert done.resumed > 0
    assert output.read_bytes() == (tmp_path / "whole.csv").read_bytes()
    assert not partial.exists()


def test_songs_of_the_same_words_are_answered_once(
    model: CountingModel, answered: Callable[..., Any], tmp_path: Path
) -> None:
    source = tmp_path / "songs.csv"
    songs = ["gravel and rain", "a river of light", "gravel and rain", "12", "gravel and rain"]
    source.write_text("lyrics\n" + "\n".join(songs) + "\n", "utf-8")
    assert answered(source, tmp_path / "out.csv").rows == len(songs)
    rows = rows_in(tmp_path / "out.csv")
    assert [row["lyrics"] for row in rows] == songs
    assert rows[0]["prediction"] is not None
    assert [{**rows[place], "lyrics": ""} for place in (2, 4)] == [{**rows[0], "lyrics": ""}] * 2
    assert sum(map(len, model.batches)) == len(set(songs)) - 1
