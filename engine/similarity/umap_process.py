"""The process that lays a map out (`engine.similarity.layout`).

``python umap_process.py DIRECTIONS.npy POINTS.npy NEIGHBOURS SEED`` tells each round as a line
``epoch DONE ALL``. It imports nothing of ours.
"""

from __future__ import annotations

import sys
import warnings

FIRST_WIDTH = 10.0
"""As wide as UMAP's own beginnings are."""


def main() -> None:
    """Read, lay out, write."""
    import numpy as np
    from umap import UMAP

    given, made, neighbours, seed = sys.argv[1:]
    directions = np.load(given)
    first = directions[:, :2]
    chance = np.random.default_rng(int(seed))
    # Songs of the same words begin at one place; a little noise lets them part.
    first = first * (FIRST_WIDTH / np.abs(first).max()) + chance.normal(0, 1e-3, first.shape)
    warnings.filterwarnings("ignore", message="n_jobs value")  # one thread: so the seed wants it
    points = UMAP(
        n_neighbors=min(int(neighbours), len(directions) - 1),
        init=first.astype(np.float32),
        random_state=int(seed),
        verbose=True,
        tqdm_kwds={
            "file": sys.stdout,
            "bar_format": "epoch {n_fmt} {total_fmt}\n",
            "mininterval": 0.5,
            "disable": False,
        },
    ).fit_transform(directions)
    np.save(made, np.asarray(points, np.float32))


if __name__ == "__main__":
    main()
