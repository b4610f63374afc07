"""What stands in a bracket of a ChordPro file: chords, numbers of a key, or a remark. Pure.

Most often it is one chord. Songbooks also write several with strokes and bar lines (``A /// | D``),
with dashes (``D-C``, ``G - A``), with remarks around them (``(G)``, ``D...``, ``G (hold)``), a bass
alone (``/F#``: the chord before over that bass), or, in a song without letters, Nashville and Roman
numbers. What cannot be read beside what can is left out alone; a bracket of words is a remark.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from engine.errors import InputError
from engine.lyrics.chords import is_between, is_plain_word_chord
from engine.music.chord import Chord
from engine.music.pitch import ascii_accidentals, degree_of_step, position

Reader = Callable[[str], Chord]

RECALL = "^"
_AROUND = " \t()*|!.~-–'`:,;?<>=_\"^/"
_PARTING = re.compile(r"[\s,;|]+|->|=>|→|…|\.{2,}")
_DASHES = re.compile(r"[-–—~>]+")
_BASS = re.compile(r"/([A-Ga-g][#b♯♭]?)\Z")
_LABEL = re.compile(r"\s*[A-Za-z][\w -]{2,20}:\s+")
_INSIDE = re.compile(r"\[([^\[\]]{1,60})\]")
_LETTER = re.compile(r"\[\s*[(|]?\s*[A-H][^\[\]]*\]")
_NUMBER = re.compile(
    r"\[\s*[b#♭♯]?(?:[1-7]|VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i)(?![a-zA-Z]{3})[^\[\]\s]{0,10}\s*\]"
)


def is_numbered(texts: Iterable[str]) -> bool:
    """Whether the brackets of a song hold numbers of a key, and not letters."""
    counts = [
        (len(_NUMBER.findall(text)), len(_LETTER.findall(text))) for text in texts if "[" in text
    ]
    return sum(numbers for numbers, _ in counts) > sum(letters for _, letters in counts)


def symbols_in(texts: Iterable[str]) -> Iterator[str]:
    """What may be chord symbols in the brackets of a song."""
    for text in texts:
        for inside in _INSIDE.findall(text) if "[" in text else ():
            yield from (piece.strip(_AROUND) for piece in _PARTING.split(inside))


def chords_in(text: str, read: Reader, before: Chord | None = None) -> list[Chord] | None:
    """The chords that a bracket holds, or None for a remark.

    Parameters
    ----------
    text : str
        What stands between the brackets.
    read : callable
        Reads one symbol, `Chord.parse` in most songs; raises `InputError`.
    before : Chord, optional
        The chord before this bracket, to which a bass alone belongs.
    """
    text = text.strip()
    if text.startswith("*"):  # an annotation
        return None
    if (bass := _BASS.match(text)) and before is not None:
        return [_over(before, bass[1])]
    for whole in (text, text.strip(_AROUND)):
        if (chord := _read(whole, read)) is not None:
            return [chord]
    found = list(
        chain.from_iterable(_piece(piece, read) for piece in _PARTING.split(_LABEL.sub("", text)))
    )
    chords = [chord for chord in found if isinstance(chord, Chord)]
    unread = [piece for piece in found if not isinstance(piece, Chord)]
    if not chords or (unread and not _is_rather_music(text, len(chords), unread)):
        return None
    return chords


def _is_rather_music(text: str, chords: int, unread: list[str]) -> bool:
    """Whether what holds chords and more is music with a remark, not the other way round."""
    first = _PARTING.split(text.strip(_AROUND))[0]
    return chords >= len(unread) and not is_plain_word_chord(first.strip(_AROUND))


def _piece(piece: str, read: Reader) -> list[Chord | str]:
    """The chords of a piece, or the piece itself; nothing for strokes, bars and counts."""
    bare = piece.strip(_AROUND)
    if not bare or is_between(piece) or is_between(bare):
        return []
    if (chord := _read(bare, read)) is not None:
        return [chord]
    parts = _DASHES.split(bare)
    chords = [_read(part.strip(_AROUND), read) for part in parts if part.strip(_AROUND)]
    if len(parts) > 1 and all(chords):
        return [chord for chord in chords if chord is not None]
    return [piece]


def _read(symbol: str, read: Reader) -> Chord | None:
    if not symbol:
        return None
    try:
        return read(symbol)
    except InputError:
        return None


def _over(chord: Chord, bass: str) -> Chord:
    if chord.root is None:
        return chord
    note = ascii_accidentals(bass[0].upper() + bass[1:])
    return Chord(
        chord.root,
        chord.quality,
        chord.degrees,
        degree_of_step(position(note) - position(chord.root)),
    )
