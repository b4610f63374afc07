"""What stands beside weights: what a model is, on what it learned, how well it does.

The card is written last, so its presence means that the folder is complete; it holds the
checksum of every weight file, so a truncated or changed file is noticed at load. `model_revision`
is the one name for what a model answers with.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Callable
from dataclasses import MISSING, asdict, dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any, cast

from engine.errors import WeightsError
from engine.files import write_file
from engine.json_text import json_value
from engine.models.presets import Slot

CARD = "card.json"
RESTORE = "restore the folder with `git checkout -- models`"
# Of what a card says, this changes no answer; some of it is written after an evaluation.
_TOLD = ("metrics", "created", "limits", "licence")
_WEIGHTS = (".safetensors", ".json", ".bin", ".pt", ".pth")


@dataclass(frozen=True)
class ModelCard:
    """One trained model; see the module's docstring for what the card promises.

    Attributes
    ----------
    base_sha256 : str or None
        Checksum of the base weights it was trained on; None if it has no base.
    training_data_sha256 : str
        Checksum over the training files, in name order.
    metrics : dict
        ``"test/accuracy"``-like names to numbers.
    files : dict
        File name to sha256, for every file the model needs.
    """

    name: str
    family: str
    base: str
    base_sha256: str | None
    labels: tuple[str, ...]
    training_data: str
    training_data_sha256: str
    config: dict[str, Any]
    library_versions: dict[str, str]
    metrics: dict[str, float]
    licence: str
    limits: str
    created: str
    files: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> ModelCard:
        """Read the card of a folder; `WeightsError` if it is missing or malformed."""
        path = folder / CARD
        try:
            data: Any = json_value(path.read_bytes())
        except FileNotFoundError:
            raise WeightsError(
                f"No model card at {path}: the folder is missing or its training did not finish; "
                f"restore it with `git checkout -- models` or train it again."
            ) from None
        except (OSError, ValueError) as error:
            raise WeightsError(
                f"The model card {path} is not readable ({error}); {RESTORE}."
            ) from None
        if problem := _problem(data):
            raise WeightsError(f"The model card {path} is not readable ({problem}); {RESTORE}.")
        values: dict[str, Any] = {
            entry.name: data[entry.name] for entry in fields(cls) if entry.name in data
        }
        values["labels"] = tuple(values["labels"])
        return cls(**values)

    def write(self, folder: Path) -> None:
        """Checksum the folder's files, then write the card."""
        files = {
            path.name: sha256(path)
            for path in sorted(folder.iterdir())
            if path.is_file() and path.name != CARD
        }
        text = json.dumps({**asdict(self), "files": files}, indent=2, ensure_ascii=False)
        write_file(folder / CARD, f"{text}\n".encode())

    def setting(self, name: str, least: int = 1) -> int:
        """A whole number of ``config``; `WeightsError` if it is none of that size."""
        value = self.config.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value < 10**6:
            shown = str(value)[:40]
            raise WeightsError(
                f"The card of '{self.name}' says '{name}' is {shown!r}, not a whole number from "
                f"{least}; {RESTORE}."
            )
        return value

    def verify(self, folder: Path) -> None:
        """Compare the folder's files with the card's checksums; `WeightsError` if they differ.

        A card that names no files vouches for none, and a weight file that it does not name might
        be anything: both are refused.
        """
        if not self.files:
            raise WeightsError(f"The model card {folder / CARD} names no files; {RESTORE}.")
        for name, expected in self.files.items():
            path = folder / name
            try:
                found = sha256(path)
            except FileNotFoundError:
                raise WeightsError(f"{path} is missing; {RESTORE}.") from None
            except OSError as error:
                raise WeightsError(f"{path} cannot be read ({error}); {RESTORE}.") from None
            if found != expected:
                raise WeightsError(f"{path} is corrupt (its sha256 is not the card's); {RESTORE}.")
        for path in sorted(folder.iterdir()):
            if path.suffix in _WEIGHTS and path.name not in {CARD, *self.files}:
                raise WeightsError(
                    f"{path} is not among the files of its card; take it away, or {RESTORE}."
                )


