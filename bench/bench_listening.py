"""What is heard in audio whose tempo, key and chords are known: songs of the songbook, as we play.

    python bench/bench_listening.py [--seconds 45] [--songs 120]

Each song is rendered by `engine.arrangement.sound` and listened to as a file would be. Told are the
share of songs whose key is right; whose tempo is within 4 %, as it stands and counting half and
double (and a third and three times, where a beat parts in three); and the chord recall of mir_eval
on major and minor triads and on sevenths, weighted by time (Raffel et al. 2014). The weights of
`engine.listening` were set on every fourth song; the others are told apart. The sound is ours and
without a voice: recordings of people are harder. The last line is one JSON object.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from measuring import parsed_arguments

from engine.arrangement.performance import performance
from engine.arrangement.sound import wav
from engine.corpora.songbook import songbook
from engine.listening import listen
from engine.listening.heard import Heard
from engine.music.key import Key
from engine.music.lead_sheet import LeadSheet

_NEAR = 0.04
_LEVELS = {
    "half or double": (1, 2, 1 / 2),
    "any simple ratio": (1, 2, 1 / 2, 3, 1 / 3, 3 / 2, 2 / 3),
}


def _sounding(key: Key) -> tuple[int, str]:
    return key.tonic_pitch_class, key.mode


def _near(heard: float, told: float, factors: Sequence[float]) -> bool:
    return any(abs(heard / (told * factor) - 1) <= _NEAR for factor in factors)


def _chord_recalls(sheet: LeadSheet, heard: Heard) -> dict[str, float]:
    import mir_eval
    import numpy as np

    played = performance(sheet)
    quarter = 60 / played.quarters_per_minute
    told = [
        (start * quarter, (start + length) * quarter, chord.label)
        for start, length, chord in played.struck
        if start * quarter < heard.seconds
    ]
    reference = np.array([[start, min(end, heard.seconds)] for start, end, _ in told])
    estimate = np.array([[one.start, one.end] for one in heard.chords])
    scores: Any = mir_eval.chord.evaluate(
        reference,
        [label for *_, label in told],
        estimate,
        [one.chord.label for one in heard.chords],
    )
    return {name: float(scores[name]) for name in ("majmin", "sevenths", "root")}


def _judged(sheet: LeadSheet, seconds: float) -> dict[str, Any]:
    data = wav(sheet, seconds)
    began = time.perf_counter()
    heard = listen(data)
    took = time.perf_counter() - began
    return {
        "key": _sounding(heard.key) == _sounding(sheet.key),
        "tempo": _near(heard.tempo, sheet.tempo, (1,)),
        **{name: _near(heard.tempo, sheet.tempo, factors) for name, factors in _LEVELS.items()},
        **_chord_recalls(sheet, heard),
        "seconds per minute": took / heard.seconds * 60,
    }


def main() -> None:
    """Listen and print."""
    options = parsed_arguments(
        __doc__,
        precision=False,
        seconds={"type": float, "default": 45.0, "help": "of each song"},
        songs={"type": int, "default": 120, "help": "only the first so many"},
    )
    songs = songbook()[: options.songs]
    listen(wav(songs[0], 6))  # what librosa compiles, it compiles now
    found = [_judged(sheet, options.seconds) for sheet in songs]
    for sheet, one in zip(songs, found, strict=True):
        missed = [name for name in ("key", "tempo") if not one[name]]
        print(f"{one['majmin']:.2f} {sheet.title} ({sheet.genre}) {' '.join(missed)}".rstrip())
    parts = {
        "all": found,
        "songs that weights were not set on": [o for i, o in enumerate(found) if i % 4],
    }
    figures = {
        part: {
            name: round(statistics.fmean(one[name] for one in songs_of), 3) for name in songs_of[0]
        }
        for part, songs_of in parts.items()
    }
    print(json.dumps({"bench": "listening", "songs": len(songs), "shares": figures}))


if __name__ == "__main__":
    main()
