"""What each word and line of a lyric added to one model's belief in one genre."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from engine.errors import InputError
from engine.explanation.alignment import WordValues, word_values

if TYPE_CHECKING:
    from engine.classifiers.prediction import GenreClassifier
    from engine.classifiers.torch_classifier import TorchClassifier
    from engine.lyrics import Lyrics

STEPS = 8


@dataclass(frozen=True)
class Explanation:
    """Attributions of one lyric's words, in log odds of one genre.

    Attributes
    ----------
    model, base, genre : str
        Who is explained, on which base it ran, and the genre in question.
    words : tuple of tuple of float or None
        Line by line and word by word as in `Lyrics.lines`: positive pushes towards the genre,
        negative away from it; None where the model did not read the word.
    elsewhere : float
        What belongs to no word: line ends, special tokens.
    log_odds, baseline_log_odds : float
        ln(p / (1 - p)) of the genre in the song, and with its words faded (see
        `engine.explanation.attribution`).
    steps : int
        Points of the integral.
    seconds : float
        Wall time.
    form : float
        What the song's form (length, repetition, rhyme) adds to `log_odds`, beside a song of
        average form.
    faded : float
        The share by which the words were faded.
    answer, answer_without_form : str
        The model's own answer, and what it would be if the song's form were average.
    """

    model: str
    base: str
    genre: str
    words: WordValues
    elsewhere: float
    log_odds: float
    baseline_log_odds: float
    steps: int
    seconds: float
    form: float = 0.0
    answer: str = ""
    answer_without_form: str = ""
    faded: float = 0.25

    @property
    def probability(self) -> float:
        """The model's probability of the genre."""
        return 1 / (1 + math.exp(-self.log_odds))

    @property
    def lines(self) -> tuple[float | None, ...]:
        """The sum over each line's words; None for a line the model did not read."""
        read = ([value for value in line if value is not None] for line in self.words)
        return tuple(sum(values) if values else None for values in read)

    @property
    def gap(self) -> float:
        """What the attributions miss of the difference the words make, in log odds."""
        total = self.elsewhere + sum(value for value in self.lines if value is not None)
        return self.log_odds - self.baseline_log_odds - total

    @property
    def form_decides(self) -> bool:
        """Whether the genre explained is the model's answer by the song's form alone."""
        return self.genre == self.answer != self.answer_without_form

    @property
    def form_share(self) -> float:
        """Of `form`, the share by which the words were faded too: to lay it beside theirs."""
        return self.faded * self.form

    @property
    def words_read(self) -> int:
        """How many words the model read."""
        return sum(value is not None for line in self.words for value in line)

    def strongest(self, lyric: Lyrics, count: int, sign: int = 1) -> list[tuple[str, float, int]]:
        """The words that pushed most: (word, attribution, times sung), strongest first.

        Repeats of a word, whatever its case and the punctuation around it, are added up; with a
        negative `sign` the words that pushed away.
        """
        sums: dict[str, tuple[float, int]] = {}
        for line, values in zip(lyric.lines, self.words, strict=True):
            for word, value in zip(line.words, values, strict=True):
                if value is not None and (bare := bare_word(word)):
                    total, times = sums.get(bare, (0.0, 0))
                    sums[bare] = (total + value, times + 1)
        ranked = sorted(sums.items(), key=lambda item: -sign * item[1][0])
        return [(word, total, n) for word, (total, n) in ranked if sign * total > 0][:count]


def bare_word(word: str) -> str:
    """A word in lower case without the punctuation around it; may be empty."""
    return word.lower().replace("’", "'").strip("".join(c for c in set(word) if not c.isalnum()))


def explain(
    classifier: GenreClassifier,
    lyric: Lyrics,
    genre: str | None = None,
    steps: int = STEPS,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Explanation:
    """Attribute one model's belief in a genre to the words of a lyric.

    Parameters
    ----------
    classifier : GenreClassifier
        One of the three networks.
    genre : str, optional
        Which genre; by default the model's own answer.
    steps : int
        Points of the integral, at least 2: more leave a smaller gap and take longer.
    progress : callable, optional
        Called with (passes done, passes in all); a few come after the last step.
    cancelled : callable, optional
        Asked between batches of steps.

    Raises
    ------
    InputError
        If the model does not know the genre, or has no embeddings to explain.
    CancelledError
        If it was cancelled.
    """
    from engine.explanation.attribution import FADING, token_attributions

    if steps < 2:
        raise InputError(f"An integral of {steps} steps cannot be taken; at least 2 are needed.")
    if not hasattr(classifier, "readings"):
        raise InputError(f"'{classifier.name}' is not one network and cannot be explained.")
    network = cast("TorchClassifier", classifier)
    began = time.perf_counter()
    genre = genre or network.predict([lyric])[0].label
    if genre not in network.labels:
        raise InputError(f"'{genre}' is no genre of {network.name}; it knows {network.labels}.")
    found = token_attributions(
        network, lyric, network.labels.index(genre), steps, progress, cancelled
    )
    words, elsewhere = word_values(lyric, found.tokens)
    return Explanation(
        network.name,
        network.base,
        genre,
        words,
        elsewhere,
        found.log_odds,
        found.baseline_log_odds,
        steps,
        time.perf_counter() - began,
        found.form,
        network.labels[found.answer],
        network.labels[found.answer_without_form],
        FADING,
    )
