"""Whether a model has learnt from a song: by checksums of the words its training songs have.

A model that has learnt a label believes it, wrong or not. A card names the training data by one
checksum over its files; beside the weights, ``learned/<first 12 digits>.safetensors`` holds a short
checksum of each of its songs (no words). A song is found again by the very same words, whatever
stands between them; another transcription of it is not.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.models.card import ModelCard
from engine.models.presets import slot

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_FOLDER = "learned"
_TENSOR = "checksums"
_NO_LETTER = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Learned:
    """What is known of a model's training songs.

    Attributes
    ----------
    data : str
        What its card calls them.
    checksums : array of int or None
        Of each song, sorted; None where they were not kept.
    """

    data: str
    checksums: NDArray[np.uint64] | None

    def among(self, words: Iterable[str]) -> NDArray[np.bool_]:
        """Which of these songs are among them; `words` as models read them."""
        import numpy as np

        asked = np.fromiter(map(words_checksum, words), np.uint64)
        known = np.zeros(0, np.uint64) if self.checksums is None else self.checksums
        return np.isin(asked, known)


def learned_by(model: str) -> Learned:
    """What is known of a genre model's training songs; `WeightsError` if it has no card."""
    folder = slot(model).folder
    card = ModelCard.read(folder)
    return Learned(card.training_data, _kept(_path(folder.parent, card.training_data_sha256)))


def keep_learned(songs: Iterable[str], training_data_sha256: str, models: Path) -> Path:
    """Keep the checksums of training songs in the models' folder, with those kept; gives where."""
    import numpy as np
    from safetensors.numpy import save_file

    path = _path(models, training_data_sha256)
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = _kept(path)
    found = np.unique(np.fromiter(map(words_checksum, songs), np.uint64))
    save_file({_TENSOR: found if kept is None else np.union1d(kept, found)}, path)
    return path


def _kept(path: Path) -> NDArray[np.uint64] | None:
    from safetensors.numpy import load_file

    return load_file(path)[_TENSOR] if path.is_file() else None


def words_checksum(words: str) -> int:
    """64 bits of the SHA-1 of a song's letters and digits in lower case."""
    letters = _NO_LETTER.sub("", words.lower())
    digest = hashlib.sha1(letters.encode("utf-8", "replace"), usedforsecurity=False).digest()
    return int.from_bytes(digest[:8], "big")


def _path(models: Path, training_data_sha256: str) -> Path:
    return models / _FOLDER / f"{training_data_sha256[:12]}.safetensors"
