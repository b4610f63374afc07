"""The closed vocabulary: what the model reads besides words, and all it can say.

Conventions
-----------
- Chords live in C major or A minor; one chord label there is one token in every key. Roots are
  spelled once per pitch class (`ROOTS`), so enharmonic spellings share a token.
- Tokens are ordered: first those only read (controls, line starts), then the *outputs*: ``end``
  (of a line), the two modes, the positions ``at:0`` ... ``at:24``, the chords. An output's index
  is its token's index minus `Vocabulary.first_output`.
- A token's id for the decoder is the size of the base's own vocabulary plus its index.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from engine.errors import InputError, WeightsError
from engine.generator.controls import COMPLEXITIES
from engine.json_text import json_value
from engine.music.chord import NO_CHORD, Chord
from engine.music.key import Key

FILE = "vocabulary.json"
MAX_WORDS = 24  # words one model line holds; longer lyric lines are read in chunks
MAX_COUNT = 8  # the "chords:8" token means 8 or more
ROOTS = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
MODES = ("major", "minor")
HOME = {"major": Key("C", "major"), "minor": Key("A", "minor")}
METRES = ("unknown", "4/4", "3/4", "6/8")
SECTIONS = ("none", "verse", "chorus", "bridge", "other", "final")

_ALWAYS = ("maj", "min", "7", "min7", "maj7", "hdim7", "dim7", "5", "sus4", "maj6")
_TRIADS = frozenset({"maj", "min", "dim", "aug", "5"})
_SEVENTHS = _TRIADS | {
    "7",
    "maj7",
    "min7",
    "minmaj7",
    "dim7",
    "hdim7",
    "maj6",
    "min6",
    "sus2",
    "sus4",
}
_SEVENTHS_WITH_DEGREES = frozenset({("sus4", ("b7",)), ("aug", ("b7",))})
_BASS_IN_TRIAD = frozenset({"1", "3", "b3", "5", "b5", "#5"})
_BASS_IN_SEVENTH = _BASS_IN_TRIAD | {"7", "b7", "bb7", "6"}
_SIMPLER = {
    "13": "9",
    "11": "9",
    "9": "7",
    "maj13": "maj9",
    "maj11": "maj9",
    "maj9": "maj7",
    "min13": "min9",
    "min11": "min7",
    "min9": "min7",
    "minmaj7": "min",
    "min7": "min",
    "min6": "min",
    "hdim7": "dim",
    "dim7": "dim",
    "dim": "min",
}
# Genres without songs to learn from borrow the nearest one that has them.
_NEAREST_GENRE = {"punk": "rock", "metal": "rock", "reggae": "pop", "indie": "rock", "soul": "r&b"}


def complexity_of(chord: Chord) -> int:
    """The least complexity that allows a chord: 0 triads, 1 sevenths, 2 extended."""
    if chord.quality in _TRIADS and not chord.degrees:
        level = 0
    elif (chord.quality in _SEVENTHS and not chord.degrees) or (
        chord.quality,
        chord.degrees,
    ) in _SEVENTHS_WITH_DEGREES:
        level = 1
    else:
        level = 2
    if chord.bass in _BASS_IN_TRIAD:
        return level
    return max(level, 1 if chord.bass in _BASS_IN_SEVENTH else 2)


def normalised(chord: Chord) -> Chord:
    """The chord with its root spelled as in `ROOTS`."""
    pitch_class = chord.root_pitch_class
    return chord if pitch_class is None else replace(chord, root=ROOTS[pitch_class])


def metre_of(time_signature: str | None) -> str:
    """The metre token's name for a time signature: duple counts as 4/4, compound as 6/8."""
    if time_signature is None:
        return "unknown"
    beats, _, unit = time_signature.partition("/")
    if unit == "8":
        return "6/8" if beats in {"6", "9", "12"} else "unknown"
    if beats in {"2", "4"}:
        return "4/4"
    return "3/4" if beats in {"3", "6"} else "unknown"


