"""What lies among results and beside runs: records, predictions, guests, answers, journals."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from engine.batch.journal import Journal
from engine.batch.parts import MANIFEST, Parts, manifest_of, read_manifest
from engine.evaluation.board.guests import guest_answers, guest_name
from engine.evaluation.board.predictions import predictions
from engine.evaluation.board.records import EvaluationRecord, read_records
from engine.evaluation.listening import read_answers
from engine.evaluation.tasks.data import write_predictions
from engine.plain_text import one_line
from tests.fuzz.damage import damaged, damaged_json, damaged_lines, mixed
from tests.fuzz.folders import folder, fresh, written
from tests.fuzz.fuzzing import Target, wrong_sentence

_IDS = ["1", "2"]
_HEAD = {"input": "songs.csv", "model": "llama", "rows": 3}


def guests(data: bytes) -> None:
    """Predictions that a guest brings."""
    found = guest_answers(data, _IDS)
    assert sorted(found.labels) == _IDS
    for shares in found.probabilities.values():
        assert abs(sum(shares.values()) - 1) < 1e-9
    for problem in found.problems:
        assert not wrong_sentence(problem), problem


def guest_names(data: bytes) -> None:
    """The name that a guest gives itself."""
    name = guest_name(data.decode("utf-8", "replace"))
    assert one_line(name) == name


def records(data: bytes) -> None:
    """Records of evaluations."""
    place = folder("records")
    (place / "genre.jsonl").write_bytes(data)
    found, problems = read_records(place)
    assert len(found) + sum(one.skipped for one in problems) <= data.count(b"\n") + 1
    for problem in problems:
        assert problem.reason.isprintable(), problem
        assert len(problem.reason) <= 1000


def _record() -> bytes:
    root = Path(__file__).parents[3]
    lines = (root / "results" / "genre.jsonl").read_bytes().splitlines()
    return b"\n".join(lines[:3]) + b"\n"


def kept_predictions(data: bytes) -> None:
    """The predictions that a record names."""
    place = folder("predictions")
    (place / "p.parquet").write_bytes(data)
    line = json.loads(_record().splitlines()[0]) | {"predictions": "p.parquet", "run": "a"}
    found = predictions(EvaluationRecord(**line), place)
    assert len(found.columns)


def _predictions() -> list[bytes]:
    import pandas as pd

    table = pd.DataFrame(
        {
            "id": ["a", "b"],
            "reference": ["folk", "rock"],
            "prediction": ["folk", "folk"],
            "words": [10, 20],
            "year": [1999, 2001],
            "cluster": ["x", "y"],
            "p:folk": [0.75, 0.5],
            "p:rock": [0.25, 0.5],
        }
    )
    path = folder("predictions-made") / "p.parquet"
    write_predictions(table, {"run": "a", "task": "genre"}, path)
    return [path.read_bytes()]


def listening(data: bytes) -> None:
    """What listeners answered."""
    place = folder("listening")
    (place / "listening").mkdir(exist_ok=True)
    (place / "listening" / "answers.jsonl").write_bytes(data)
    for answer in read_answers(place):
        assert isinstance(answer.listener, str)
        assert isinstance(answer.guessed_human, bool)


def _listened() -> list[bytes]:
    from engine.evaluation.listening import SCALES, Answer

    told: dict[str, Any] = {
        "listener": "a1",
        "song": "Low Moon",
        "writer": "human",
        "revision": "",
        "seed": 3,
        "guessed_human": True,
        "time": "2026-01-01T00:00:00+00:00",
    }
    names = list(Answer.__dataclass_fields__)
    row = {name: told.get(name, 3 if name in SCALES else "x") for name in names}
    return [b"\n".join([json.dumps(row).encode()] * 2)]


def journal(data: bytes) -> None:
    """What a run that was killed has left; the entries before a broken line are kept."""
    path = written("journal", "out.csv.partial", data)
    with Journal(path, _HEAD, advice="begin anew with --restart") as found:
        entries = list(found.entries())
        found.add(["more"])
        assert list(found.entries()) == [*entries, ["more"]]


def _journals() -> list[bytes]:
    path = fresh("journal-made") / "made.partial"
    with Journal(path, _HEAD) as made:
        for entry in ([0, [0.5, 0.5]], {"a": {"seconds": 1}}, ["run", "ab12"]):
            made.add(entry)
    return [path.read_bytes()]


def manifest(data: bytes) -> None:
    """The manifest of a folder of parts."""
    place = folder("manifest")
    (place / MANIFEST).write_bytes(data)
    read_manifest(place)
    Parts(place)


def _manifests() -> list[bytes]:
    from engine.batch.parts import Manifest, Part

    part = Part("part-000000.parquet", 3, 1, 100, "ab" * 32)
    return [manifest_of(Manifest(3, 1, {"column": "lyrics", "model": "llama"}, (part,)))]


_GUESTS = [
    b"id,label\n1,folk\n2,rock\n",
    b"id,title,p:folk,p:rock\n1,a,0.25,0.75\n2,b,1,0\n3,c,1e-3,.999\n",
]
RESULTS = {
    "guests": Target(guests, lambda: _GUESTS, share=1200),
    "guest-names": Target(guest_names, lambda: [b"Ann's model 2", "modèle".encode()], share=300),
    "records": Target(records, lambda: [_record()], damaged_lines(damaged_json), share=400),
    "predictions": Target(kept_predictions, _predictions, share=80),
    "listening": Target(listening, _listened, damaged_lines(damaged_json), share=300),
    "journal": Target(journal, _journals, share=300),
    "manifest": Target(manifest, _manifests, mixed(damaged, damaged_json), share=300),
}
