"""A folder of parts: written whole, gone on with after a kill, checked before it is read."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from engine.__main__ import main
from engine.batch import answer_table, questions
from engine.batch.parts import Parts
from engine.corpora.tables import CHUNK
from engine.errors import CancelledError, InputError
from engine.lyrics import Lyrics
from tests.engine.batch.quick_model import CountingModel, write_card

ROWS = 2 * CHUNK + 40


@pytest.fixture
def answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    write_card(tmp_path / "models" / "llama", "2026-01-01T00:00:00+00:00")
    monkeypatch.setenv("LYRICLAB_MODELS", str(tmp_path / "models"))
    monkeypatch.setattr(questions, "GROUP_CHARACTERS", 800)
    songs = pd.DataFrame({"id": range(ROWS), "lyrics": [f"song {i}" for i in range(ROWS)]})
    # Row groups that end elsewhere than parts do.
    songs.to_parquet(tmp_path / "in.parquet", row_group_size=300)

    def do(output: str = "out", model: CountingModel | None = None, **options: Any) -> Any:
        one = model or CountingModel()
        return answer_table(
            tmp_path / "in.parquet",
            tmp_path / output,
            "llama",
            load=lambda *_: one,
            **{"part_rows": CHUNK, **options},
        )

    return do


def test_parts_are_one_table_for_us_and_for_others(
    answered: Callable[..., Any], tmp_path: Path
) -> None:
    answered()
    answered("one.parquet")
    one = pd.read_parquet(tmp_path / "one.parquet")
    assert pd.read_parquet(tmp_path / "out").equals(one)  # as anybody reads a folder
    Parts(tmp_path / "out").write(tmp_path / "joined.parquet")
    assert pd.read_parquet(tmp_path / "joined.parquet").equals(one)
    manifest = json.loads((tmp_path / "out" / "_manifest.json").read_text("utf-8"))
    assert manifest["rows"] == ROWS
    assert set(manifest["about"]) == {"input", "column", "model", "preset", "revision"}


class Stopping(CountingModel):
    """Stops its run, as Ctrl-C does, after some groups."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.after = after

    def predict(self, lyrics: Sequence[Lyrics]) -> Any:
        if len(self.batches) >= self.after:
            raise KeyboardInterrupt
        return super().predict(lyrics)


@pytest.mark.parametrize("after", [0, 1, 4, 9])
def test_a_run_that_was_stopped_goes_on_and_asks_nothing_twice(
    answered: Callable[..., Any], tmp_path: Path, after: int
) -> None:
    stopping, second = Stopping(after), CountingModel()
    with pytest.raises(CancelledError, match="the same command goes on"):
        answered(model=stopping)
    with pytest.raises(InputError, match="has not ended"):
        Parts(tmp_path / "out")
    done = answered(model=second)
    asked = [sum(map(len, model.batches)) for model in (stopping, second)]
    assert (done.rows, done.resumed) == (ROWS, asked[0])
    assert sum(asked) == ROWS
    answered("one.parquet")
    one = pd.read_parquet(tmp_path / "one.parquet")
    assert pd.read_parquet(tmp_path / "out").equals(one)
    assert not list((tmp_path / "out").glob("*.partial*"))


def test_a_finished_folder_and_a_strangers_are_not_written_over(
    answered: Callable[..., Any], tmp_path: Path
) -> None:
    answered()
    with pytest.raises(InputError, match=r"holds a finished table.*--restart"):
        answered()
    assert answered(restart=True, part_rows=2 * CHUNK).resumed == 0
    assert len(Parts(tmp_path / "out").manifest.parts) == 2
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("x", "utf-8")
    with pytest.raises(InputError, match=r"holds other files \(notes.txt\)"):
        answered("mine")
    (tmp_path / "file").write_text("x", "utf-8")
    with pytest.raises(InputError, match="is a file without an ending"):
        answered("file")


def test_a_part_that_was_changed_is_told_before_it_is_read(
    answered: Callable[..., Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answered()
    assert main(["parts", str(tmp_path / "out")]) == 0
    assert f"{ROWS:,} songs, 0 with an error" in capsys.readouterr().err
    part = tmp_path / "out" / "part-000001.parquet"
    data = bytearray(part.read_bytes())
    data[50] ^= 1
    part.write_bytes(data)
    assert main(["parts", str(tmp_path / "out")]) == 2
    assert "part-000001.parquet is not as it was written" in capsys.readouterr().err
    part.unlink()
    with pytest.raises(InputError, match=r"part-000001.parquet is missing"):
        Parts(tmp_path / "out")


@pytest.mark.parametrize(
    "manifest",
    [b"", b"[]", b"null", b"[" * 99999, b'{"kind": "lyric-lab parts 1", "parts": 3, "about": {}}'],
)
def test_what_is_no_manifest_is_told(tmp_path: Path, manifest: bytes) -> None:
    (tmp_path / "_manifest.json").write_bytes(manifest)
    with pytest.raises(InputError, match="is no manifest of parts"):
        Parts(tmp_path)
