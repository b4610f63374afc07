"""Places on a map for vectors: the main directions of all (PCA), then UMAP on them.

UMAP (McInnes, Healy and Melville 2018, arXiv:1802.03426) keeps near songs near; how far apart
groups lie, and how large they are, means little. It begins at the first two main directions, with a
fixed seed, so the same songs always give the same map. It runs in a process of its own: it holds
Python's lock for long, and can be stopped at once so.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.errors import CancelledError, EngineError
from engine.plain_text import one_line

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SEED = 0
DIRECTIONS = 50
"""Main directions that are kept: of clusters and of UMAP's neighbours."""
NEIGHBOURS = 15
FEWEST = 40
"""Fewer songs than this are laid out by their main directions: UMAP has nothing to gain there."""
PCA, UMAP = "pca", "umap"
HOW_TO_ADD = (
    "UMAP is an optional part; .venv/bin/python -m pip install -r requirements-map.txt adds it."
)
_PROCESS = Path(__file__).with_name("umap_process.py")
_EPOCH = re.compile(r"^epoch (\d+) (\d+)$")
_LOOK_SECONDS = 0.2


@dataclass(frozen=True)
class Layout:
    """Where songs lie.

    Attributes
    ----------
    points : array (songs, 2) of float32
        From -1 to 1 in the wider direction, centred.
    method : str
        `UMAP`, or `PCA` where UMAP is not installed or there are too few songs.
    """

    points: NDArray[np.float32]
    method: str


def umap_available() -> bool:
    """Whether the optional group is installed."""
    return all(find_spec(name) is not None for name in ("umap", "pynndescent", "numba"))


def main_directions(vectors: NDArray[np.float16]) -> NDArray[np.float32]:
    """The vectors (songs, width) by their main directions, the widest first, at most 50."""
    import numpy as np
    from sklearn import decomposition

    kept = min(DIRECTIONS, *vectors.shape)
    with np.errstate(invalid="ignore"):  # songs of one text have no direction
        found = decomposition.PCA(kept, svd_solver="covariance_eigh").fit_transform(
            np.asarray(vectors, np.float32)
        )
    return np.ascontiguousarray(found, np.float32)


def laid_out(
    directions: NDArray[np.float32],
    progress: Callable[[int, int], None] = lambda _done, _all: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Layout:
    """Lay songs out by their main directions.

    Parameters
    ----------
    directions : array (songs, directions)
    progress : callable
        Told rounds of UMAP's layout: done, all.
    cancelled : callable
        Asked several times a second.

    Raises
    ------
    CancelledError
        If it was to stop.
    EngineError
        If UMAP broke off.
    """
    if len(directions) < FEWEST or not umap_available():
        return Layout(_fitted(_two(directions)), PCA)
    return Layout(_fitted(_by_umap(directions, progress, cancelled)), UMAP)


def _by_umap(
    directions: NDArray[np.float32],
    progress: Callable[[int, int], None],
    cancelled: Callable[[], bool],
) -> NDArray[np.float32]:
    import numpy as np

    with tempfile.TemporaryDirectory(prefix="lyric-lab-map-") as folder:
        given, made = Path(folder) / "directions.npy", Path(folder) / "points.npy"
        np.save(given, directions)
        process = subprocess.Popen(  # noqa: S603 - our own script
            [sys.executable, str(_PROCESS), str(given), str(made), str(NEIGHBOURS), str(SEED)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        told: list[str] = []
        reader = threading.Thread(target=_listen, args=(process, told, progress), daemon=True)
        reader.start()
        try:
            while True:
                try:
                    process.wait(_LOOK_SECONDS)
                    break
                except subprocess.TimeoutExpired:
                    if cancelled():
                        raise CancelledError(
                            "The map was cancelled; the songs that are read stay so."
                        ) from None
        finally:
            process.kill()
            process.wait()
            reader.join()
        if process.returncode or not made.is_file():
            last = one_line(told[-1] if told else f"exit status {process.returncode}", 200)
            raise EngineError(f"UMAP broke off ({last}); fewer songs may work.")
        points: NDArray[np.float32] = np.load(made)
        return points


def _listen(
    process: subprocess.Popen[str], told: list[str], progress: Callable[[int, int], None]
) -> None:
    assert process.stdout is not None  # noqa: S101 - it is a pipe
    for line in process.stdout:
        if match := _EPOCH.match(line.strip()):
            progress(int(match[1]), int(match[2]))
        elif line.strip():
            told.append(line)


def _two(directions: NDArray[np.float32]) -> NDArray[np.float32]:
    import numpy as np

    points = np.zeros((len(directions), 2), np.float32)
    points[:, : min(2, directions.shape[1])] = directions[:, :2]
    return points


def _fitted(points: NDArray[np.float32]) -> NDArray[np.float32]:
    """Centred, and as large as the map's frame."""
    import numpy as np

    if not len(points):
        return points
    low, high = points.min(0), points.max(0)
    half: Any = max(float((high - low).max()) / 2, 1e-9)
    return np.asarray((points - (low + high) / 2) / half, np.float32)
