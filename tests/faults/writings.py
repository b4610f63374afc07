"""Every kind of writing as a small act on a folder, and what a user finds there.

`ACTS` maps a name to an act and to what is told of its outcome: None before there is any, and one
value once it is done. Nothing in between may ever be told.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

from engine.batch import answer_table, questions
from engine.batch.parts import MANIFEST, Parts
from engine.corpora.reading import read_file
from engine.corpora.store import SongStore
from engine.corpora.store.making import store_of_table
from engine.corpora.tables import CHUNK
from engine.evaluation.board.predictions import predictions
from engine.evaluation.board.records import read_records
from engine.evaluation.listening import Answer, append_answer, read_answers
from engine.evaluation.runner import evaluate
from engine.evaluation.tasks import TASKS
from engine.files import write_file
from engine.models.card import ModelCard
from engine.models.made_once import is_whole, made_once
from engine.models.presets import slot
from tests.engine.batch.quick_model import CountingModel, write_card
from train.staging import staged


class Act(NamedTuple):
    """What is done, and what is told of it."""

    do: Callable[[Path], object]
    told: Callable[[Path], Any]


def prepare(folder: Path) -> None:
    """What lies there before: songs, a model, data of an evaluation."""
    rows = "".join(f"{n},song {n} of the river\n" for n in range(CHUNK + 60))
    (folder / "in.csv").write_text(f"id,lyrics\n{rows}", "utf-8")
    (folder / "test.txt").write_text("".join(f"{n}\n" for n in range(30)), "utf-8")
    write_card(folder / "models" / "llama", "2026-01-01T00:00:00+00:00")
    (folder / "song.cho").write_text("old", "utf-8")


@contextmanager
def own_folders(folder: Path) -> Iterator[None]:
    """The program's folders lie in this one."""
    names = {name: folder / name.lower() for name in ("CACHE", "RESULTS", "MODELS")}
    places = {f"LYRICLAB_{name}": str(path) for name, path in names.items()}
    lines = "tests.engine.evaluation.tasks.test_tasks:LINES"
    with (
        patch.dict("os.environ", places),
        patch.dict(TASKS, {"lines": lines}),
        patch("engine.evaluation.runner.PeakMemory", lambda: None),
        patch("engine.evaluation.measuring.scored_records", _one_record),
    ):
        yield


def _one_record(table: Any, _metrics: Any, common: Any) -> list[Any]:
    """Without resampling, which takes a second."""
    right = float((table["prediction"] == table["reference"]).mean())
    return [replace(common, metric="accuracy", signature="v1", value=right)]


def _batch(output: str) -> Callable[[Path], object]:
    def do(folder: Path) -> object:
        with patch.object(questions, "GROUP_CHARACTERS", 3000):
            return answer_table(
                folder / "in.csv",
                folder / output,
                "llama",
                part_rows=CHUNK,
                load=lambda *_: CountingModel(),
            )

    return do


def _table(folder: Path) -> bytes | None:
    path = folder / "out.csv"
    return path.read_bytes() if path.exists() else None


def _parts(folder: Path) -> Any:
    if not (folder / "out" / MANIFEST).exists():
        return None
    found = Parts(folder / "out")
    return [row.values for chunk in found.chunks() for row in chunk.rows], found.manifest.errors


def _again(act: Callable[[Path], object], told: Callable[[Path], Any]) -> Callable[[Path], object]:
    """A finished folder is not written over: done is done, unless a journal is left."""

    def do(folder: Path) -> object:
        journals = list((folder / "out").glob("*.partial"))
        return act(folder) if told(folder) is None or journals else None

    return do


def _evaluate(folder: Path) -> object:
    broken_off = list((folder / "cache" / "evaluations").glob("*.jsonl"))
    if read_records(folder / "results")[0] and not broken_off:
        return None
    return evaluate("lines", folder / "test.txt", ["yes"])


def _measured(folder: Path) -> Any:
    records, problems = read_records(folder / "results")
    assert not problems
    found = set[Any]()
    for run in {one.run for one in records}:
        of = {one.metric: one for one in records if one.run == run}
        assert len(of) == sum(one.run == run for one in records), "records are doubled"
        table = predictions(of["accuracy"], folder / "results")
        found.add((*sorted(of), of["accuracy"].value, len(table)))
    return found or None


def _convert(folder: Path) -> object:
    def make(target: Path) -> None:
        (target / "model.safetensors").write_bytes(b"w" * 5000)
        (target / "config.json").write_text("{}", "utf-8")

    return made_once(folder / "cache" / "base", make, {"sha256": "ab"})


def _converted(folder: Path) -> Any:
    place = folder / "cache" / "base"
    return sorted(path.name for path in place.iterdir()) if is_whole(place) else None


def _import(folder: Path) -> object:
    return store_of_table(read_file(folder / "in.csv"), folder / "songs.duckdb", "in.csv")


def _imported(folder: Path) -> Any:
    if not (folder / "songs.duckdb").exists():
        return None
    store = SongStore(folder / "songs.duckdb")
    try:
        return store.overview().songs
    finally:
        store.close()


def _train(folder: Path) -> object:
    own = slot("llama")
    if _trained(folder):
        return None
    card = replace(ModelCard.read(own.folder), created="2026-02-02T00:00:00+00:00")
    with staged(own) as place:
        (place.folder / "head.safetensors").write_bytes(b"h" * 3000)
        card.write(place.folder)
    return folder


def _trained(folder: Path) -> Any:
    path = folder / "models" / "llama" / "card.json"
    created = json.loads(path.read_text("utf-8"))["created"] if path.exists() else ""
    return created if created.startswith("2026-02") else None


def _song(folder: Path) -> Any:
    text = (folder / "song.cho").read_text("utf-8")
    assert text in {"old", "new" * 1000}
    return None if text == "old" else text


def _answer(folder: Path) -> object:
    if read_answers(folder / "results"):
        return None
    scales = (1, 1, 1, 1, 1)
    told = Answer("visit", "song", "human", "", 0, *scales, True, "2026-01-01T00:00:00+00:00")
    return append_answer(told, folder / "results")


ACTS = {
    "a batch to one table": Act(_batch("out.csv"), _table),
    "a batch to parts": Act(_again(_batch("out"), _parts), _parts),
    "an evaluation": Act(_evaluate, _measured),
    "a base unpacked into the cache": Act(_convert, _converted),
    "a data set imported": Act(_import, _imported),
    "a model trained": Act(_train, _trained),
    "a song written": Act(lambda folder: write_file(folder / "song.cho", b"new" * 1000), _song),
    "an answer of a listener": Act(
        _answer, lambda folder: len(read_answers(folder / "results")) or None
    ),
}
