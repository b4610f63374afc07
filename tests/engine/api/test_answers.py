"""Other programs get the very answers that the command line gives."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import formats, generator
from engine.__main__ import main
from engine.corpora.songbook import songbook_folder
from engine.generator.tinyllama import TinyLlamaGenerator
from tests.conftest import song_of

SONG = "[Verse]\nthe rain came down on the river\nand we sang along\n\n[Chorus]\nmorning light"
SOURCE = next(songbook_folder().glob("*.cho"))


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> TinyLlamaGenerator:
    made: TinyLlamaGenerator = request.getfixturevalue("generator")
    monkeypatch.setattr(generator, "load_generator", lambda *_: made)
    return made


def test_genre_is_what_the_command_line_says(
    with_tiny_models: Path,
    client: httpx2.Client,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    song = tmp_path / "song.txt"
    song.write_text(song_of("country", 1), "utf-8")
    for models in (["llama", "roberta", "bilstm-gru", "combined"], ["combined"], ["llama/linear"]):
        assert main(["genre", str(song), "--json", "--model", *models]) == 0
        said = json.loads(capsys.readouterr().out)
        answer = client.post("/v1/genre", json={"lyric": song.read_text(), "models": models})
        assert answer.status_code == 200, answer.text
        assert answer.json()["warning"] is None
        for one, other in zip(answer.json()["answers"], said, strict=True):
            assert one.pop("seconds") >= 0
            assert other.pop("seconds") >= 0
            # Each process tries out anew which precision is the faster.
            assert one.pop("probabilities") == pytest.approx(other.pop("probabilities"), abs=0.01)
            assert one == other


# As fields of a request, and as the words of a command line.
WISHES = st.fixed_dictionaries(
    {},
    optional={
        "key": st.sampled_from(["G:major", "Em", "Bb"]),
        "seed": st.integers(0, 3),
        "per_line": st.integers(1, 3),
        "complexity": st.sampled_from(["triads", "sevenths"]),
        "tempo": st.integers(60, 160),
        "time": st.sampled_from(["3/4", "4/4"]),
        "fast": st.just(True),
        "numerals": st.just(["verse=I V vi IV"]),
        "capo": st.integers(0, 4),
        "title": st.sampled_from(["", "Rain", "Été"]),
        "lock": st.just(["1:1=Am"]),
        "to": st.sampled_from(["chordpro", "json", "text", "ireal"]),
    },
)


def words_of(wishes: dict[str, Any]) -> list[str]:
    words: list[str] = []
    for name, value in wishes.items():
        option = f"--{name.replace('_', '-')}"
        if value is True:
            words.append(option)
        else:
            each = value if isinstance(value, list) else [value]
            words += [word for one in each for word in (option, str(one))]
    return words


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(wishes=WISHES)
def test_chords_are_what_the_command_line_writes(
    wishes: dict[str, Any], tiny: TinyLlamaGenerator, client: httpx2.Client, tmp_path: Path
) -> None:
    song, written = tmp_path / "song.txt", tmp_path / "written"
    song.write_text(SONG, "utf-8")
    written.unlink(missing_ok=True)
    status = main(["chords", str(song), *words_of(wishes), "--output", str(written)])
    answer = client.post("/v1/chords", json={"lyric": SONG, **wishes})
    assert answer.status_code == {0: 200, 2: 422}[status], answer.text
    if status == 0:
        assert answer.content == written.read_bytes()
        assert answer.headers["content-type"].startswith(formats.mime(wishes.get("to", "chordpro")))


def test_alternatives_are_what_the_command_line_prints(
    tiny: TinyLlamaGenerator,
    client: httpx2.Client,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    song = tmp_path / "song.txt"
    song.write_text(SONG, "utf-8")
    assert main(["chords", str(song), "--alternatives", "1:1"]) == 0
    printed = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    answer = client.post("/v1/chords", json={"lyric": SONG, "alternatives": "1:1"})
    assert [one["chord"] for one in answer.json()["alternatives"]] == printed


@pytest.mark.parametrize("to", ["chordpro", "json", "midi", "ireal", "reaper", "musicxml"])
def test_a_song_is_converted_as_the_command_line_converts_it(
    client: httpx2.Client, tmp_path: Path, to: str
) -> None:
    written = tmp_path / f"song{formats.extension(to)}"
    arguments = ["--to", to, "--transpose", "2", "--capo", "1", "--names", "nashville"]
    assert main(["convert", str(SOURCE), str(written), *arguments]) == 0
    answer = client.post(
        "/v1/convert",
        params={"to": to, "transpose": 2, "capo": 1, "names": "nashville"},
        files={"file": (SOURCE.name, SOURCE.read_bytes())},
    )
    assert answer.status_code == 200, answer.text
    assert formats.extension(to) in answer.headers["content-disposition"]
    told = formats.loses(to)
    assert answer.headers.get("lyric-lab-note", "") == told.encode("ascii", "replace").decode()
    assert without_dates(answer.content) == without_dates(written.read_bytes())


def without_dates(data: bytes) -> bytes:
    """A file without what MusicXML tells of the moment it was written."""
    return re.sub(rb"<(encoding-date)>[^<]*<|(id=)\"[^\"]*\"", rb"", data)


def test_every_wish_of_the_command_line_is_a_field(client: httpx2.Client) -> None:
    described = client.get("/openapi.json").json()["components"]["schemas"]
    fields = described["ChordsRequest"]["properties"]
    assert tuple(fields["to"]["enum"]) == formats.WRITTEN
    assert {"lyric", "to", "key", "lock", "cadence", "alternatives", "large_print"} <= set(fields)
    assert {"enum": ["triads", "sevenths", "extended"]}.items() <= fields["complexity"]["anyOf"][
        0
    ].items()
    assert fields["seed"]["default"] == 0
    assert "same seed" in fields["seed"]["description"]


def test_the_page_of_documentation_loads_nothing_from_elsewhere(client: httpx2.Client) -> None:
    page = client.get("/docs").text
    assert "/openapi.json" in page
    assert "//" not in page.replace("http://127.0.0.1", "").replace("// ", "")
    for part in ("swagger-ui-bundle.js", "swagger-ui.css", "favicon.png"):
        assert client.get(f"/static-offline-docs/{part}").status_code == 200
