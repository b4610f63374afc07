"""Batches and evaluations on a small real cluster: the same answers, whoever dies."""

from __future__ import annotations

import csv
import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from engine.__main__ import main
from engine.batch import Cluster, answer_table, questions
from engine.batch.cluster import RayWorkers, joined
from engine.batch.parts import Parts
from engine.corpora.tables import CHUNK
from engine.errors import InputError
from engine.evaluation.board.predictions import predictions
from engine.evaluation.runner import evaluate
from engine.evaluation.tasks import TASKS
from tests.engine.batch.quick_model import CountingModel, write_card
from tests.engine.batch.test_chords import SONGS, OneChord

needs_ray = pytest.mark.skipif(
    find_spec("ray") is None, reason="Ray is not installed (requirements-ray.txt)"
)


class Mortal(CountingModel):
    """Its first process dies of a certain song, as one does whose memory ran out."""

    def predict(self, lyrics: Any) -> Any:
        mark = Path(os.environ["LYRICLAB_MODELS"]) / "died"
        if any("deadly" in lyric.words for lyric in lyrics) and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if any("crash" in lyric.words for lyric in lyrics):
            raise RuntimeError("index out of range")
        return super().predict(lyrics)


def load(_name: str, _preset: str) -> Mortal:
    return Mortal()


def lyrics(count: int) -> list[str]:
    songs = [f"river {i} " * (1 + i * 7 % 50) for i in range(count)]
    songs[5], songs[9], songs[70] = "", "please crash", "deadly river"
    return songs


