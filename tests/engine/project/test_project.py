from __future__ import annotations

import base64
import json
import time
import zlib
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import InputError
from engine.generator.controls import COMPLEXITIES, Controls
from engine.music.chord import Chord
from engine.music.editing import with_locks
from engine.music.key import Key
from engine.music.lead_sheet import LeadSheet, Line, PlacedChord
from engine.project import MAX_VERSIONS, Project, Take, Version, file, link
from tests.engine.strategies import keys, lead_sheets

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
WISHES = st.builds(
    Controls,
    key=keys(),
    genre=st.sampled_from([None, "folk"]),
    chords_per_line=st.sampled_from([None, 1, 4]),
    complexity=st.sampled_from(COMPLEXITIES),
    temperature=st.floats(0, 2),
    seed=st.integers(0, 2**40),
    tempo=st.sampled_from([None, 90]),
    title=TEXT,
    decoder=st.booleans(),
    allow=st.sampled_from([(), ("guitar",), ("G", "C", "D")]),
    progressions=st.sampled_from([(), (("chorus", "I V vi IV"), ("all", "I IV"))]),
    cadences=st.sampled_from([(), (("verse", "half"),)]),
    keys=st.sampled_from([(), (("bridge", Key("A", "minor")),)]),
    alike=st.sampled_from([(), (("verse 2", ""), ("verse 3", "verse 1"))]),
)


@st.composite
def takes(draw: st.DrawFn) -> Take:
    sheet = draw(lead_sheets())
    places = [(n, at) for n, line in enumerate(sheet.lines) for at in range(len(line.chords))]
    if places:
        sheet = with_locks(sheet, draw(st.lists(st.sampled_from(places), max_size=3)))
    sheet = replace(sheet, capo=draw(st.integers(0, 11)))
    wishes = draw(st.one_of(st.none(), WISHES))
    return Take(sheet, draw(TEXT), draw(TEXT), wishes, draw(st.booleans()))


@st.composite
def projects(draw: st.DrawFn) -> Project:
    named = TEXT.filter(str.strip)
    return Project(
        draw(TEXT),
        draw(TEXT),
        draw(st.one_of(st.none(), WISHES)),
        draw(st.one_of(st.none(), takes())),
        tuple(draw(st.lists(st.builds(Version, named, TEXT, takes()), max_size=2))),
        draw(st.integers(-11, 11)),
        draw(st.integers(0, 11)),
    )


SHEET = LeadSheet(
    "Rain",
    Key("G", "major"),
    (Line(("down", "the", "road"), (PlacedChord(0, Chord.parse("G"), locked=True),), "verse"),),
)
SONG = Project("Rain", "down the road", Controls(seed=3), Take(SHEET, "down the road", "by hand"))


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(projects())
def test_every_project_comes_back_exactly(project: Project) -> None:
    assert file.read(file.write(project)) == project


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(projects())
def test_a_link_brings_everything_but_the_versions(project: Project) -> None:
    text = link.write(project)
    assert link.read(text) == replace(project, versions=())
    assert text.isascii()
    assert not set(text) - set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")


def test_every_wish_has_a_place_in_the_file() -> None:
    unusual: dict[str, Any] = {
        **{"key": Key("C", "major"), "genre": "folk", "chords_per_line": 2, "complexity": "triads"},
        **{"temperature": 0.1, "seed": 9, "tempo": 90, "time_signature": "3/4", "title": "Rain"},
        **{"decoder": False, "variety": 0.1, "borrowed": 2.0, "allow": ("C",), "form": "free"},
        **{"progressions": (("all", "I"),), "cadences": (("end", "half"),)},
        **{"keys": (("bridge", Key("F", "major")),), "alike": (("verse 2", ""),)},
    }
    assert set(unusual) == {field.name for field in fields(Controls)}
    project = Project(controls=Controls(**unusual))
    assert file.read(file.write(project)) == project


