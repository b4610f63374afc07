"""Standard MIDI file: piano, bass and drums in the genre's style, with the words as lyric events.

Conventions
-----------
- Format 1, 480 ticks a quarter. Track 0 has title, tempo, metre, key and a marker for each section.
- A pickup is preceded by rests that fill its bar, so bars count from the beginning.
- The words sound no note. Lyric events follow MIDI recommended practice RP-017: a word ends in a
  space, the last word of a line in a carriage return. Text is UTF-8, which many programs read as
  Latin-1: typographic quotes and dashes, the only such signs of most songs, are those of a
  typewriter.
- Channels: chords 0, bass 1, drums 9, block chords 2.
- Chord names are text events and XF chord events (Yamaha) on the track "Chord names". The track
  "Block chords" holds each chord once, for programs that read harmony from notes; its volume is 0,
  for the band plays the chords already.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from engine.arrangement.performance import Cue, Note, Performance, performance
from engine.formats.midi_reading import lead_sheet
from engine.formats.tracks import DRUM_CHANNEL, block_notes
from engine.formats.xf_chords import xf_code

if TYPE_CHECKING:
    from engine.music.chord import Chord
    from engine.music.lead_sheet import LeadSheet

NAME = "MIDI"
EXTENSION = ".mid"
MIME = "audio/midi"
LOSES = (
    "It holds what sounds, the words and the names of chords; genre, artist, capo and form are "
    "lost, and a chord behind a line's last word may come back on it."
)

_TICKS = 480
_BLOCK_CHANNEL = 2
_TYPEWRITER = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\u2011": "-"}
)


def write(sheet: LeadSheet) -> bytes:
    """Return the lead sheet as a MIDI file."""
    import mido

    played = performance(sheet, whole_bars=True)
    file: Any = mido.MidiFile(type=1, ticks_per_beat=_TICKS, charset="utf-8")
    end = _ticks(played.length)
    sections = [(cue.start, mido.MetaMessage("marker", text=cue.text)) for cue in played.sections]
    file.tracks.append(_track(_conductor(sheet, played) + sections, end))
    file.tracks.append(_track([_named("Words"), *_lyrics(played.words)], end))
    file.tracks.append(_track([_named("Chord names"), *_chord_names(played.struck)], end))
    parts: Sequence[tuple[str, int, int | None, Iterable[Note]]] = (
        ("Chords", 0, played.style.keys, played.chords),
        ("Bass", 1, played.style.bass, played.bass),
        ("Drums", DRUM_CHANNEL, None, played.drums),
    )
    for name, channel, program, notes in parts:
        messages = [_named(name)]
        if program is not None:
            change = mido.Message("program_change", channel=channel, program=program)
            messages.append((0.0, change))
        file.tracks.append(_track([*messages, *_notes(notes, channel)], end))
    silence = mido.Message("control_change", channel=_BLOCK_CHANNEL, control=7, value=0)
    blocks = [note for chord in played.struck for note in block_notes(*chord)]
    block_events = [_named("Block chords"), (0.0, silence), *_notes(blocks, _BLOCK_CHANNEL)]
    file.tracks.append(_track(block_events, end))
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

    sung = list(words)
    return [
        (word.start, mido.MetaMessage("lyrics", text=typewritten(word.text) + _end(word, sung[-1])))
        for word in sung
    ]


def _end(word: Cue, last: Cue) -> str:
    """Return ends a line, line feed a stanza (MIDI recommended practice RP-017)."""
    if not word.ends_line:
        return " "
    return "\n" if word.ends_stanza and word is not last else "\r"


def typewritten(word: str) -> str:
    """The word with a typewriter's quotes and dashes, which every program reads alike."""
    return word.translate(_TYPEWRITER)


def _chord_names(struck: Iterable[tuple[float, float, Chord]]) -> list[tuple[float, Any]]:
    import mido

    events: list[tuple[float, Any]] = []
    for start, _, chord in struck:
        events.append((start, mido.MetaMessage("text", text=chord.symbol)))
        if code := xf_code(chord):
            events.append((start, mido.MetaMessage("sequencer_specific", data=code)))
    return events


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


def read(data: bytes) -> LeadSheet:
    """Read lyric events, chord names and markers.

    Raises
    ------
    InputError
        If it is no MIDI file, or holds neither words nor chord names.
    """
    return lead_sheet(data)