@dataclass(frozen=True)
class Vocabulary:
    """Tokens, genres and key customs, as the training songs had them.

    Attributes
    ----------
    chords : tuple of str
        Harte labels in C major / A minor, most frequent first.
    genres : tuple of str
        Genre names that have a token; the first is ``"unknown"``.
    common_keys : mapping
        Mode to (tonic to number of training songs notated in that key).
    """

    chords: tuple[str, ...]
    genres: tuple[str, ...]
    common_keys: Mapping[str, Mapping[str, int]]

    @cached_property
    def tokens(self) -> tuple[str, ...]:
        """All token names, in order."""
        return (
            *(f"genre:{name}" for name in self.genres),
            *(f"complexity:{name}" for name in ("unknown", *COMPLEXITIES)),
            *(f"metre:{name}" for name in METRES),
            "song:start",
            "song:middle",
            *(f"line:{name}" for name in SECTIONS),
            "chords:any",
            *(f"chords:{count}" for count in range(MAX_COUNT + 1)),
            "end",
            *(f"mode:{name}" for name in MODES),
            *(f"at:{position}" for position in range(MAX_WORDS + 1)),
            *(f"chord:{label}" for label in self.chords),
        )

    @cached_property
    def index(self) -> dict[str, int]:
        """Token name to index."""
        return {name: index for index, name in enumerate(self.tokens)}

    @cached_property
    def first_output(self) -> int:
        """Index of the first token the model may say."""
        return self.index["end"]

    @cached_property
    def first_position(self) -> int:
        """Output of ``at:0``."""
        return self.index["at:0"] - self.first_output

    @cached_property
    def first_chord(self) -> int:
        """Output of the first chord."""
        return self.first_position + MAX_WORDS + 1

    @cached_property
    def outputs(self) -> int:
        """How many tokens the model may say."""
        return self.first_chord + len(self.chords)

    @cached_property
    def kinds(self) -> tuple[int, ...]:
        """For each output: 0 mode, 1 position or end, 2 chord. Only one kind is ever possible."""
        return (1, 0, 0, *(1,) * (MAX_WORDS + 1), *(2,) * len(self.chords))

    @cached_property
    def parsed(self) -> tuple[Chord, ...]:
        """The chords as values."""
        return tuple(Chord.harte(label) for label in self.chords)

    @property
    def known_genres(self) -> tuple[str, ...]:
        """Genres that change what is written: those learnt, and those with a near neighbour."""
        return tuple(sorted({*self.genres[1:], *_NEAREST_GENRE}))

    def genre_token(self, genre: str | None) -> str:
        """The genre's token, its nearest neighbour's, or ``genre:unknown``."""
        name = (genre or "unknown").lower()
        name = name if name in self.genres else _NEAREST_GENRE.get(name, "unknown")
        return f"genre:{name if name in self.genres else 'unknown'}"

    def chord_index(self, chord: Chord) -> int:
        """The index in `chords` of the closest label the vocabulary has.

        Bass, then degrees, then the quality's upper notes are given up until one is known.
        """
        if (known := self._nearest.get(chord)) is None:
            known = self._nearest_index(normalised(chord))
            self._nearest[chord] = known
        return known

    def _nearest_index(self, chord: Chord) -> int:
        if chord.is_no_chord:
            return self._chord_indices["N"]
        for candidate in _simpler(chord):
            if (found := self._chord_indices.get(candidate.label)) is not None:
                return found
        return self._chord_indices[Chord(chord.root, "maj").label]

    @cached_property
    def _nearest(self) -> dict[Chord, int]:
        return {}

    @cached_property
    def _chord_indices(self) -> dict[str, int]:
        return {label: index for index, label in enumerate(self.chords)}

    @classmethod
    def build(
        cls,
        chords: Counter[str],
        genres: Counter[str],
        common_keys: Mapping[str, Mapping[str, int]],
        least: int = 8,
    ) -> Vocabulary:
        """The vocabulary of a corpus.

        Parameters
        ----------
        chords : Counter
            Normalised labels in C major / A minor; those seen `least` times get a token, beside
            ten plain qualities on every root, which always have one.
        genres : Counter
            Genre names; all but ``"unknown"`` get a token if seen at least twice.
        """
        always = {Chord(root, quality).label for root in ROOTS for quality in _ALWAYS}
        kept = {label for label, count in chords.items() if count >= least} | always
        kept.add(NO_CHORD.label)
        ordered = sorted(kept, key=lambda label: (-chords[label], label))
        names = sorted(name for name, count in genres.items() if count > 1 and name != "unknown")
        return cls(tuple(ordered), ("unknown", *names), common_keys)

    def write(self, folder: Path) -> None:
        """Write ``vocabulary.json``."""
        data = {
            "chords": self.chords,
            "genres": self.genres,
            "common_keys": {mode: dict(counts) for mode, counts in self.common_keys.items()},
        }
        text = json.dumps(data, indent=1, ensure_ascii=False)
        (folder / FILE).write_text(text + "\n", "utf-8")

    @classmethod
    def read(cls, folder: Path) -> Vocabulary:
        """Read ``vocabulary.json``; `WeightsError` if it is missing or malformed."""
        path = folder / FILE
        try:
            data: dict[str, Any] = json_value(path.read_bytes())
            found = cls(tuple(data["chords"]), tuple(data["genres"]), data["common_keys"])
            if len(found.parsed) != len(set(found.chords)):
                raise ValueError("a chord is listed twice")
        except (OSError, ValueError, KeyError, TypeError, InputError) as error:
            raise WeightsError(
                f"The chord vocabulary {path} is not readable ({error}); "
                f"restore it with `git checkout -- models`."
            ) from None
        return found


def _simpler(chord: Chord) -> Iterable[Chord]:
    yield chord
    yield replace(chord, bass="1")
    yield replace(chord, degrees=())
    plain = replace(chord, degrees=(), bass="1")
    yield plain
    quality = chord.quality
    while quality in _SIMPLER:
        quality = _SIMPLER[quality]
        yield replace(plain, quality=quality)
