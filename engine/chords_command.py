"""The wishes that ``python -m engine chords`` takes, and what is asked of the generator by them."""

from __future__ import annotations

import argparse
import re
from dataclasses import dataclass
from typing import Any

from engine.arguments import ArgumentParser
from engine.errors import InputError, quoted
from engine.generator.controls import COMPLEXITIES, Controls, usual_complexity
from engine.generator.wishes import check_wishes, chords_of, named_wish
from engine.lyrics import Lyrics
from engine.music.chord import Chord
from engine.music.form.templates import TEMPLATES
from engine.music.key import Key
from engine.music.lead_sheet import PlacedChord

_NUMBER = r"(\d{1,9})"
_LINE_LOCK = re.compile(rf"{_NUMBER}\s*=\s*(.*)\Z")
_PLACE_LOCK = re.compile(rf"{_NUMBER}:{_NUMBER}\s*=\s*(\S+)\Z")
_PLACE = re.compile(rf"{_NUMBER}:{_NUMBER}\Z")
_CHORD_AT = re.compile(rf"(\S+)@{_NUMBER}\Z")


def add_arguments(chords: ArgumentParser) -> None:
    """Add what may be asked of the chords of a song; lines and words count from 1."""
    add_song_wishes(chords)
    chords.add_argument("--title", default="", help="written on the lead sheet")
    chords.add_argument(
        "--like",
        action="append",
        default=[],
        metavar="PLACE=PLACE",
        help='a section with the chords of an earlier one: "verse 2=verse 1"',
    )
    chords.add_argument(
        "--unlike", action="append", default=[], metavar="PLACE", help="a section of its own chords"
    )
    chords.add_argument(
        "--key-of",
        action="append",
        default=[],
        metavar="PLACE=KEY",
        help='a section in another key: "chorus 3=A"',
    )
    chords.add_argument(
        "--lock",
        action="append",
        default=[],
        metavar="LINE=CHORDS | LINE:WORD=CHORD",
        help='chords that are kept: "3=C@1 G7@4" (a whole line), "3:5=Am7" (on one word)',
    )
    chords.add_argument(
        "--alternatives",
        metavar="LINE:WORD",
        help="print other chords for a place, the likeliest first, instead of the song",
    )


def add_song_wishes(chords: Any) -> None:
    """Add the wishes that any song can have."""
    chords.add_argument("--key", help="such as G:major or Em (default: chosen for you)")
    chords.add_argument("--genre", help="a style, such as folk")
    chords.add_argument("--tempo", type=int, help="beats per minute")
    chords.add_argument("--time", default="4/4", help="time signature (default: 4/4)")
    chords.add_argument(
        "--per-line", type=int, help="chords on each line (default: as the words ask)"
    )
    chords.add_argument(
        "--complexity", choices=COMPLEXITIES, help="how rich chords are (default: as in the style)"
    )
    chords.add_argument("--temperature", type=float, default=0.8, help="0 is the safest choice")
    chords.add_argument(
        "--variety",
        type=float,
        default=Controls.variety,
        help="0 leans on what the song has done before, 1 on what songs in general do",
    )
    chords.add_argument(
        "--borrowed",
        type=float,
        default=1.0,
        help="times as many chords from outside the key as songs have; 0 for none",
    )
    chords.add_argument(
        "--fast", action="store_true", help="without the language model that reads the words"
    )
    chords.add_argument(
        "--allow",
        help='only these chords: "easy guitar", ukulele, or a list such as "C,G,Am,F"',
    )
    chords.add_argument("--form", choices=TEMPLATES, help="a form (default: by the words)")
    chords.add_argument(
        "--numerals",
        action="append",
        default=[],
        metavar="[PLACE=]CHORDS",
        help='a progression in numerals or names: "verse=I V vi IV"; ; parts lines',
    )
    chords.add_argument(
        "--cadence",
        action="append",
        default=[],
        metavar="PLACE=CADENCE",
        help="how a section ends: verse=half, end=plagal",
    )
    chords.add_argument("--seed", type=int, default=0, help="same seed, same chords")


def controls_of(arguments: argparse.Namespace, genre: str | None) -> Controls:
    """The wishes of a command line; `genre` is the one it names, as the model knows it."""
    allow = arguments.allow or ""
    names = [part for part in re.split(r"[,;]", allow) if part.strip()]
    return Controls(
        key=Key.parse(arguments.key) if arguments.key else None,
        genre=genre,
        chords_per_line=arguments.per_line,
        complexity=arguments.complexity or usual_complexity(genre),
        temperature=arguments.temperature,
        seed=arguments.seed,
        tempo=arguments.tempo,
        time_signature=arguments.time,
        title=arguments.title,
        decoder=not arguments.fast,
        variety=arguments.variety,
        borrowed=arguments.borrowed,
        allow=tuple(name.strip() for name in names),
        form=arguments.form,
        progressions=tuple(named_wish(text, "all") for text in arguments.numerals),
        cadences=tuple(named_wish(text, "end") for text in arguments.cadence),
        keys=tuple(
            (place, Key.parse(key)) for place, key in (named_wish(t) for t in arguments.key_of)
        ),
        alike=(
            *(named_wish(text) for text in arguments.like),
            *((place, "") for place in arguments.unlike),
        ),
    )


@dataclass(frozen=True)
class Asked:
    """What a command line asks of one lyric beside the controls."""

    locked: dict[int, list[PlacedChord]]
    places: dict[tuple[int, int], Chord]
    alternatives: tuple[int, int] | None


def asked_of(arguments: argparse.Namespace, lyrics: Lyrics, controls: Controls) -> Asked:
    """Locks and the place to tell alternatives of, counted from 0.

    Raises
    ------
    InputError
        If one does not fit the lyric.
    """
    check_wishes(lyrics.lines, controls)
    locked: dict[int, list[PlacedChord]] = {}
    places: dict[tuple[int, int], Chord] = {}
    for text in arguments.lock:
        if found := _PLACE_LOCK.match(text.strip()):
            places[int(found[1]) - 1, int(found[2]) - 1] = _one_chord(found[3], controls)
        elif found := _LINE_LOCK.match(text.strip()):
            line = int(found[1]) - 1
            locked[line] = [_placed(word, controls) for word in found[2].split()]
        else:
            raise InputError(
                f"{quoted(text)} is no lock; LINE=CHORDS such as 3=C@1 G7@4 and LINE:WORD=CHORD "
                "such as 3:5=Am7 are accepted."
            )
    place: tuple[int, int] | None = None
    if arguments.alternatives:
        found = _PLACE.match(arguments.alternatives.strip())
        if not found:
            raise InputError(
                f"{quoted(arguments.alternatives)} is no place; LINE:WORD is accepted, such as 3:5."
            )
        place = int(found[1]) - 1, int(found[2]) - 1
        if not 0 <= place[0] < len(lyrics.lines):
            raise InputError(f"There is no line {found[1]}; the lyric has {len(lyrics.lines)}.")
    return Asked(locked, places, place)


def _placed(text: str, controls: Controls) -> PlacedChord:
    found = _CHORD_AT.match(text)
    if not found:
        raise InputError(
            f"{quoted(text)} is no chord on a word; CHORD@WORD is accepted, such as G7@4."
        )
    return PlacedChord(int(found[2]) - 1, _one_chord(found[1], controls))


def _one_chord(text: str, controls: Controls) -> Chord:
    """A chord by its name, or, where the key is given, by its numeral."""
    if controls.key is None:
        return Chord.parse(text)
    return chords_of(text, controls.key)[0]
