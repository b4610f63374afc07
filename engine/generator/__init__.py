"""Chord generators: words and wishes in, a lead sheet out.

A generator is found by name in `GENERATORS` and loaded on demand. Every lead sheet it returns is
valid by construction: one line per lyric line, the asked key and complexity, equal chords on equal
lines.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from engine.errors import InputError, quoted
from engine.generator.controls import COMPLEXITIES, Controls

if TYPE_CHECKING:
    from engine.lyrics import Lyrics
    from engine.models.card import ModelCard
    from engine.music.lead_sheet import LeadSheet, PlacedChord

__all__ = [
    "COMPLEXITIES",
    "GENERATORS",
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
            keeps a line without chords.

        Raises
        ------
        InputError
            If a lock names a line or a word that is not there.
        CancelledError
        """
        ...


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
    from engine.models.quiet import quiet_libraries

    quiet_libraries()
    module, _, attribute = GENERATORS[name].partition(":")
    return getattr(import_module(module), attribute)(preset)
