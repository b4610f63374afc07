"""Settings of trainings: YAML files read as dataclasses, in which a mistake is told in a sentence.

Each script declares its settings as a dataclass, built from the parts below; `read_settings` fills
one from a file. A field's type says what it takes: a `Range` among its annotations bounds numbers.
"""

from __future__ import annotations

import dataclasses
import difflib
import math
from collections.abc import Mapping
from dataclasses import MISSING, dataclass
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import yaml

from engine.errors import InputError

Kind = TypeVar("Kind")
CONFIGS = Path(__file__).parent / "configs"


@dataclass(frozen=True)
class Range:
    """Numbers from `low` to `high`; without `low` itself if it is `open`."""

    low: float
    high: float = math.inf
    open: bool = False

    def has(self, value: float) -> bool:
        """Whether a number lies within."""
        return (value > self.low if self.open else value >= self.low) and value <= self.high

    def __str__(self) -> str:
        if self.high < math.inf:
            return f"from {self.low:g} to {self.high:g}"
        return f"above {self.low:g}" if self.open else f"of {self.low:g} or more"


Count = Annotated[int, Range(1)]
Natural = Annotated[int, Range(0)]
Amount = Annotated[float, Range(0)]
Positive = Annotated[float, Range(0, open=True)]
Share = Annotated[float, Range(0, 1)]


@dataclass(frozen=True, kw_only=True)
class FitSettings:
    """What `train.trainer.fit` reads."""

    batch_size: Count
    learning_rate: Amount
    epochs: Positive
    gradient_accumulation: Count = 1
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    seed: Natural = 0
    eval_batch_size: Count | None = None  # None: as `batch_size`
    evaluations: Count = 6
    evaluate_first: bool = False  # also before the first step
    patience: Count = 3  # evaluations without improvement before training stops
    select_by: Literal["macro_f1", "accuracy", "loss"] = "macro_f1"
    training_share: Share = 0.85  # of --max-minutes; the rest goes to evaluations
    schedule: str = "linear"
    warmup: Share = 0.06  # share of the steps
    least_rate: Share = 0.0  # what a cosine schedule ends on, of the learning rate
    optimizer: str = "adamw_torch"
    beta2: Share = 0.999
    weight_decay: Amount = 0.01
    sampling: Literal["random", "sequential", "group_by_length"] = "group_by_length"


@dataclass(frozen=True, kw_only=True)
class SongWeights:
    """What songs weigh in a loss; see `train.genre_data.sample_weights`."""

    class_weight_power: Amount
    noisy_weight: Amount


@dataclass(frozen=True, kw_only=True)
class SongForms:
    """In which texts a song is shown; see `engine.corpora.written_forms`."""

    forms: Natural = 0  # how many written forms beside its whole text
    form_share: Share = 0.5  # how often one of them stands for the song
    seed: Natural = 0


@dataclass(frozen=True, kw_only=True)
class GenreSettings(FitSettings, SongWeights, SongForms):
    """What the genre trainings share."""

    label_smoothing: Share = 0.0


@dataclass(frozen=True, kw_only=True)
class DirectSettings(SongWeights, SongForms):
    """What the direct path beside a network is fitted by; see `train.direct_path`."""

    direct_regularisation: Positive
    direct_pairs: Natural


@dataclass(frozen=True, kw_only=True)
class EncoderSettings:
    """What RoBERTa's encoder is trained with, on words and on genres."""

    encoder_dropout: Share
    window: Annotated[int, Range(3)]
    attention: str | None = None
    compile: bool = False


@dataclass(frozen=True, kw_only=True)
class AdapterSettings:
    """LoRA on a decoder's projections: in which, and of what rank."""

    rank: Count
    alpha: Positive
    dropout: Share
    target_modules: list[str]
    gradient_checkpointing: bool = False


