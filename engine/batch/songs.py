"""A table of songs in memory, answered by one model: what a page shows and gives away."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.batch.run import BatchRun, Progress, answer_table
from engine.classifiers import load_classifier
from engine.classifiers.prediction import GENRES
from engine.errors import CancelledError

if TYPE_CHECKING:
    import pandas as pd

    from engine.classifiers.prediction import Loader

_TEXT = "lyrics"
_SHOWN = ("title", "genre", "prediction", "confidence", "artist", "error")


@dataclass(frozen=True)
class SongAnswers:
    """What one model says of a table of songs.

    Attributes
    ----------
    run : BatchRun
    table : data frame
        The songs as they were given, in their order and under their index, with the columns that
        `answer_table` adds.
    parquet : bytes
        The same as a file.
    """

    run: BatchRun
    table: pd.DataFrame
    parquet: bytes

    @property
    def csv(self) -> str:
        """The same as CSV."""
        return str(self.table.to_csv(index=False))

    @property
    def shown(self) -> pd.DataFrame:
        """The columns that tell each song and its answer; those that hold nothing are left out."""
        kept: Any = self.table[[name for name in _SHOWN if name in self.table]]
        return kept[[name for name in kept if (kept[name].notna() & (kept[name] != "")).any()]]

    @property
    def told_alike(self) -> tuple[int, int]:
        """Songs whose genre in the table is the model's answer, and songs that could be compared.

        Only answered songs whose genre is one that models know are compared.
        """
        table: Any = self.table
        compared = table[table["genre"].isin(GENRES) & table["prediction"].notna()]
        return int((compared["genre"] == compared["prediction"]).sum()), len(compared)


def answer_songs(
    songs: pd.DataFrame,
    model: str,
    *,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
    load: Loader = load_classifier,
) -> SongAnswers:
    """Ask a model for the genre of every song.

    Parameters
    ----------
    songs : data frame
        A table of songs (`engine.corpora.songs.COLUMNS`).
    model, load
        As `answer_table` takes them.
    progress : callable, optional
        Called with (songs answered, songs in all).
    cancelled : callable, optional
        Asked whenever there is progress.

    Raises
    ------
    CancelledError
        If it was cancelled; nothing is kept.
    InputError, WeightsError
        As `answer_table` does.
    """
    import pandas as pd

    def report(done: int, rows: int) -> None:
        if cancelled and cancelled():
            raise CancelledError("The table was cancelled.")
        if progress:
            progress(done, rows)

    given: Any = songs.drop(columns=["sung"], errors="ignore")
    with tempfile.TemporaryDirectory(prefix="lyric-lab-") as folder:
        source, output = Path(folder) / "songs.parquet", Path(folder) / "answers.parquet"
        given.to_parquet(source, index=False)
        run = answer_table(source, output, model, text_column=_TEXT, progress=report, load=load)
        data = output.read_bytes()
        table = pd.read_parquet(output).set_index(songs.index)
    return SongAnswers(run, table, data)
