"""A song as tracks of clips, markers beside them: what projects of audio workstations hold. Pure.

Times are quarter notes. The band's tracks have a clip for each section, cut where no note rings on;
"Block chords" has one for each chord, named by it, for programs that read harmony from notes: it is
muted, for the band plays the chords already. "Words" has one for each line, named by its words,
without notes, since there is no melody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from engine.arrangement.performance import Note

if TYPE_CHECKING:
    from engine.arrangement.performance import Performance
    from engine.music.chord import Chord

DRUM_CHANNEL = 9
_LOWEST_BLOCK = 48
_NEAR = 1e-6


@dataclass(frozen=True)
class Clip:
    """Notes from `start` on, counted from there."""

    start: float
    length: float
    name: str
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Track:
    """Clips of one instrument; `program` is its General MIDI sound, None for drums and words."""

    name: str
    channel: int
    program: int | None
    clips: tuple[Clip, ...]
    muted: bool = False


@dataclass(frozen=True)
class Marker:
    """The name of a section or of a chord at its time."""

    start: float
    name: str
    is_section: bool


def tracks(played: Performance, name: Callable[[Chord], str]) -> tuple[Track, ...]:
    """The tracks of a song; `name` says what a chord is called."""
    manner = played.style
    return (
        Track("Chords", 0, manner.keys, _by_sections(played, played.chords)),
        Track("Bass", 1, manner.bass, _by_sections(played, played.bass)),
        Track("Drums", DRUM_CHANNEL, None, _by_sections(played, played.drums)),
        Track("Block chords", 2, manner.keys, tuple(_block_clips(played, name)), muted=True),
        Track("Words", 3, None, tuple(_lines(played))),
    )


def markers(played: Performance, name: Callable[[Chord], str]) -> tuple[Marker, ...]:
    """Sections and chords in order, a section before the chord it begins with."""
    found = [Marker(cue.start, cue.text, True) for cue in played.sections]
    found += [Marker(start, name(chord), False) for start, _, chord in played.struck]
    return tuple(sorted(found, key=lambda marker: (marker.start, not marker.is_section)))


def block_notes(start: float, length: float, chord: Chord) -> tuple[Note, ...]:
    """A chord in root position, its bass an octave below; nothing for no chord."""
    if chord.root_pitch_class is None or chord.bass_pitch_class is None:
        return ()
    root = _LOWEST_BLOCK + chord.root_pitch_class
    tones = sorted((tone - chord.root_pitch_class) % 12 for tone in chord.pitch_classes)
    pitches = (_LOWEST_BLOCK - 12 + chord.bass_pitch_class, *(root + tone for tone in tones))
    return tuple(Note(start, length, pitch, 64) for pitch in pitches)


def _block_clips(played: Performance, name: Callable[[Chord], str]) -> Iterator[Clip]:
    for start, length, chord in played.struck:
        yield Clip(start, length, name(chord), block_notes(0.0, length, chord))


def _by_sections(played: Performance, notes: Sequence[Note]) -> tuple[Clip, ...]:
    titles = {cue.start: cue.text for cue in played.sections}
    cuts = [
        time
        for time in titles
        if 0 < time < played.length
        and not any(n.start < time - _NEAR and n.start + n.length > time + _NEAR for n in notes)
    ]
    clips: list[Clip] = []
    for start, end in pairwise([0.0, *sorted(cuts), played.length]):
        inside = tuple(
            replace(note, start=note.start - start)
            for note in notes
            if start - _NEAR <= note.start < end - _NEAR
        )
        if inside:
            clips.append(Clip(start, end - start, titles.get(start, ""), inside))
    return tuple(clips)


def _lines(played: Performance) -> Iterator[Clip]:
    words: list[str] = []
    start = 0.0
    for index, word in enumerate(played.words):
        start = start if words else word.start
        words.append(word.text)
        if word.ends_line:
            following = played.words[index + 1 : index + 2]
            end = following[0].start if following else played.length
            yield Clip(start, max(end - start, 0.25), " ".join(words))
            words = []