@pytest.fixture(scope="module")
def two_workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster of this machine, which all tests here share."""
    models = tmp_path_factory.mktemp("models")
    write_card(models / "llama", "2026-01-01T00:00:00+00:00")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LYRICLAB_MODELS", str(models))
        found = Cluster("local", 2)
        with joined(found):
            yield found


@needs_ray
def test_a_batch_on_workers_is_that_of_one_machine_though_one_is_killed(
    two_workers: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "GROUP_CHARACTERS", 2000)
    source = tmp_path / "in.csv"
    with source.open("w", encoding="utf-8", newline="") as file:
        rows = enumerate(lyrics(2 * CHUNK + 100))
        csv.writer(file).writerows([["id", "lyrics"], *([i, text] for i, text in rows)])
    steps: list[tuple[int, int]] = []

    def progress(done: int, rows: int) -> None:
        steps.append((done, rows))

    done = answer_table(
        source,
        tmp_path / "parts",
        "llama",
        cluster=two_workers,
        part_rows=CHUNK,
        progress=progress,
        load=load,
    )

    died = Path(os.environ["LYRICLAB_MODELS"]) / "died"
    assert died.exists(), "no worker was killed, so nothing was tried"
    alone = answer_table(source, tmp_path / "alone.csv", "llama", load=load)
    assert (done.rows, done.errors) == (alone.rows, alone.errors) == (2 * CHUNK + 100, 2)
    assert [n for n, _ in steps] == sorted(n for n, _ in steps)
    assert steps[-1] == (2 * CHUNK + 100,) * 2
    assert main(["parts", str(tmp_path / "parts"), "--output", str(tmp_path / "whole.csv")]) == 0
    assert (tmp_path / "whole.csv").read_bytes() == (tmp_path / "alone.csv").read_bytes()
    names = sorted(path.name for path in (tmp_path / "parts").iterdir())
    assert names == ["_manifest.json", *(f"part-{i:06d}.parquet" for i in range(3))]
    assert [part.rows for part in Parts(tmp_path / "parts").manifest.parts] == [CHUNK, CHUNK, 100]


@needs_ray
def test_an_evaluation_on_workers_gives_the_records_of_one_machine(
    two_workers: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LYRICLAB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setitem(TASKS, "lines", "tests.engine.evaluation.tasks.test_tasks:LINES")
    (tmp_path / "test.txt").write_text("\n".join(map(str, range(50))) + "\n", "utf-8")
    on_workers, alone = (
        evaluate("lines", tmp_path, ["yes"], results=tmp_path / name, cluster=where).records
        for name, where in (("there", replace(two_workers, workers=1)), ("here", None))
    )
    values = [(r.model, r.metric, r.value) for r in alone if r.metric == "accuracy"]
    assert [(r.model, r.metric, r.value) for r in on_workers if r.metric == "accuracy"] == values
    assert {r.device.endswith("(cluster)") for r in on_workers} == {True}
    assert "peak-memory" not in {r.metric for r in on_workers}
    tables = [
        predictions(records[0], tmp_path / name)
        for records, name in ((on_workers, "there"), (alone, "here"))
    ]
    assert tables[0].equals(tables[1])


@needs_ray
def test_chords_for_many_songs_on_workers_are_those_of_one_machine(
    two_workers: Cluster, tmp_path: Path
) -> None:
    for name in ("tinyllama", "chord-memory", "chord-placement"):
        models = Path(os.environ["LYRICLAB_MODELS"])
        write_card(models / name, "2026-01-01T00:00:00+00:00")
    with (tmp_path / "in.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["lyrics"], *([song] for song in SONGS)])
    for name, where in (("there", replace(two_workers, workers=1)), ("here", None)):
        output = tmp_path / f"{name}.csv"
        done = answer_table(tmp_path / "in.csv", output, "tinyllama", cluster=where, load=one_chord)
        assert (done.rows, done.errors) == (len(SONGS), 2)
    assert (tmp_path / "there.csv").read_bytes() == (tmp_path / "here.csv").read_bytes()


def one_chord(_name: str, _preset: str) -> OneChord:
    return OneChord()


def test_without_ray_one_sentence_tells_how_to_have_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_card(tmp_path / "models" / "llama", "2026-01-01T00:00:00+00:00")
    monkeypatch.setenv("LYRICLAB_MODELS", str(tmp_path / "models"))
    monkeypatch.setitem(sys.modules, "ray", None)
    (tmp_path / "in.csv").write_text("lyrics\na song\n", "utf-8")
    asked = ["batch", str(tmp_path / "in.csv"), "--output", str(tmp_path / "out"), "--model"]
    assert main([*asked, "llama", "--ray", "local"]) == 2
    assert capsys.readouterr().err == (
        "error: Ray is an optional part; .venv/bin/python -m pip install -r requirements-ray.txt "
        "adds it.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--ray", "local", "--workers", "0"], "0 workers"),
        (["--ray", " "], "names no cluster"),
        (["--workers", "2"], "name one with --ray"),
        (["--key", "C"], "tells genres; wishes for chords are accepted with tinyllama"),
    ],
)
def test_what_no_cluster_is_and_wishes_for_no_chords_are_told(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    (tmp_path / "in.csv").write_text("lyrics\na song\n", "utf-8")
    asked = ["batch", str(tmp_path / "in.csv"), "--output", str(tmp_path / "out.csv")]
    assert main([*asked, "--model", "bilstm-gru", *arguments]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert message in line


class TinyRay:
    """As much of Ray as a run needs whose workers die again and again."""

    class exceptions:  # noqa: N801 - Ray's own name
        class RayError(Exception):
            pass

        class RayTaskError(RayError):
            pass

    def __init__(self, dying: int) -> None:
        self.dying = dying
        self.calls = 0

    def cluster_resources(self) -> dict[str, float]:
        return {"CPU": 2.0}

    def remote(self, **_options: Any) -> Any:
        ray = self

        class Call:
            def __init__(self, what: str) -> None:
                self.what = what

            def options(self, **_options: Any) -> Call:
                return self

            def remote(self, task: Any = None) -> tuple[str, Any, int, int]:
                ray.dying -= self.what == "do"
                ray.calls += 1
                return self.what, task, ray.dying, ray.calls

        class Actor:
            begin, do = Call("begin"), Call("do")

        return lambda _kind: type("Kind", (), {"remote": staticmethod(lambda _begin: Actor())})

    def wait(self, calls: list[Any], **_options: Any) -> tuple[list[Any], list[Any]]:
        return calls, []

    def get(self, call: tuple[str, Any, int, int]) -> Any:
        what, task, dying, _ = call
        if what == "do" and dying >= 0:
            raise self.exceptions.RayError("the node is gone")
        return task

    def kill(self, _actor: Any) -> None: ...


def test_a_task_goes_round_until_somebody_lives_to_do_it() -> None:
    workers = RayWorkers(TinyRay(dying=3), Cluster("auto"), lambda: str)
    workers.submit("song")
    assert workers.results() == ["song"]
    assert workers.under_way == 0


def test_the_last_tasks_wait_for_whoever_is_done_first() -> None:
    workers = RayWorkers(TinyRay(dying=0), Cluster("auto", 2), lambda: str)
    workers.submit("first")
    assert workers.results() == ["first"]  # all are ready
    for task in "abcd":
        workers.submit(task)
    assert [len(hand.given) for hand in workers._hands] == [1, 1]
    for task in "efg":
        workers.submit(task)
    assert [len(hand.given) for hand in workers._hands] == [2, 2]
    assert len(workers._waiting) == 3


def test_songs_that_kill_worker_after_worker_end_the_run_with_a_sentence() -> None:
    workers = RayWorkers(TinyRay(dying=99), Cluster("auto"), lambda: str)
    workers.submit("song")
    with pytest.raises(InputError, match=r"4 workers died .* more memory, .* the same command"):
        workers.results()
