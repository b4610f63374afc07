"""Chord generators: words and wishes in, a lead sheet out.

A generator is found by name in `GENERATORS` and loaded on demand. Every lead sheet it returns is
valid by construction: one line per lyric line, the asked key and complexity, like sections with
like chords, every wish kept.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from engine.errors import InputError, quoted
from engine.generator.controls import COMPLEXITIES, Controls

if TYPE_CHECKING:
    from engine.lyrics import Lyrics
    from engine.models.card import ModelCard
    from engine.music.chord import Chord
    from engine.music.form import Form
    from engine.music.lead_sheet import LeadSheet, PlacedChord

__all__ = [
    "COMPLEXITIES",
    "GENERATORS",
    "Alternative",
    "ChordGenerator",
    "Controls",
    "checked_genre",
    "load_generator",
]

MOST_LINES = 300
GENERATORS = {"tinyllama": "engine.generator.tinyllama:TinyLlamaGenerator"}


class ChordGenerator(Protocol):
    """What every chord generator can do."""

    name: str
    base: str
    card: ModelCard

    def generate(
        self,
        lyrics: Lyrics,
        controls: Controls,
        progress: Callable[[int, int], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
        locked: Mapping[int, Sequence[PlacedChord]] | None = None,
        places: Mapping[tuple[int, int], Chord] | None = None,
        form: Form | None = None,
    ) -> LeadSheet:
        """Write chords on the words.

        Parameters
        ----------
        progress : callable, optional
            Called after each line with (lines done, lines in all).
        cancelled : callable, optional
            Asked often; when true, `engine.errors.CancelledError` is raised.
        locked : mapping, optional
            Line index to the chords kept verbatim on that line, in the asked key. An empty sequence
            keeps a line without chords. Lines of the same words that share its harmony follow it.
        places : mapping, optional
            (Line, word) to a chord kept on that word, in the line's key; the number of words stands
            for the place after the last one. It takes the place of what the line would have there.
        form : Form, optional
            The plan; None takes that of the words, or of `Controls.form`.

        Raises
        ------
        InputError
            If a lock names a line or a word that is not there.
        CancelledError
        """
        ...

    def rewritten(
        self,
        sheet: LeadSheet,
        controls: Controls,
        lines: Collection[int] = (),
        places: Collection[tuple[int, int]] = (),
        cancelled: Callable[[], bool] | None = None,
    ) -> LeadSheet:
        """Write lines, or single chords, anew; everything else, and what is locked, stays.

        What follows has a say as well as what went before.

        Parameters
        ----------
        sheet : LeadSheet
        lines : collection of int
            Their indices in the sheet.
        places : collection of (int, int)
            Line and word of chords that shall be others.

        Raises
        ------
        InputError
            If there is no such line, word or chord, or no other chord is allowed.
        CancelledError
        """
        ...

    def alternatives(
        self, sheet: LeadSheet, controls: Controls, line: int, word: int, count: int = 8
    ) -> list[Alternative]:
        """Chords that could stand on a word, the likeliest first, by what is before and behind.

        Parameters
        ----------
        line, word : int
            Indices; a word without a chord is asked about as if it had one.

        Raises
        ------
        InputError
            If there is no such line or word.
        """
        ...


@dataclass(frozen=True)
class Alternative:
    """A chord that could stand at a place, and how likely it is there."""

    chord: Chord
    probability: float


def checked_genre(name: str, preset: str = "embedded") -> str:
    """A genre that the chord model knows, in lower case.

    Raises
    ------
    InputError
        If it knows none of that name; the message lists those it knows, the likeliest first.
    """
    from difflib import get_close_matches

    from engine.generator.vocabulary import Vocabulary
    from engine.models.presets import slot

    known = Vocabulary.read(slot("tinyllama", preset).folder).known_genres
    wanted = " ".join(name.lower().split())
    if wanted in known:
        return wanted
    meant = get_close_matches(wanted, known, 1)
    guess = f" (did you mean {meant[0]}?)" if meant else ""
    raise InputError(
        f"There is no genre {quoted(name)}{guess}; genres are {', '.join(known)}, or none given."
    )


def check_lines(lyrics: Lyrics) -> None:
    """Refuse a lyric that would be written for minutes.

    Raises
    ------
    InputError
        If it has more than `MOST_LINES` different lines; a line sung again costs nothing.
    """
    from engine.lyrics import line_key

    count = len({line_key(line.words) for line in lyrics.lines})
    if count > MOST_LINES:
        raise InputError(
            f"The lyric has {count} different lines; chords are written for at most {MOST_LINES}, "
            "so give a longer text in parts."
        )


_REHEARSAL = "one two three four\nfive six"


def load_generator(name: str = "tinyllama", preset: str = "embedded") -> ChordGenerator:
    """Load a generator: seconds, so callers keep it.

    Raises
    ------
    InputError
        If there is no generator or preset of that name.
    WeightsError
        If its weights are missing or corrupt.
    """
    if name not in GENERATORS:
        raise InputError(f"There is no generator '{name}'; generators are {', '.join(GENERATORS)}.")
    from engine.models.loading import loading
    from engine.models.presets import slot
    from engine.models.quiet import quiet_libraries

    own = slot(name, preset)
    quiet_libraries()
    module, _, attribute = GENERATORS[name].partition(":")
    made = getattr(import_module(module), attribute)
    with loading(own):
        return rehearsed(made(preset))


def rehearsed(generator: ChordGenerator) -> ChordGenerator:
    """The generator, after it wrote a few words: what of its files does not fit shows there."""
    from engine.lyrics import Lyrics

    generator.generate(Lyrics.parse(_REHEARSAL), Controls(genre="pop"))
    return generator