def test_the_file_says_what_it_is_and_holds_the_locks() -> None:
    written = json.loads(file.write(SONG))
    assert (written["format"], written["version"]) == ("lyric-lab-project", 1)
    assert written["song"]["locked"] == [[0, 0]]
    assert written["controls"] == {"seed": 3}
    assert file.is_project(file.write(SONG))
    assert not file.is_project(b'{"title": "lyric-lab", "lines": []}')


def changed(**fields: Any) -> bytes:
    return json.dumps(file.as_json(SONG) | fields).encode()


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        (b"3", "no JSON object"),
        (b"{}", "no project of Lyric Lab"),
        (b" " * (file.MAX_BYTES + 1), "at most 4,000,000 bytes"),
        (changed(version=2), "newer Lyric Lab"),
        (changed(version="1"), "'version' is not a whole number"),
        (changed(title=3), "'title' is not text"),
        (changed(title="x" * 300), "The title has 300 characters"),
        (changed(lyric="x" * 200_000), "The lyric has 200,000 characters"),
        (changed(transpose=12), "12 semitones"),
        (changed(capo=True), "'capo' is not a whole number"),
        (changed(song=[]), "The song is missing or no JSON object"),
        (changed(song={"sheet": {"lines": []}}), "no lines"),
        (changed(song={"sheet": {"lines": [{}] * 1001}}), "at most 1,000 are"),
        (changed(song={"sheet": {"lines": [{"words": ["a"]}]}, "locked": [[0, 0]]}), "no chord 1"),
        (changed(song={"sheet": {"lines": [{"words": ["a"]}]}, "locked": [3]}), "names no chord"),
        (changed(controls={"key": 3}), "'key' of the controls is '3'"),
        (changed(controls={"temperature": float("nan")}), "Temperature"),
        (changed(controls={"seed": -1}), "Seed"),
        (changed(controls={"allow": ["C"] * 101}), "at most 100"),
        (changed(controls={"progressions": [["chorus"]]}), "no such wish"),
        (changed(controls={"title": "\ud800"}), "no such wish"),
        (changed(versions=[{"name": " ", "song": file.as_json(SONG)["song"]}]), "has no name"),
        (changed(versions=[{"name": "a"}]), "Version 1 is missing"),
    ],
)
def test_what_is_no_project_is_refused_in_a_sentence(data: bytes, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        file.read(data)


def test_half_characters_do_not_get_in() -> None:
    assert file.read(changed(title="\ud800x")).title == "?x"


def test_versions_are_bounded() -> None:
    version = Version("first", "", SONG.take)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=f"at most {MAX_VERSIONS}"):
        replace(SONG, versions=(version,) * (MAX_VERSIONS + 1))


def packed(data: bytes) -> str:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    raw = packer.compress(data) + packer.flush()
    return "1" + base64.urlsafe_b64encode(raw).decode().rstrip("=")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "no song"),
        ("2abc", "no song"),
        ("1", "no song"),
        ("1!!!", "no song"),
        ("1é", "no song"),
        ("1abcdefgh", "no song"),
        ("1" * 10_000, "10,000 characters"),
        (link.write(SONG)[:-8], "no song"),
        (packed(b" " * 3_000_000), "no song"),
        (packed(b"[" * 100_000), "no song"),
        (packed(b"{}"), "no project"),
        (packed(changed(capo=99)), "fret 99"),
    ],
)
def test_a_hostile_link_is_refused_in_a_sentence_and_at_once(text: str, complaint: str) -> None:
    begun = time.perf_counter()
    with pytest.raises(InputError, match=complaint):
        link.read(text)
    assert time.perf_counter() - begun < 1


@given(st.text(max_size=200) | st.binary(max_size=200).map(packed))
def test_no_link_breaks_the_reader(text: str) -> None:
    try:
        link.read(text)
    except InputError as error:
        assert str(error).endswith(".")


def test_a_long_song_is_sent_as_its_file() -> None:
    words = [
        tuple(f"{n * 7919 % 9973:x}{k * 104729 % 7919:x}" for k in range(9)) for n in range(300)
    ]
    lines = tuple(Line(line) for line in words)
    long = replace(SONG, take=Take(replace(SHEET, lines=lines)))
    with pytest.raises(InputError, match="send its project file"):
        link.write(long)
