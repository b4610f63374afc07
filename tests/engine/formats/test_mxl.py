from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest

from engine.errors import InputError
from engine.formats import chordpro, musicxml, mxl

SHEET = chordpro.read(b"{title: Rust}\n[C]la [G7]la [C]")


def test_the_archive_holds_the_score_its_container_names() -> None:
    with zipfile.ZipFile(io.BytesIO(mxl.write(SHEET))) as archive:
        assert archive.testzip() is None
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        assert archive.read("mimetype") == mxl.MIME.encode()
        container = fromstring(archive.read("META-INF/container.xml"))  # noqa: S314 - our own file
        path = container.find("rootfiles/rootfile")
        assert path is not None
        assert archive.read(path.get("full-path", "")) == musicxml.write(SHEET)


def test_music21_opens_it(tmp_path: Path) -> None:
    from music21 import converter

    path = tmp_path / "rust.mxl"
    path.write_bytes(mxl.write(SHEET))
    score: Any = converter.parse(path)
    assert score.metadata.title == "Rust"


def test_equal_songs_give_equal_bytes() -> None:
    assert mxl.write(SHEET) == mxl.write(SHEET)


def test_a_zip_whose_index_points_before_its_beginning_is_refused() -> None:
    whole = mxl.write(SHEET)
    at = whole.index(b"PK\x01\x02")
    with pytest.raises(InputError, match="zip"):
        mxl.read(whole[: at - 40] + whole[at:])