def model_revision(card: ModelCard, own: Slot, part: str = "") -> str:
    """What a model answers with, in 12 hex digits: two models of one revision answer alike.

    The first of the sha256 over what its card says of its answers, checksums of its files included
    (figures, curves and dates are left out), over its slot in the preset (base and quantization),
    and over the revisions of the models it reads, as they lie on disk now. Of how the card
    calibrates single parts of the model, only the `part` asked for counts, and the one it comes
    ``after``.
    """
    content = {name: value for name, value in asdict(card).items() if name not in _TOLD}
    content["config"] = {k: v for k, v in card.config.items() if k not in ("history", "parts")}
    parts: Any = card.config.get("parts")
    if part and isinstance(parts, dict):
        own_part = cast("dict[str, Any]", parts).get(part)
        content["part"] = own_part
        if isinstance(own_part, dict) and "after" in own_part:
            content["after"] = cast("dict[str, Any]", parts).get(own_part["after"])
    base = asdict(own.base) if own.base else {}
    read = {name: own.beside(name) for name in own.reads}
    whole = {
        "card": content,
        "base": {name: value for name, value in base.items() if name not in ("label", "licence")},
        "quantization": own.quantization,
        "reads": {name: model_revision(ModelCard.read(of.folder), of) for name, of in read.items()},
    }
    text = json.dumps(whole, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _problem(data: Any) -> str:
    """What is wrong with a card's content, in a few words; "" if nothing is."""
    if not isinstance(data, dict):
        return "it is not a JSON object"
    values = cast("dict[str, Any]", data)
    for entry in fields(ModelCard):
        if entry.name not in values:
            if entry.default_factory is MISSING:
                return f"'{entry.name}' is missing"
            continue
        expected, fits = _KINDS.get(entry.name, _TEXT)
        if not fits(values[entry.name]):
            return f"'{entry.name}' is not {expected}"
    return ""


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_number(value: Any) -> bool:
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and abs(value) < 1e300
        and math.isfinite(value)
    )


def _are_labels(value: Any) -> bool:
    names = cast("list[Any]", value)
    return (
        isinstance(value, list)
        and bool(names)
        and all(map(_is_text, names))
        and len(set(names)) == len(names)
    )


def _object_of(fits: Callable[[str, Any], bool]) -> Callable[[Any], bool]:
    def object_fits(value: Any) -> bool:
        entries = cast("dict[str, Any]", value)
        return isinstance(value, dict) and all(fits(name, of) for name, of in entries.items())

    return object_fits


def _is_checksum(name: str, value: Any) -> bool:
    plain = Path(name).name == name and name not in ("", ".", "..") and name.isprintable()
    return plain and isinstance(value, str) and re.fullmatch(r"[0-9a-f]{64}", value) is not None


_TEXT: tuple[str, Callable[[Any], bool]] = ("text", _is_text)
_KINDS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "base_sha256": ("text or null", lambda value: value is None or _is_text(value)),
    "labels": ("a list of different names", _are_labels),
    "config": ("an object", _object_of(lambda _name, _value: True)),
    "library_versions": ("an object of texts", _object_of(lambda _name, value: _is_text(value))),
    "metrics": ("an object of numbers", _object_of(lambda _name, value: _is_number(value))),
    "files": ("an object of file names and sha256 checksums", _object_of(_is_checksum)),
}


@dataclass(frozen=True)
class FileCheck:
    """One file of a model: its size in bytes, its checksum by the card, and as it is on disk.

    `size` and `found` are None for a file that is missing.
    """

    name: str
    size: int | None
    expected: str
    found: str | None

    @property
    def verdict(self) -> str:
        """One of "matches", "corrupt" and "missing"."""
        if self.found is None:
            return "missing"
        return "matches" if self.found == self.expected else "corrupt"


def checked_files(card: ModelCard, folder: Path) -> list[FileCheck]:
    """Read every file of a card again, whole, and compare it with its checksum."""
    checks: list[FileCheck] = []
    for name, expected in card.files.items():
        path = folder / name
        try:
            with path.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
            size = path.stat().st_size
        except OSError:
            found, size = None, None
        checks.append(FileCheck(name, size, expected, found))
    return checks


def sha256(path: Path) -> str:
    """Hex sha256 of a file; remembered per path, size and modification time."""
    status = path.stat()
    return _sha256(path, status.st_size, status.st_mtime_ns)


@cache
def _sha256(path: Path, size: int, modified: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
