"""REAPER project: the song as tracks of MIDI items, its sections as regions, its chords as markers.

Conventions
-----------
- Written by the library rpp, as REAPER 5 and later open it. Positions are seconds, times within an
  item ticks, 480 a quarter note; a pickup is preceded by rests that fill its bar.
- The tracks are those of `engine.formats.tracks`; lines of words are empty items that show them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.arrangement.performance import performance
from engine.formats.export import AS_IT_IS, Export
from engine.formats.tracks import markers, tracks
from engine.music.chord_names import with_accidentals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.arrangement.performance import Performance
    from engine.formats.tracks import Clip, Track
    from engine.music.chord import Chord
    from engine.music.lead_sheet import LeadSheet

NAME = "REAPER project"
EXTENSION = ".rpp"
MIME = "text/plain"
OPTIONS = ("names",)
LOSES = "It holds notes, markers and words, no instruments; key, genre and capo are lost."

_TICKS = 480


def write(sheet: LeadSheet, export: Export = AS_IT_IS) -> bytes:
    """Return the song as a REAPER project."""
    from rpp import dumps

    played = performance(sheet, whole_bars=True)
    second = 60 / played.quarters_per_minute

    def name(chord: Chord) -> str:
        return with_accidentals(export.name(chord, sheet.key))

    metre = played.metre
    tempo = [f"{played.quarters_per_minute:g}", str(metre.numerator), str(metre.denominator)]
    project = _element("REAPER_PROJECT", "0.1", "7.0", "0")
    project.append(["TITLE", sheet.title])
    project.append(["AUTHOR", sheet.artist or ""])
    project.append(["TEMPO", *tempo])
    project.extend(_markers(played, name, second))
    project.extend(_track(track, second) for track in tracks(played, name))
    return dumps(project).encode()


def _markers(played: Performance, name: Any, second: float) -> Iterator[list[str]]:
    """Lines of markers; a region is two of one number, its start and its end."""
    named = markers(played, name)
    ends = [mark.start for mark in named if mark.is_section] + [played.length]
    sections = 0
    for number, mark in enumerate(named, start=1):
        at = [str(number), _seconds(mark.start * second)]
        yield ["MARKER", *at, mark.name, "1" if mark.is_section else "0"]
        if mark.is_section:
            sections += 1
            yield ["MARKER", str(number), _seconds(ends[sections] * second), "", "1"]


def _track(track: Track, second: float) -> Any:
    element = _element("TRACK")
    element.append(["NAME", track.name])
    element.append(["MUTESOLO", "1" if track.muted else "0", "0", "0"])
    element.extend(_item(clip, track, second) for clip in track.clips)
    return element


def _item(clip: Clip, track: Track, second: float) -> Any:
    item = _element("ITEM")
    item.append(["POSITION", _seconds(clip.start * second)])
    item.append(["LENGTH", _seconds(clip.length * second)])
    item.append(["LOOP", "0"])
    item.append(["NAME", clip.name or track.name])
    if clip.notes:
        source = _element("SOURCE", "MIDI")
        source.append(["HASDATA", "1", str(_TICKS), "QN"])
        source.extend(list(event) for event in _events(clip, track))
        item.append(source)
    else:
        notes = _element("NOTES")
        notes.append(f"|{clip.name}")
        item.append(notes)
    return item


def _element(tag: str, *attributes: str) -> Any:
    import rpp

    make: Any = rpp.Element
    return make(tag, attributes, [])


def _events(clip: Clip, track: Track) -> Iterator[tuple[str, ...]]:
    """The MIDI events of a clip, each with the ticks since the one before."""
    timed: list[tuple[int, int, int, int, int]] = []  # tick, order, status, data
    if track.program is not None:
        timed.append((0, 0, 0xC0, track.program, 0))
    for note in clip.notes:
        timed.append((_ticks(note.start), 2, 0x90, note.pitch, note.velocity))
        timed.append((_ticks(note.start + note.length), 1, 0x80, note.pitch, 0))
    length = max(_ticks(clip.length), *(event[0] for event in timed))
    timed.append((length, 3, 0xB0, 0x7B, 0))  # all notes off: where the source ends
    before = 0
    for tick, _, status, first, second in sorted(timed):
        yield ("E", str(tick - before), *_hex(status | track.channel, first, second))
        before = tick


def _hex(*data: int) -> Iterator[str]:
    return (f"{byte:02x}" for byte in data)


def _ticks(quarters: float) -> int:
    return round(quarters * _TICKS)


def _seconds(seconds: float) -> str:
    return f"{seconds:.6f}".rstrip("0").rstrip(".") or "0"
