"""Chord generators: words and wishes in, a lead sheet out.

A generator is found by name in `GENERATORS` and loaded on demand. Every lead sheet it returns is
valid by construction: one line per lyric line, the asked key and complexity, equal chords on equal
lines.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from engine.errors import InputError
from engine.generator.controls import COMPLEXITIES, Controls

if TYPE_CHECKING:
    from engine.lyrics import Lyrics
    from engine.models.card import ModelCard
    from engine.music.lead_sheet import LeadSheet, PlacedChord

__all__ = ["COMPLEXITIES", "GENERATORS", "ChordGenerator", "Controls", "load_generator"]

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
