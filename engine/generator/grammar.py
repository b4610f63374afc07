"""The only way the model can speak: which outputs may come next on a line.

States of one line (or chunk of a long line): at a *position* state the model says where the next
chord stands, or ends the line; at a *chord* state it says which chord. Positions never run
backwards nor past the line, a word carries one chord (up to `MOST_PER_WORD` where a count is asked
for), a chord is not restated directly, and with a wanted count the line ends after exactly that
many chords. Every path through the states is a valid line, so no output is ever parsed, repaired or
retried.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.errors import EngineError
from engine.generator.controls import COMPLEXITIES
from engine.generator.vocabulary import Vocabulary, complexity_of
from engine.music.chord import Chord

END = 0  # the output that ends a line
MOST_PER_WORD = 2
MOST_UNASKED = 8  # chords on one line when no count is asked for
POWER_GENRES = frozenset({"punk", "metal"})
_PLAIN = frozenset({"maj", "min"})
# Style priors, added to a chord's log-odds above complexity "triads": the corpus has few jazz and
# hardly any blues songs, many of them written plainer than they are played.
_STYLE_PRIORS = {
    "jazz": {"maj": -1.0, "min": -1.0, "7": 0.3, "min7": 0.3, "maj7": 0.3},
    "blues": {"7": 1.0},
}


def capacity(words: int, *, last: bool = True) -> int:
    """How many chords fit on a line; behind the last word there is room only at the line's end."""
    return MOST_PER_WORD * (words + last)


class ChordChoice:
    """The chords a song may use, and how they are written.

    At complexity ``"triads"`` punk and metal write plain triads as power chords (root and fifth):
    the model thinks in triads, of which it has seen many, and the lead sheet says ``C5``.
    "No chord" is never generated. Above triads, jazz leans away from plain triads and blues towards
    dominant sevenths, mildly.
    """

    def __init__(self, vocabulary: Vocabulary, complexity: str, genre: str | None) -> None:
        level = COMPLEXITIES.index(complexity)
        self._chords = vocabulary.parsed
        self._power = level == 0 and (genre or "").lower() in POWER_GENRES
        self.allowed = tuple(
            index
            for index, chord in enumerate(self._chords)
            if not chord.is_no_chord
            and complexity_of(chord) <= level
            and (level > 0 or chord.quality != "5")
        )
        if not self.allowed:
            raise EngineError(f"No chord of the vocabulary fits the complexity '{complexity}'.")

        priors = _STYLE_PRIORS.get((genre or "").lower(), {}) if level else {}
        self.priors = tuple(
            priors.get(chord.quality, 0.0) if not chord.degrees else 0.0 for chord in self._chords
        )

    def written(self, index: int) -> Chord:
        """The chord as the lead sheet shows it, in the home key."""
        chord = self._chords[index]
        if self._power and chord.quality in _PLAIN and not chord.degrees:
            return Chord(chord.root, "5")
        return chord

    def restatements(self, index: int) -> tuple[int, ...]:
        """The allowed chords that would read the same as this one."""
        same = self.written(index)
        return tuple(other for other in self.allowed if self.written(other) == same)


class LineGrammar:
    """The state of one line while its chords are being said.

    Parameters
    ----------
    words : int
        Words of the line or chunk.
    choice : ChordChoice
    count : int or None
        Exactly so many chords, at most `capacity`; None for as many as the model likes.
    last : bool
        False for a chunk with more of the same line behind it: the place after its last word
        belongs to the next chunk.
    sounding : bool
        With `count` None: do not end before the first chord.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        words: int,
        choice: ChordChoice,
        *,
        count: int | None = None,
        last: bool = True,
        sounding: bool = False,
    ) -> None:
        self._vocabulary = vocabulary
        self._choice = choice
        self._limit = words if last else words - 1
        most = capacity(words, last=last)
        self._most = min(MOST_UNASKED if count is None else count, most)
        self._least = int(sounding) if count is None else self._most
        # Unasked, chords share a place only after the last word, where turnarounds stand.
        self._per_word = 1 if count is None else MOST_PER_WORD
        self._words = words
        self._position: int | None = None
        self.chords: list[tuple[int, int]] = []
        self.ended = self._most == 0

    def allowed(self) -> Sequence[int]:
        """The outputs that may come next; never empty before the line has ended."""
        if self._position is not None:
            first = self._vocabulary.first_chord
            barred: tuple[int, ...] = ()
            if self.chords:
                barred = self._choice.restatements(self.chords[-1][1])
            return [first + index for index in self._choice.allowed if index not in barred]
        outputs: list[int] = []
        said = len(self.chords)
        if said >= self._least:
            outputs.append(END)
        if said < self._most:
            outputs += [self._vocabulary.first_position + place for place in self._places()]
        return outputs

    def _places(self) -> list[int]:
        """Positions from which the chords still owed have room."""
        lowest = self.chords[-1][0] if self.chords else 0
        here = sum(1 for position, _ in self.chords if position == lowest)
        if here >= (self._per_word if lowest < self._words else MOST_PER_WORD):
            lowest, here = lowest + 1, 0
        owed = max(self._least - len(self.chords), 1)
        places: list[int] = []
        for place in range(lowest, self._limit + 1):
            used = here if place == lowest else 0
            if MOST_PER_WORD * (self._limit - place + 1) - used >= owed:
                places.append(place)
        return places

    def accept(self, output: int) -> None:
        """Take what was said.

        Raises
        ------
        EngineError
            If it was not allowed: a fault of the caller, never of the model.
        """
        if self.ended or output not in self.allowed():
            raise EngineError(f"Output {output} is not allowed here.")
        if output == END:
            self.ended = True
        elif self._position is None:
            self._position = output - self._vocabulary.first_position
        else:
            self.chords.append((self._position, output - self._vocabulary.first_chord))
            self._position = None
        # A line that may only end has ended: no model is needed to say so.
        if not self.ended and self._position is None and list(self.allowed()) == [END]:
            self.ended = True
