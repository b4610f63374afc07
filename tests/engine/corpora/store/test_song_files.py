from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from engine.corpora.store import SongStore, files_in_zip, import_songs, song_files, store_of_files
from engine.errors import InputError
from engine.formats import json_format

FILES = {
    "a/Low_Moon.cho": "{artist: Ann}\n{key: G}\n[G]Low moon on the [C]hill\n",
    "b/rain.txt": "[Verse]\nRain on the window\n",
    "b/empty.txt": "",
    "notes.pdf": "no song",
    ".hidden.txt": "no song",
}


def zipped(files: dict[str, str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in files.items():
            file.writestr(name, text)
    return packed.getvalue()


@pytest.fixture(params=["folder", "zip"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> SongStore:
    if request.param == "zip":
        source = tmp_path / "songs.zip"
        source.write_bytes(zipped(FILES))
    else:
        source = tmp_path / "songs"
        for name, text in FILES.items():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_text(text)
    return SongStore(import_songs(source, tmp_path / "s.duckdb"))


def test_songs_of_a_folder_or_zip_keep_words_and_chords(store: SongStore) -> None:
    moon, rain = store.song(0), store.song(1)
    assert (moon["title"], moon["artist"], moon["key"]) == ("Low Moon", "Ann", "G major")
    assert len(json_format.read(moon["sheet"].encode()).lines[0].chords) == 2
    assert (rain["title"], rain["sung"], rain["sheet"]) == ("rain", "rain on the window", "")
    assert store.bad()["file"].tolist() == ["b/empty.txt"]


def test_what_holds_no_song_or_too_much_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InputError, match="no readable zip"):
        files_in_zip("a.zip", b"no zip")
    with pytest.raises(InputError, match="holds no song"):
        store_of_files(files_in_zip("a.zip", zipped({"a.pdf": ""})), tmp_path / "s", "a.zip")
    monkeypatch.setattr(song_files, "MAX_FILE_BYTES", 100)
    bomb = zipped({"a.txt": "rain " * 1000, "b.txt": "rain"})
    store_of_files(files_in_zip("a.zip", bomb), tmp_path / "s", "a.zip")
    assert "more than" in SongStore(tmp_path / "s").bad()["reason"].tolist()[0]
    monkeypatch.setattr(song_files, "MAX_BYTES", 100)
    with pytest.raises(InputError, match="unpacks to"):
        files_in_zip("a.zip", bomb)
