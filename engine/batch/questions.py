"""What is asked of each song of a table: its genre, or chords on its words.

A question is a small value that can be sent to another process; the model behind it is loaded where
it is answered. An answer is a list of values that JSON can hold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Protocol, cast

from engine.classifiers import NAMES, check_name, load_classifier, model_of, part_of
from engine.errors import InputError
from engine.generator import GENERATORS, Controls, load_generator
from engine.lyrics import Lyrics
from engine.models.card import ModelCard, model_revision
from engine.models.presets import slot

if TYPE_CHECKING:
    from engine.classifiers.prediction import Prediction

MODELS = (*NAMES, *GENERATORS)
"""Every name that a batch can ask."""

# One of a genre model's own batches. More would lose more work in a kill, fewer would leave that
# batch half empty.
GROUP_CHARACTERS = 16_000
# Each step of a recurrent network takes the songs of a group together, so these have longer ones.
_LONGER = {"bilstm-gru": 3, "roberta": 2}

Ask = Callable[[Sequence[Lyrics]], list[list[Any]]]
Load = Callable[[str, str], Any]


class Question(Protocol):
    """What a batch asks."""

    @property
    def about(self) -> Mapping[str, str]:
        """Model, preset, revision and wishes: answers to another question are not taken over."""
        ...

    @property
    def columns(self) -> Mapping[str, type]:
        """Names of the new columns, and whether they hold numbers (`float`) or text (`str`)."""
        ...

    @property
    def characters(self) -> int:
        """Of padded text given to the model at once."""
        ...

    @property
    def together(self) -> bool:
        """Whether several threads can ask one model at the same time."""
        ...

    def asking(self) -> Ask:
        """The model, loaded: lyrics to one answer each."""
        ...

    def is_answer(self, values: list[Any]) -> bool:
        """Whether `asking` may have said this of one song."""
        ...

    def row(self, values: list[Any] | None, error: str) -> list[Any]:
        """An answer as `columns`; None where there is nothing."""
        ...


def question(
    model: str,
    preset: str = "embedded",
    *,
    controls: Controls | None = None,
    load: Load | None = None,
) -> Question:
    """The question that a model's name stands for.

    Parameters
    ----------
    controls : Controls, optional
        Wishes for the chords of every song.
    load : callable, optional
        (name, preset) to a loaded model, in place of loading the one of that name.

    Raises
    ------
    InputError
        If there is no such model or preset, or wishes for chords are made of a genre model.
    WeightsError
        If the model has no card.
    """
    if model in GENERATORS:
        own = slot(model, preset)
        revision = model_revision(ModelCard.read(own.folder), own)
        return ChordQuestion(model, preset, revision, controls or Controls(), load)
    check_name(model)
    if controls is not None and controls != Controls():
        raise InputError(
            f"{model} tells genres; wishes for chords are accepted with {', '.join(GENERATORS)}."
        )
    own = slot(model_of(model), preset)
    card = ModelCard.read(own.folder)
    return GenreQuestion(
        model, preset, model_revision(card, own, part_of(model)), card.labels, load
    )


@dataclass(frozen=True)
class GenreQuestion:
    """Which genre a song has: one probability for each label."""

    model: str
    preset: str
    revision: str
    labels: tuple[str, ...]
    load: Load | None = None

    @property
    def characters(self) -> int:
        """As in `Question`."""
        return GROUP_CHARACTERS * _LONGER.get(model_of(self.model), 1)

    @property
    def together(self) -> bool:
        """As in `Question`."""
        return True

    @property
    def about(self) -> Mapping[str, str]:
        """As in `Question`."""
        return {"model": self.model, "preset": self.preset, "revision": self.revision}

    @property
    def columns(self) -> Mapping[str, type]:
        """``prediction``, ``confidence``, ``p_<label>`` and ``error``."""
        numbers = dict.fromkeys(("confidence", *(f"p_{label}" for label in self.labels)), float)
        return {"prediction": str, **numbers, "error": str}

    def asking(self) -> Ask:
        """As in `Question`."""
        model: Any = (self.load or load_classifier)(self.model, self.preset)

        def ask(lyrics: Sequence[Lyrics]) -> list[list[Any]]:
            return [self._values(prediction) for prediction in model.predict(lyrics)]

        return ask

    def _values(self, prediction: Prediction) -> list[Any]:
        of = dict(zip(prediction.labels, prediction.probabilities, strict=True))
        return [_rounded(of[label]) for label in self.labels]

    def is_answer(self, values: list[Any]) -> bool:
        """As in `Question`."""
        return len(values) == len(self.labels) and all(map(_is_probability, values))

    def row(self, values: list[Any] | None, error: str) -> list[Any]:
        """As in `Question`."""
        if values is None:
            return [None, None, *[None] * len(self.labels), error]
        best = max(range(len(values)), key=values.__getitem__)
        return [self.labels[best], values[best], *values, error or None]


@dataclass(frozen=True)
class ChordQuestion:
    """Which chords go on a song's words: its key, its progression, and the song as ChordPro."""

    model: str
    preset: str
    revision: str
    controls: Controls
    load: Load | None = None

    @property
    def characters(self) -> int:
        """As in `Question`: one song after another."""
        return 1

    @property
    def together(self) -> bool:
        """As in `Question`: a generator writes one song at a time."""
        return False

    @property
    def about(self) -> Mapping[str, str]:
        """As in `Question`; wishes that differ from the default stand by their names."""
        usual = Controls()
        wishes = {
            f"wish {of.name}": str(getattr(self.controls, of.name))
            for of in fields(Controls)
            if getattr(self.controls, of.name) != getattr(usual, of.name)
        }
        return {"model": self.model, "preset": self.preset, "revision": self.revision, **wishes}

    @property
    def columns(self) -> Mapping[str, type]:
        """``written_key``, ``written_chords`` (lines parted by " / "), ``chordpro``, ``error``."""
        return dict.fromkeys(("written_key", "written_chords", "chordpro", "error"), str)

    def asking(self) -> Ask:
        """As in `Question`."""
        from engine import formats
        from engine.generator.wishes import check_wishes

        generator: Any = (self.load or load_generator)(self.model, self.preset)

        def ask(lyrics: Sequence[Lyrics]) -> list[list[Any]]:
            written: list[list[Any]] = []
            for lyric in lyrics:
                check_wishes(lyric.lines, self.controls)
                sheet = generator.generate(lyric, self.controls)
                chords = " / ".join(
                    " ".join(placed.chord.symbol for placed in line.chords) for line in sheet.lines
                )
                song = formats.write(sheet, "chordpro").decode()
                written.append([sheet.key.name, chords, song])
            return written

        return ask

    def is_answer(self, values: list[Any]) -> bool:
        """As in `Question`."""
        return len(values) == 3 and all(isinstance(value, str) for value in values)

    def row(self, values: list[Any] | None, error: str) -> list[Any]:
        """As in `Question`."""
        return [*(values or [None, None, None]), error or None]


def lyric_of(value: Any) -> Lyrics:
    """The lyric in a cell: text, bytes, or a list of lines; `InputError` says what else it is."""
    from engine.corpora.rows import is_missing

    if is_missing(value):
        raise InputError("The lyric is missing.")
    if isinstance(value, list) and all(isinstance(line, str) for line in cast("list[Any]", value)):
        value = "\n".join(cast("list[str]", value))
    if not isinstance(value, str | bytes):
        raise InputError(f"The lyric is not text but {_kind_of(value)}.")
    return Lyrics.parse(value)


def _kind_of(value: Any) -> str:
    kinds = {bool: "true or false", dict: "an object", list: "a list"}
    return next((name for of, name in kinds.items() if isinstance(value, of)), "a number or date")


def _rounded(probability: float) -> float:
    """Six significant digits: every format then holds the same number, and none becomes 0."""
    return float(f"{probability:.6g}")


def _is_probability(value: Any) -> bool:
    return type(value) in (int, float) and 0 <= value <= 1
