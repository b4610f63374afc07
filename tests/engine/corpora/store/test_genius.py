"""Genius Expertise: what is read of it, what is told of broken lines; a kill loses nothing."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from engine.corpora.store import SongStore, writing
from engine.corpora.store import genius as reader
from engine.corpora.store.genius import GeniusFiles, aliases_in, import_genius, title_from
from engine.errors import CancelledError, InputError

LYRICS = [
    {
        "song": "Ann-low-moon-lyrics",
        "lyrics": "\n\n[Verse 1: Ann]\nLow moon on the hill\n\n[Hook]\nLow",
    },
    {"song": "Bob-rain-lyrics", "lyrics": "Rain don’t fall"},
    {"song": "Ann-low-moon-lyrics", "lyrics": "again"},
    {"song": "Nobody-knows-lyrics", "lyrics": "A stranger's words"},
]
INFO: list[dict[str, Any]] = [
    {
        "url_name": "Ann-low-moon-lyrics",
        "primary_artist": "Ann",
        "tags": ["UK", "Trap", "Rap"],
        "release_date": "May 3, 1999",
    },
    {
        "url_name": "Bob-rain-lyrics",
        "primary_artist": "Bobby-b",
        "title": "Rain",
        "tags": ["Genius"],
        "release_date": None,
    },
    {"url_name": "Carl-snow-lyrics", "primary_artist": {"name": "Carl"}, "tags": None},
]


def written(
    folder: Path, lyrics: list[Any] | None = None, info: list[Any] | None = None
) -> GeniusFiles:
    def line(item: Any) -> str:
        return item if isinstance(item, str) else json.dumps(item)

    (folder / "lyrics.jl").write_text("\n".join(map(line, lyrics or LYRICS)) + "\n", "utf-8")
    (folder / "song_info.jl").write_text("\n".join(map(line, info or INFO)), "utf-8")
    (folder / "map_artist_names.csv").write_text("Bobby-b,Bob\n", "utf-8")
    return GeniusFiles.of_folder(folder)


def imported(files: GeniusFiles) -> SongStore:
    store = files.lyrics.parent / "songs.duckdb"
    import_genius(files, store)
    return SongStore(store)


def songs(store: SongStore) -> dict[str, dict[str, Any]]:
    return {song["id"]: song for song in map(store.song, range(store.overview().songs))}


def test_every_song_is_there_with_what_is_known_of_it(tmp_path: Path) -> None:
    found = songs(imported(written(tmp_path)))

    ann = found["Ann-low-moon-lyrics"]
    assert (ann["title"], ann["artist"], ann["year"]) == ("Low moon", "Ann", 1999)
    assert (ann["genre"], ann["tags"]) == ("hip-hop", ["uk", "trap", "rap"])
    assert (ann["sung"], ann["words"], ann["lines"]) == ("low moon on the hill\nlow", 6, 2)
    assert ann["lyrics"].startswith("[Verse 1: Ann]")
    bob = found["Bob-rain-lyrics"]
    assert (bob["artist"], bob["title"], bob["year"], bob["genre"]) == ("Bob", "Rain", None, "")
    assert bob["sung"] == "rain don't fall"
    assert found["Carl-snow-lyrics"]["artist"] == "Carl"
    assert found["Carl-snow-lyrics"]["lyrics"] == "", "a song without words is kept"
    assert found["Nobody-knows-lyrics"]["title"] == "Nobody knows"


def test_lines_that_cannot_be_read_are_counted_and_listed(tmp_path: Path) -> None:
    broken = [LYRICS[1], '{"song": "torn', "[1]", {"song": "x"}, "\udcff"]
    lyrics = tmp_path / "lyrics.jl"
    files = written(tmp_path, broken[:4], [*INFO, {"title": "no name"}, INFO[0]])
    lyrics.write_bytes(lyrics.read_bytes() + b'{"song": "a", "lyrics": "\xff"}\n')
    store = imported(files)

    bad = store.bad()
    of_lyrics = bad[bad["file"] == "lyrics.jl"]
    assert of_lyrics["line"].tolist() == [2, 3, 4, 5]
    assert of_lyrics["reason"].tolist()[2:] == [
        "The line has no song and lyrics.",
        "The line is not UTF-8.",
    ]
    assert of_lyrics["text"].tolist()[0] == '{"song": "torn'
    assert set(bad[bad["file"] == "song_info.jl"]["line"]) == {4, 5}
    assert sum(count for _, count in store.bad_counts()) == len(bad) == 6


def many(count: int) -> tuple[list[Any], list[Any]]:
    lyrics = [
        {"song": f"Ann-song-{n}-lyrics", "lyrics": f"words of number {n} " * 20}
        for n in range(count)
    ]
    info = [
        {"url_name": f"Ann-song-{n}-lyrics", "primary_artist": "Ann"}
        for n in range(0, count + 20, 2)
    ]
    return [*lyrics[:50], "torn", *lyrics[50:]], info


def test_an_import_that_was_killed_goes_on_and_loses_or_doubles_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "blocks_of", lambda path, start: blocks(path, start, 4000))
    from engine.corpora.store.lines import blocks_of as blocks

    whole, broken = tmp_path / "whole", tmp_path / "broken"
    for folder in (whole, broken):
        folder.mkdir()
        written(folder, *many(300))
    files = GeniusFiles.of_folder(broken)
    seen: list[int] = []

    def killed(done: int, total: int) -> None:
        assert done <= total
        seen.append(done)
        if len(seen) % 5 == 0:
            raise KeyboardInterrupt

    for _ in range(100):
        try:
            import_genius(files, broken / "songs.duckdb", killed)
        except KeyboardInterrupt:
            continue
        break
    assert seen == sorted(set(seen)), "no part is read twice"
    assert len(seen) > 10
    store, other = SongStore(broken / "songs.duckdb"), imported(GeniusFiles.of_folder(whole))
    assert songs(store) == songs(other)
    assert store.bad().equals(other.bad())
    assert not list(broken.glob("*.part*"))


def test_what_a_kill_leaves_of_large_batches_is_gone_on_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whole groups of songs are in their place before the log tells of them."""
    monkeypatch.setattr(writing, "ROW_GROUP", 2048)
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    whole.mkdir()
    files = written(whole, *many(3000))
    monkeypatch.setattr(reader, "blocks_of", lambda path, start: blocks(path, start, 800_000))
    from engine.corpora.store.lines import blocks_of as blocks

    behind: list[int] = []

    def leave(done: int, _total: int) -> None:
        behind.append(done)
        if len(behind) == 2:
            shutil.copytree(whole, killed)

    import_genius(files, whole / "songs.duckdb", leave)
    again: list[int] = []
    assert (killed / "songs.duckdb.part").exists()
    import_genius(
        GeniusFiles.of_folder(killed), killed / "songs.duckdb", lambda done, _: again.append(done)
    )
    assert again == behind[2:], "what was read is not read again"
    store, other = SongStore(killed / "songs.duckdb"), SongStore(whole / "songs.duckdb")
    found = store.rows("SELECT * FROM songs ORDER BY id")  # song by song takes half a minute
    assert found == other.rows("SELECT * FROM songs ORDER BY id")
    assert len(found) == 3010
    assert store.bad().equals(other.bad())


