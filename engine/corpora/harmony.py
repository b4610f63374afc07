"""The harmony of one song: what is counted of its chords, wherever they stand.

Three kinds of source bring chords: lead sheets (the songbook, ChordPro, what a model wrote), tunes
in ABC notation with chord symbols over the notes, and runs of chord symbols in a text. The first
has lines of words, the second bars as written; of a lead sheet bars are those that the app lays its
words out in (`engine.arrangement.rhythm`), the same for every sheet. A run has neither.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.arrangement.rhythm import bar_count
from engine.corpora.store.music_text import Tune
from engine.errors import InputError
from engine.music.chord import Chord
from engine.music.key import Key
from engine.music.key_estimate import estimated_key
from engine.music.progressions import full_steps, steps

if TYPE_CHECKING:
    from engine.music.lead_sheet import LeadSheet

_QUOTED = re.compile(r'"([^"\n]*)"')
_PLACED_TEXT = ("^", "_", "<", ">", "@")  # ABC 2.1, 4.19: annotations, no chords
_FIELD = re.compile(r"[A-Za-z]:[^|]*$|%")
_BAR = re.compile(r"\|+:?|:\|*|\[\|")
_NOTE = re.compile(r"[A-Ga-gzx]")


@dataclass(frozen=True)
class SongHarmony:
    """What is counted of a song's chords.

    Attributes
    ----------
    row : int
        The song's number in its store, or in the set it belongs to.
    genre : str
    key : Key
    steps : tuple of str
        Triads in Roman numerals, restatements left out (`engine.music.progressions`).
    chords : tuple of str
        The same with sevenths and the like.
    a_line : tuple of int
        How many chords stand on each line with words; empty without lines.
    bars : int
        How many bars they fill; 0 where there are none.
    """

    row: int
    genre: str
    key: Key
    steps: tuple[str, ...]
    chords: tuple[str, ...]
    a_line: tuple[int, ...] = ()
    bars: int = 0


def harmony_of_sheet(sheet: LeadSheet, row: int = 0) -> SongHarmony | None:
    """Of a lead sheet; None without chords."""
    sung = tuple(len(line.chords) for line in sheet.lines if line.words)
    return _harmony(row, sheet.genre or "", sheet.key, sheet.chords, sung, bar_count(sheet))


def harmony_of_tune(tune: Tune, row: int = 0, genre: str = "") -> SongHarmony | None:
    """Of the chord symbols over a tune in ABC notation; None without any.

    Its key is the tune's; where that is a mode without a name here, the one the chords fit best.
    """
    chords = _parsed(
        found for found in _QUOTED.findall(tune.abc) if not found.startswith(_PLACED_TEXT)
    )
    key = Key.parse(tune.key) if tune.key else estimated_key(chords)
    return _harmony(row, genre, key, chords, (), _bars(tune.abc))


def harmony_of_run(symbols: Sequence[str], row: int = 0, genre: str = "") -> SongHarmony | None:
    """Of chord symbols in a row, in the key they fit best."""
    chords = _parsed(symbols)
    return _harmony(row, genre, estimated_key(chords), chords, (), 0)


def _harmony(
    row: int, genre: str, key: Key, chords: Sequence[Chord], a_line: tuple[int, ...], bars: int
) -> SongHarmony | None:
    found = steps(chords, key)
    if not found:
        return None
    return SongHarmony(row, genre, key, found, full_steps(chords, key), a_line, bars)


def _parsed(symbols: Iterable[str]) -> list[Chord]:
    """The chords among some texts; what is none (a remark over the notes) is passed over."""
    chords: list[Chord] = []
    for symbol in symbols:
        try:
            chords.append(Chord.parse(symbol))
        except InputError:
            continue
    return chords


def _bars(abc: str) -> int:
    """How many bars of notes a tune has as written, repeats once."""
    music = "|".join(line for line in abc.splitlines() if not _FIELD.match(line.strip()))
    return sum(bool(_NOTE.search(_QUOTED.sub("", bar))) for bar in _BAR.split(music))
