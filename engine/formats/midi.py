"""Standard MIDI file: piano, bass and drums in the genre's style, with the words as lyric events.

Conventions
-----------
- Format 1, 480 ticks a quarter. Track 0 has title, tempo, metre, key and a marker for each section.
- A pickup is preceded by rests that fill its bar, so bars count from the beginning.
- The words sound no note. Lyric events follow MIDI recommended practice RP-017: a word ends in a
  space, the last word of a line in a carriage return. Text is UTF-8.
- Channels: chords 0, bass 1, drums 9.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from engine.arrangement.performance import Cue, Note, Performance, performance

if TYPE_CHECKING:
    from engine.music.lead_sheet import LeadSheet

NAME = "MIDI"
EXTENSION = ".mid"
MIME = "audio/midi"

_TICKS = 480
_DRUM_CHANNEL = 9


def write(sheet: LeadSheet) -> bytes:
    """Return the lead sheet as a MIDI file."""
    import mido

    played = performance(sheet, whole_bars=True)
    file: Any = mido.MidiFile(type=1, ticks_per_beat=_TICKS, charset="utf-8")
    end = _ticks(played.length)
    sections = [(cue.start, mido.MetaMessage("marker", text=cue.text)) for cue in played.sections]
    file.tracks.append(_track(_conductor(sheet, played) + sections, end))
    file.tracks.append(_track([_named("Words"), *_lyrics(played.words)], end))
    parts: Sequence[tuple[str, int, int | None, Iterable[Note]]] = (
        ("Chords", 0, played.style.keys, played.chords),
        ("Bass", 1, played.style.bass, played.bass),
        ("Drums", _DRUM_CHANNEL, None, played.drums),
    )
    for name, channel, program, notes in parts:
        messages = [_named(name)]
        if program is not None:
            change = mido.Message("program_change", channel=channel, program=program)
            messages.append((0.0, change))
        file.tracks.append(_track([*messages, *_notes(notes, channel)], end))
    buffer = io.BytesIO()
    file.save(file=buffer)
    return buffer.getvalue()


def _conductor(sheet: LeadSheet, played: Performance) -> list[tuple[float, Any]]:
    import mido

    metre = played.metre
    return [
        (0.0, mido.MetaMessage("track_name", name=sheet.title or "Untitled")),
        (0.0, mido.MetaMessage("set_tempo", tempo=round(60e6 / played.quarters_per_minute))),
        (
            0.0,
            mido.MetaMessage(
                "time_signature", numerator=metre.numerator, denominator=metre.denominator
            ),
        ),
        (0.0, mido.MetaMessage("key_signature", key=sheet.key.symbol)),
    ]


def _named(name: str) -> tuple[float, Any]:
    import mido

    return 0.0, mido.MetaMessage("track_name", name=name)


def _lyrics(words: Iterable[Cue]) -> list[tuple[float, Any]]:
    import mido

    return [
        (word.start, mido.MetaMessage("lyrics", text=word.text + ("\r" if word.ends_line else " ")))
        for word in words
    ]


def _notes(notes: Iterable[Note], channel: int) -> list[tuple[float, Any]]:
    """Return the on and off messages; ends come first where one pitch is struck again."""
    import mido

    events: list[tuple[float, int, Any]] = []
    for note in notes:
        on = mido.Message("note_on", channel=channel, note=note.pitch, velocity=note.velocity)
        off = mido.Message("note_off", channel=channel, note=note.pitch, velocity=0)
        events += [(note.start, 1, on), (note.start + note.length, 0, off)]
    events.sort(key=lambda event: (_ticks(event[0]), event[1]))
    return [(time, message) for time, _, message in events]


def _track(events: Iterable[tuple[float, Any]], end: int) -> Any:
    """Return a track of timed messages (quarter notes), closed at `end` ticks."""
    import mido

    track: Any = mido.MidiTrack()
    at = 0
    for time, message in sorted(events, key=lambda event: _ticks(event[0])):
        track.append(message.copy(time=_ticks(time) - at))
        at = _ticks(time)
    track.append(mido.MetaMessage("end_of_track", time=max(0, end - at)))
    return track


def _ticks(quarters: float) -> int:
    return round(quarters * _TICKS)
