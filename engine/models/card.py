"""What stands beside weights: what a model is, on what it learned, how well it does.

The card is written last, so its presence means that the folder is complete; it holds the
checksum of every weight file, so a truncated or changed file is noticed at load.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any

from engine.errors import WeightsError

CARD = "card.json"


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
            data = json.loads(path.read_text("utf-8"))
            known = {entry.name for entry in fields(cls)}
            values: dict[str, Any] = {k: v for k, v in data.items() if k in known}
            values["labels"] = tuple(data["labels"])
            card = cls(**values)
        except FileNotFoundError:
            raise WeightsError(
                f"No model card at {path}: the folder is missing or its training did not finish; "
                f"restore it with `git checkout -- models` or train it again."
            ) from None
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise WeightsError(
                f"The model card {path} is not readable ({error}); "
                f"restore it with `git checkout -- models`."
            ) from None
        return card

    def write(self, folder: Path) -> None:
        """Checksum the folder's files, then write the card."""
        files = {
            path.name: sha256(path)
            for path in sorted(folder.iterdir())
            if path.is_file() and path.name != CARD
        }
        text = json.dumps({**asdict(self), "files": files}, indent=2, ensure_ascii=False)
        temporary = folder / (CARD + ".part")
        temporary.write_text(text + "\n", "utf-8")
        temporary.replace(folder / CARD)

    def verify(self, folder: Path) -> None:
        """Compare every listed file with its checksum; `WeightsError` on the first difference."""
        for name, expected in self.files.items():
            path = folder / name
            if not path.exists():
                raise WeightsError(f"{path} is missing; restore it with `git checkout -- models`.")
            if sha256(path) != expected:
                raise WeightsError(
                    f"{path} is corrupt (its sha256 is not the card's); "
                    f"restore it with `git checkout -- models`."
                )


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