@dataclass(frozen=True, kw_only=True)
class DecoderSettings(AdapterSettings):
    """Which of LLaMA's layers are kept, and which of those adapted."""

    window: Annotated[int, Range(2)]
    layers: Count | None = None
    first_layer: Natural = 0
    attention: str | None = None
    compile: bool = False


def read_settings(path: Path, kind: type[Kind]) -> Kind:
    """The settings of a YAML file.

    Raises
    ------
    InputError
        If the file cannot be read, or if a key, a type or a value is none that `kind` has.
    """
    try:
        values = yaml.safe_load(path.read_text("utf-8"))
    except OSError as error:
        raise InputError(f"The settings in {path} cannot be read: {error.strerror}.") from None
    except (RecursionError, TypeError, ValueError, yaml.YAMLError) as error:
        raise InputError(f"{path} is no YAML: {' '.join(str(error).split())}.") from None
    if not isinstance(values, dict):
        raise InputError(
            f"{path} takes lines of the form `key: value`, with settings of this training."
        )
    return settings_of(values, kind, str(path))


def settings_of(values: Mapping[str, Any], kind: type[Kind], source: str) -> Kind:
    """Settings from keys and values; `source` is what a complaint begins with."""
    from transformers import HfArgumentParser

    hints = get_type_hints(kind, include_extras=True)
    for key in values:
        if key not in hints:
            near = difflib.get_close_matches(str(key), hints, 1)
            instead = f"did you mean '{near[0]}'" if near else f"there are {', '.join(hints)}"
            raise InputError(f"{source}: there is no setting '{key}'; {instead}.")
    for field in dataclasses.fields(kind):  # type: ignore[arg-type]
        if field.name not in values and field.default is field.default_factory is MISSING:
            wanted = accepted(hints[field.name])
            raise InputError(f"{source}: the setting '{field.name}' is missing; it takes {wanted}.")
    taken = {key: _taken(key, value, hints[key], source) for key, value in values.items()}
    parser = HfArgumentParser(kind)  # type: ignore[arg-type]
    return parser.parse_dict(taken, allow_extra_keys=False)[0]


def _taken(key: str, value: Any, hint: Any, source: str) -> Any:
    """The value as its field's type has it; `InputError` says what is accepted."""
    plain, bounds = _without_bounds(hint)
    if get_origin(plain) in (Union, UnionType):
        if value is None:
            return None
        plain, bounds = _without_bounds(_beside_none(plain))
    fits = False
    if plain is float and isinstance(value, str | int) and not isinstance(value, bool):
        value = _number(value)
    if get_origin(plain) is Literal:
        fits = value in get_args(plain)
    elif get_origin(plain) is list:
        fits = isinstance(value, list) and value != [] and all(isinstance(v, str) for v in value)
    elif isinstance(value, plain) and (plain is bool or not isinstance(value, bool)):
        fits = bounds is None or bounds.has(value)
    if not fits:
        raise InputError(f"{source}: '{key}' takes {accepted(hint)}; got {value!r}.")
    return value


def accepted(hint: Any) -> str:
    """What a field of this type takes, in words."""
    plain, bounds = _without_bounds(hint)
    if get_origin(plain) in (Union, UnionType):
        return f"{accepted(_beside_none(plain))}, or null"
    if get_origin(plain) is Literal:
        return f"one of {', '.join(map(str, get_args(plain)))}"
    names = {int: "a whole number", float: "a number", bool: "true or false", str: "text"}
    return " ".join(filter(None, [names.get(plain, "a list of texts"), str(bounds or "")]))


def _without_bounds(hint: Any) -> tuple[Any, Range | None]:
    if get_origin(hint) is Annotated:
        plain, bounds = get_args(hint)
        return plain, bounds
    return hint, None


def _beside_none(union: Any) -> Any:
    return next(part for part in get_args(union) if part is not NoneType)


def _number(value: str | int) -> float | str | int:
    """The value as a number, if it is one: YAML takes ``4e-4``, which lacks a point, for text."""
    try:
        return float(value)
    except (ValueError, OverflowError):
        return value
