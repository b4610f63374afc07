from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from lxml import etree

from engine.arrangement.performance import performance
from engine.formats import chordpro, dawproject
from engine.formats.export import Export
from engine.music.lead_sheet import LeadSheet
from tests.engine.strategies import lead_sheets

SCHEMAS = Path(__file__).parent / "dawproject_schema"
SONG = chordpro.read(
    "{title: Rust & Rain}\n{artist: Łucja}\n{key: Em}\n{time: 6/8}\n{tempo: 60}\n"
    "{start_of_verse: Intro}\n[Em] [C]\n{end_of_verse}\n\n"
    "{soc}\nThe [Em]lanterns on the [B7/D#]“wall”\nare [N.C.]gone\n{eoc}\n".encode()
)


def document(sheet: LeadSheet, name: str = "project", export: Export = Export()) -> etree._Element:  # noqa: B008 - frozen
    with zipfile.ZipFile(io.BytesIO(dawproject.write(sheet, export))) as archive:
        return etree.fromstring(archive.read(f"{name}.xml"))


@pytest.fixture(scope="module")
def schemas() -> dict[str, etree.XMLSchema]:
    names = {"project": "Project.xsd", "metadata": "MetaData.xsd"}
    return {key: etree.XMLSchema(etree.parse(SCHEMAS / name)) for key, name in names.items()}


@given(lead_sheets())
@settings(max_examples=25, deadline=None)
def test_any_song_is_valid(schemas: dict[str, etree.XMLSchema], sheet: LeadSheet) -> None:
    for name, schema in schemas.items():
        schema.assertValid(document(sheet, name))


def test_title_tempo_and_metre() -> None:
    meta = document(SONG, "metadata")
    assert (meta.findtext("Title"), meta.findtext("Artist")) == ("Rust & Rain", "Łucja")
    project = document(SONG)
    assert project.find("Transport/Tempo").get("value") == "90"  # quarter notes
    metre = project.find("Transport/TimeSignature")
    assert (metre.get("numerator"), metre.get("denominator")) == ("6", "8")


def test_sections_and_chords_are_markers_in_the_names_that_are_shown() -> None:
    def named(export: Export) -> list[str]:
        return [mark.get("name") for mark in document(SONG, export=export).iter("Marker")]

    assert named(Export()) == ["Intro", "Em", "C", "Chorus", "Em", "B7/D♯", "N.C."]
    assert named(Export(names="roman")) == ["Intro", "i", "VI", "Chorus", "i", "V7/3", "N.C."]


def test_tracks_hold_the_notes_that_are_heard() -> None:
    project = document(SONG)
    names = {track.get("id"): track.get("name") for track in project.iter("Track")}
    assert list(names.values()) == ["Chords", "Bass", "Drums", "Block chords", "Words", "Master"]
    played = performance(SONG, whole_bars=True)
    for lane in project.findall("Arrangement/Lanes/Lanes"):
        notes = [
            (round(float(clip.get("time")) + float(note.get("time")), 3), int(note.get("key")))
            for clip in lane.iter("Clip")
            for note in clip.iter("Note")
        ]
        part = {"Chords": played.chords, "Bass": played.bass, "Drums": played.drums}.get(
            names[lane.get("track")]
        )
        if part is not None:
            assert sorted(notes) == sorted((round(note.start, 3), note.pitch) for note in part)


def test_block_chords_and_lines_of_words_are_named_clips() -> None:
    project = document(SONG)
    lanes = {lane.get("track"): lane for lane in project.findall("Arrangement/Lanes/Lanes")}
    blocks = [clip.get("name") for clip in lanes["track3"].iter("Clip")]
    assert blocks == ["Em", "C", "Em", "B7/D♯", "N.C."]
    assert [clip.get("name") for clip in lanes["track4"].iter("Clip")] == [
        "The lanterns on the “wall”",
        "are gone",
    ]
    muted = [track.findtext("Channel/Mute") for track in project.iter("Track")]
    assert len(muted) == 6
    mutes = [mute.get("value") for mute in project.iter("Mute")]
    assert mutes == ["false", "false", "false", "true", "false"]


def test_equal_songs_give_equal_bytes() -> None:
    assert dawproject.write(SONG) == dawproject.write(SONG)
