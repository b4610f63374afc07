"""Songs written anew on the words of songs that have chords: to be looked at side by side.

Each is asked for as `engine.evaluation.tasks.written` asks: the words with the key, genre,
complexity, metre and tempo of the song that is there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from engine.corpora.chord_songs import ChordSong
from engine.errors import CancelledError, EngineError
from engine.generator.controls import MAX_TITLE, Controls
from engine.generator.songs import home_song

if TYPE_CHECKING:
    from engine.generator import ChordGenerator
    from engine.music.lead_sheet import LeadSheet


def companion_songs(
    sheets: Sequence[LeadSheet],
    model: ChordGenerator,
    seed: int = 0,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> list[LeadSheet | None]:
    """What a generator writes on the words of each sheet; None where it has none or could not.

    Raises
    ------
    CancelledError
        If it was to stop.
    """
    found: list[LeadSheet | None] = []
    for number, sheet in enumerate(sheets):
        if cancelled():
            raise CancelledError("The writing was cancelled; nothing of it is kept.")
        found.append(_companion(sheet, model, seed))
        progress(number + 1, len(sheets))
    return found


def _companion(sheet: LeadSheet, model: ChordGenerator, seed: int) -> LeadSheet | None:
    song = ChordSong("", None, sheet, key_given=True, time_signature=sheet.time_signature)
    if not song.lines:
        return None
    controls = Controls(
        key=sheet.key,
        genre=sheet.genre,
        complexity=home_song(song).complexity,
        seed=seed,
        tempo=sheet.tempo,
        time_signature=sheet.time_signature,
        title=sheet.title[:MAX_TITLE],
    )
    try:
        return model.generate(song.lyrics, controls)
    except CancelledError:
        raise
    except EngineError:  # too long a song, say: it is counted among those that could not be
        return None
