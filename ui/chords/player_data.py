"""What the player in the browser is told of a song: its notes, and what to show meanwhile."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zlib import crc32

from engine.arrangement.performance import performance
from engine.arrangement.playback import PARTS, master_gain, spans
from engine.arrangement.sample_bank import CLICKS, SampleBank, sample_bank
from engine.arrangement.sound import ROOM, WIDTH, parts
from engine.arrangement.styles import style as style_of
from engine.music.editing import section_names
from ui.lead_sheet_html import chord_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.arrangement.performance import Note, Performance
    from engine.music.lead_sheet import LeadSheet


@lru_cache(maxsize=16)
def player_data(
    music: LeadSheet, shown: LeadSheet, style: str, *, with_sounds: bool
) -> dict[str, Any]:
    """The song as JSON: `music` is what sounds, `shown` the same song as it is read.

    Times are quarter notes; rows are in their order. A note is time, length, pitch and velocity.
    Where the sounds lie in the style's file is told once they are wanted.
    """
    played = performance(music)
    sounds = _bank_data(played, sample_bank(played.style)) if with_sounds else {}
    return sounds | {
        "song": crc32(f"{music.title}\n{music.lines[0].text}".encode()),  # another one stops
        "tempo": music.tempo,
        "quarters": played.quarters_per_minute,
        "pulse": played.metre.pulse,
        "bar": played.metre.bar_length,
        "bars": round((played.length - played.pickup) / played.metre.bar_length),
        "pickup": played.pickup,
        "length": played.length,
        "notes": {
            name: _rows(notes) for name, (_, _, notes) in zip(PARTS, parts(played), strict=True)
        },
        "levels": {name: level for name, (_, level, _) in zip(PARTS, parts(played), strict=True)},
        "struck": [
            [
                round(start, 4),
                chord_text(shown.lines[line].chords[place].chord, shown.key, style),
                line,
                place,
            ]
            for (start, _, _), (line, place) in zip(played.struck, played.places, strict=True)
        ],
        "sections": [
            [start, end, name]
            for (start, end), name in zip(spans(played), section_names(music), strict=True)
        ],
        "clicks": CLICKS,
        "room": ROOM,
        "width": WIDTH,
    }


def sounds(genre: str | None) -> bytes:
    """The instruments of a genre as a FLAC file (the engine keeps it once rendered)."""
    return sample_bank(style_of(genre)).flac


def _bank_data(played: Performance, bank: SampleBank) -> dict[str, Any]:
    """Where each key lies in the bank, and how loud the song comes out of it."""
    return {
        "samples": [
            [
                sample.part,
                sample.pitch,
                round(sample.start, 5),
                round(sample.length, 5),
                sample.release,
            ]
            for sample in bank.samples
        ],
        "bytes": len(bank.flac),
        "gain": round(master_gain(played, bank), 4),
    }


def _rows(notes: Iterable[Note]) -> list[list[float]]:
    return sorted(
        [round(note.start, 4), round(note.length, 4), note.pitch, note.velocity] for note in notes
    )
