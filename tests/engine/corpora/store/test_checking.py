"""What a file may be instead of a store of songs, and the sentence that says so."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from engine.__main__ import main
from engine.corpora import read_table
from engine.corpora.store import SongStore, checking, store_of_table
from engine.errors import InputError

TABLE = b"title,genre,lyrics\nSlow Rain,folk,Slow rain on the road\nLow,,Low moon\n"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a store."""
    path = tmp_path_factory.mktemp("whole") / "songs.duckdb"
    store_of_table(read_table("songs.csv", TABLE), path, "songs.csv")
    return path.read_bytes()


@pytest.fixture
def changed(whole: bytes, tmp_path: Path) -> Callable[..., Path]:
    """A store over which somebody has run some SQL."""

    def run(*statements: str) -> Path:
        path = tmp_path / "songs.duckdb"
        path.write_bytes(whole)
        with duckdb.connect(str(path)) as connection:
            for statement in statements:
                connection.execute(statement)
        return path

    return run


@pytest.mark.parametrize(
    ("statements", "told"),
    [
        (["DROP TABLE songs", "CREATE VIEW songs AS FROM read_text('/etc/hostname')"], "views"),
        (
            ["ALTER TABLE songs RENAME TO s", "CREATE VIEW songs AS FROM s, range(1000000000000)"],
            "views",
        ),
        (["CREATE MACRO nullif(a, b) AS repeat(a, 99)"], "functions of its own"),
        (["DROP TABLE songs"], "no table 'songs'"),
        (["DROP TABLE bad"], "no table 'bad'"),
        (["DROP TABLE about"], "no table 'about'"),
        (["ALTER TABLE songs DROP COLUMN sheet"], "the column 'sheet' of its table 'songs' is mis"),
        (["ALTER TABLE songs ADD COLUMN more INTEGER"], "more columns"),
        (["ALTER TABLE songs ALTER year TYPE VARCHAR"], "'year' .* is 'VARCHAR', not SMALLINT"),
        (["UPDATE about SET value = '[1'"], "no JSON"),
        (["UPDATE about SET value = repeat('[', 2000000)"], "'about' has 2 MB"),
        (["UPDATE about SET value = '[1]'"], "another version"),
        (["UPDATE about SET value = '{\"version\": 99}'"], "another version"),
        (["UPDATE songs SET title = NULL"], "no values where every song has some"),
        (["UPDATE songs SET words = -1"], "no values where every song has some"),
        (["UPDATE songs SET row = row + 2000000000"], "not numbered from 0"),
        (["UPDATE songs SET row = 1"], "not numbered from 0"),
        (["UPDATE songs SET title = repeat('x', 1000000)"], "'title' of a song has 1 MB"),
        (["UPDATE songs SET lyrics = repeat('x', 40000000)"], "'lyrics' of a song has 38 MB"),
        (["UPDATE songs SET tags = list_resize(['x'], 20000, 'x')"], "too many tags"),
        (["UPDATE songs SET tags = [repeat('x', 100000)]"], "tags without an end"),
        (["INSERT INTO bad VALUES ('a', 1, repeat('x', 1000000), '')"], "'bad' has 1 MB"),
    ],
)
def test_what_is_no_store_is_told_before_anything_is_asked_of_it(
    changed: Callable[..., Path], statements: list[str], told: str
) -> None:
    with pytest.raises(InputError, match=told):
        SongStore(changed(*statements))


def test_a_small_file_that_unpacks_to_much_is_refused(
    changed: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "_WHOLE_BYTES", 2**20)
    monkeypatch.setattr(checking, "_BYTES_A_BYTE", 1)
    path = changed(
        "DELETE FROM songs",
        "INSERT INTO songs SELECT range, range, '', '', NULL, '', [], '', '', '', 1, 1, "
        "repeat('x', 1000), '', '' FROM range(20000)",
    )
    with pytest.raises(InputError, match=r"its \d MB unpack to 19 MB"):
        SongStore(path)


def test_another_file_altogether_is_told(whole: bytes, tmp_path: Path) -> None:
    path = tmp_path / "songs.duckdb"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE songs (a)")
    other.close()
    files = [path.read_bytes(), b"", whole[: len(whole) // 2], whole[:5000], b"PAR1" * 4000]
    later = whole[:12] + (10**6).to_bytes(8, "little") + whole[20:]
    for data in [*files, later, whole[:12_288] + b"\1" * (len(whole) - 12_288)]:
        path.write_bytes(data)
        with pytest.raises(InputError, match="no store of songs that can be read"):
            SongStore(path)


def test_a_store_with_tables_of_somebody_else_beside_ours_is_read(
    changed: Callable[..., Path],
) -> None:
    store = SongStore(changed("CREATE TABLE other (a INTEGER)"))
    assert store.overview().songs == 2
    store.close()


def test_the_command_line_tells_it_in_one_line(
    changed: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    path = changed("DROP TABLE songs", "CREATE VIEW songs AS SELECT 1 AS row")
    assert main(["corpus", "summary", str(path)]) == 2
    assert "it holds views" in capsys.readouterr().err
