from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from engine.__main__ import main


def test_a_table_is_imported_and_summed_up(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "mine.csv"
    table.write_text("title,genre,lyrics\nA,rap,low rain\nB,pop,snow\nC,pop,\n")
    assert main(["corpus", "import", str(table)]) == 0
    out = capsys.readouterr()
    store = tmp_path / "mine.songs.duckdb"
    assert f"{store}: 2 songs" in out.out
    assert "1 lines: The lyric is missing." in out.err

    assert main(["corpus", "summary", str(store), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["songs"] == 2
    assert told["genres"] == {"pop": 1, "rap": 1}
    assert main(["corpus", "summary", str(store)]) == 0
    assert "2 songs, 3 words" in capsys.readouterr().out


def test_words_are_measured_with_the_import_or_after_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "mine.csv"
    table.write_text("title,genre,lyrics\nA,rap,low rain\nB,pop,snow\n")
    measured = tmp_path / "mine.songs.duckdb.words"
    assert main(["corpus", "import", str(table), "--words"]) == 0
    assert f"{measured}: words and chords of all songs are measured" in capsys.readouterr().out
    made = (measured / "tokens.npy").read_bytes()
    shutil.rmtree(measured)
    assert main(["corpus", "words", str(tmp_path / "mine.songs.duckdb")]) == 0
    assert (measured / "tokens.npy").read_bytes() == made


@pytest.mark.parametrize("source", ["none", "empty"])
def test_what_is_no_data_set_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], source: str
) -> None:
    (tmp_path / "empty").mkdir()
    assert main(["corpus", "import", str(tmp_path / source)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
