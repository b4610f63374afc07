"""How far a long step of the command line is, where somebody watches."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager


@contextmanager
def progress_bar() -> Generator[Callable[[int, int], None]]:
    """Takes (done, of); draws nothing where standard error is no terminal."""
    from tqdm import tqdm

    hidden = not sys.stderr.isatty()
    with tqdm(unit_scale=True, disable=hidden, dynamic_ncols=True) as bar:

        def progress(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield progress