def test_a_cancelled_import_says_that_it_goes_on_and_leaves_no_store(tmp_path: Path) -> None:
    files = written(tmp_path)
    with pytest.raises(CancelledError, match="goes on"):
        import_genius(files, tmp_path / "songs.duckdb", cancelled=lambda: True)
    assert not (tmp_path / "songs.duckdb").exists()
    assert imported(files).overview().songs == 4


def test_other_data_of_the_same_names_is_begun_anew(tmp_path: Path) -> None:
    with pytest.raises(CancelledError):
        import_genius(written(tmp_path), tmp_path / "songs.duckdb", cancelled=lambda: True)
    files = written(tmp_path, [{"song": "Other-song-lyrics", "lyrics": "new words"}], INFO[:1])
    assert set(songs(imported(files))) == {"Other-song-lyrics", "Ann-low-moon-lyrics"}


def test_a_folder_without_the_files_is_told_which_are_missing(tmp_path: Path) -> None:
    (tmp_path / "lyrics.jl").write_text("{}")
    with pytest.raises(InputError, match=r"has no song_info\.jl"):
        GeniusFiles.of_folder(tmp_path)
    with pytest.raises(InputError, match=r"picked were: other\.csv"):
        GeniusFiles.of_paths([tmp_path / "other.csv"])


def test_a_title_is_taken_from_the_name_of_the_page() -> None:
    assert title_from("Ann-nobody-low-moon-lyrics", "Ann-nobody") == "Low moon"
    assert title_from("Low-moon-lyrics", "") == "Low moon"


def test_names_in_lines_of_another_age_are_read_and_what_is_no_csv_is_told(tmp_path: Path) -> None:
    path = tmp_path / "map_artist_names.csv"
    path.write_bytes(b"alias,name\rAnn N.,Ann-nobody\r")
    assert aliases_in(path)["Ann N."] == "Ann-nobody"
    before = csv.field_size_limit(100)
    path.write_bytes(b"a" * 200 + b",b")
    try:
        with pytest.raises(InputError, match="not readable as CSV"):
            aliases_in(path)
    finally:
        csv.field_size_limit(before)
