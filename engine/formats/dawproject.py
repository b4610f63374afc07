"""DAWproject 1.0: the song as tracks, clips and markers, for Bitwig Studio, Studio One and Cubase.

Conventions
-----------
- A ZIP file with ``project.xml`` and ``metadata.xml``, as github.com/bitwig/dawproject tells it.
  Times in the archive are fixed, so equal lead sheets give equal bytes.
- Times are in beats, which are quarter notes; a pickup is preceded by rests that fill its bar.
- Sections and chords are markers, for the format has no chords of its own; the tracks are those of
  `engine.formats.tracks`.
"""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from engine.arrangement.performance import performance
from engine.formats.export import AS_IT_IS, Export
from engine.formats.tracks import markers, tracks
from engine.music.chord_names import with_accidentals
from engine.notation.elements import xml_text

if TYPE_CHECKING:
    from engine.arrangement.performance import Performance
    from engine.formats.tracks import Clip, Marker, Track
    from engine.music.chord import Chord
    from engine.music.lead_sheet import LeadSheet

NAME = "DAWproject"
EXTENSION = ".dawproject"
MIME = "application/vnd.dawproject"
OPTIONS = ("names",)
LOSES = "It holds notes, markers and words, no instruments; key and capo are lost."

_SECTION_COLOUR, _CHORD_COLOUR = "#9c3d2a", "#3f6fb5"
_MASTER = "master"


def write(sheet: LeadSheet, export: Export = AS_IT_IS) -> bytes:
    """Return the song as a DAWproject file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, root in (
            ("project.xml", _project(sheet, export)),
            ("metadata.xml", _metadata(sheet)),
        ):
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            indent(root)
            archive.writestr(entry, tostring(root, encoding="utf-8", xml_declaration=True))
    return buffer.getvalue()


def _metadata(sheet: LeadSheet) -> Element:
    root = Element("MetaData")
    for name, value in (("Title", sheet.title), ("Artist", sheet.artist), ("Genre", sheet.genre)):
        if value:
            SubElement(root, name).text = xml_text(value)
    return root


def _project(sheet: LeadSheet, export: Export) -> Element:
    played = performance(sheet, whole_bars=True)

    def name(chord: Chord) -> str:
        return with_accidentals(export.name(chord, sheet.key))

    root = Element("Project", version="1.0")
    SubElement(root, "Application", name="Lyric Lab", version="1.0")
    root.append(_transport(played))
    structure = SubElement(root, "Structure")
    arrangement = SubElement(root, "Arrangement", id="arrangement")
    lanes = SubElement(arrangement, "Lanes", timeUnit="beats", id="lanes")
    for number, track in enumerate(tracks(played, name)):
        structure.append(_track(track, f"track{number}"))
        lane = SubElement(lanes, "Lanes", track=f"track{number}", id=f"lanes{number}")
        clips = SubElement(lane, "Clips", id=f"clips{number}")
        for clip in track.clips:
            clips.append(_clip(clip, track.channel))
    structure.append(_master())
    if named := markers(played, name):
        marks = SubElement(arrangement, "Markers", timeUnit="beats", id="markers")
        marks.extend(map(_marker, named))
    return root


def _transport(played: Performance) -> Element:
    transport = Element("Transport")
    tempo = f"{played.quarters_per_minute:g}"
    SubElement(transport, "Tempo", unit="bpm", value=tempo, id="tempo", name="Tempo")
    metre = {"numerator": str(played.metre.numerator), "denominator": str(played.metre.denominator)}
    SubElement(transport, "TimeSignature", metre | {"id": "metre"})
    return transport


def _track(track: Track, identity: str) -> Element:
    kind = {"contentType": "notes", "loaded": "true", "id": identity, "name": track.name}
    element = Element("Track", kind)
    channel = _channel(element, identity, "regular")
    channel.set("destination", _MASTER)
    SubElement(channel, "Mute", value=str(track.muted).lower(), id=f"{identity}-mute", name="Mute")
    _add_volume(channel, identity)
    return element


def _master() -> Element:
    kind = {"contentType": "audio notes", "loaded": "true", "id": "track-master", "name": "Master"}
    element = Element("Track", kind)
    channel = _channel(element, "track-master", "master")
    channel.set("id", _MASTER)
    _add_volume(channel, "track-master")
    return element


def _channel(track: Element, identity: str, role: str) -> Element:
    said = {"audioChannels": "2", "role": role, "solo": "false", "id": f"{identity}-channel"}
    return SubElement(track, "Channel", said)


def _add_volume(channel: Element, identity: str) -> None:
    said = {"unit": "linear", "value": "1", "min": "0", "max": "2", "name": "Volume"}
    SubElement(channel, "Volume", said | {"id": f"{identity}-volume"})


def _clip(clip: Clip, channel: int) -> Element:
    place = {"time": _number(clip.start), "duration": _number(clip.length), "playStart": "0"}
    element = Element("Clip", place | ({"name": xml_text(clip.name)} if clip.name else {}))
    notes = SubElement(element, "Notes")
    for note in clip.notes:
        SubElement(
            notes,
            "Note",
            time=_number(note.start),
            duration=_number(note.length),
            channel=str(channel),
            key=str(note.pitch),
            vel=f"{note.velocity / 127:.4f}",
        )
    return element


def _marker(marker: Marker) -> Element:
    colour = _SECTION_COLOUR if marker.is_section else _CHORD_COLOUR
    return Element("Marker", time=_number(marker.start), name=xml_text(marker.name), color=colour)


def _number(quarters: float) -> str:
    return f"{quarters:.6f}".rstrip("0").rstrip(".")
