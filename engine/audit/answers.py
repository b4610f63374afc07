"""What a model said of songs, kept by song and words: it fits any table of the same words.

An answer belongs to words, not to a place in a table: a song is found again by its id and a
checksum of its words, or by the words alone. An answer to other words of the same id is not its.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.corpora import open_table
from engine.corpora.columns import columns_found, lyrics_of_cell, text_of_cell
from engine.corpora.sources import Source
from engine.errors import InputError
from engine.files import write_file
from engine.json_text import json_value

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from engine.corpora.store import SongStore
    from engine.corpora.tables import Table

ASKED, FILE, OUT_OF_FOLD = "asked", "file", "out of fold"
ENDING = ".answers.parquet"
_METADATA = b"lyric-lab-answers"
_TOLD = ("name", "model", "origin", "not_answered", "revision")
_LINE_END = re.compile(r"[ \t\r]*\n[ \t\r]*")
_BLANKS = " \t\r\n"
# Most lyrics have no blanks at the ends of lines; to look takes a tenth of replacing them.
_KEYS_SQL = r"""
SELECT "row", id, md5(trim(
    CASE WHEN regexp_matches(lyrics, '[ \t\r]\n|\n[ \t\r]|\x00')
    THEN regexp_replace(replace(lyrics, chr(0), ''), '[ \t\r]*\n[ \t\r]*', chr(10), 'g')
    ELSE lyrics END,
    chr(32) || chr(9) || chr(13) || chr(10)
)) AS text
FROM songs WHERE lyrics <> '' ORDER BY "row"
"""


@dataclass(frozen=True, eq=False)
class Answers:
    """One model's answers to songs.

    Attributes
    ----------
    name : str
        What they are called.
    model : str
        The model that was asked, as `engine.classifiers.NAMES` calls it; "" where that is unknown.
    origin : str
        `ASKED` here, `FILE` (written by ``python -m engine batch``), or `OUT_OF_FOLD`.
    labels : tuple of str
    songs : data frame
        ``id`` and ``text`` (see `text_key`) of each song.
    probabilities : array, shape (songs, labels)
    not_answered : int
        Songs that had an error instead.
    revision : str
        Of the model (`engine.models.card.model_revision`); "" where that is unknown.
    """

    name: str
    model: str
    origin: str
    labels: tuple[str, ...]
    songs: pd.DataFrame
    probabilities: NDArray[np.float32]
    not_answered: int = 0
    revision: str = ""

    def with_older(self, older: Answers) -> Answers:
        """These, and what the same model said before of other songs; nothing of another model."""
        import numpy as np
        import pandas as pd

        alike = ("name", "model", "revision", "origin", "labels")
        if any(getattr(self, name) != getattr(older, name) for name in alike):
            return self
        kept = ~older.songs["text"].isin(self.songs["text"]).to_numpy()
        return replace(
            self,
            songs=pd.concat([self.songs, older.songs[kept]], ignore_index=True),
            probabilities=np.concatenate([self.probabilities, older.probabilities[kept]]),
        )

    def write(self, path: Path) -> None:
        """Keep them in a file."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        told = json.dumps({name: getattr(self, name) for name in _TOLD})
        columns: dict[str, Any] = {name: self.songs[name].tolist() for name in ("id", "text")}
        columns |= {f"p_{label}": self.probabilities[:, at] for at, label in enumerate(self.labels)}
        table: Any = pa.table(columns).replace_schema_metadata({_METADATA: told.encode()})
        written = io.BytesIO()
        pq.write_table(table, written, compression="zstd")
        write_file(path, written.getvalue())


@dataclass(frozen=True)
class Match:
    """Which answer belongs to which song.

    Attributes
    ----------
    places : array of int
        For each song the place of its answer, or -1.
    other_words : int
        Answers to a song whose id is here with other words.
    elsewhere : int
        Answers to songs that are not here at all.
    """

    places: NDArray[np.int64]
    other_words: int
    elsewhere: int


def text_key(lyrics: str) -> str:
    """A checksum of words, however their lines end and whatever blanks stand around them."""
    text = _LINE_END.sub("\n", lyrics.replace("\x00", "")).strip(_BLANKS)
    return hashlib.md5(text.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()


def song_keys(store: SongStore) -> pd.DataFrame:
    """Columns ``row``, ``id`` and ``text`` (as `text_key`) of all songs with words."""
    return store.frame(_KEYS_SQL)


def matched(keys: pd.DataFrame, answers: Answers) -> Match:
    """Find each song's answer: of several with its words the one that has its id, else the first.

    Parameters
    ----------
    keys : data frame
        As `song_keys` gives them.
    """
    import numpy as np
    import pandas as pd

    own: Any = answers.songs.reset_index(drop=True)
    words = pd.Index(own["text"])
    first = ~words.duplicated()
    found = words[first].get_indexer(pd.Index(keys["text"]))
    places = np.where(found >= 0, np.flatnonzero(first)[found], -1).astype(np.int64)
    if not first.all():  # of several with the same words the one with the song's id
        again = own[words.duplicated(keep=False)].drop_duplicates(["id", "text"])
        asked: Any = keys[["id", "text"]]
        exact: Any = pd.MultiIndex.from_frame(again[["id", "text"]])
        found = exact.get_indexer(pd.MultiIndex.from_frame(asked))
        places = np.where(found >= 0, again.index.to_numpy()[found], places)
    # An index's own look-up takes a tenth of the time of `isin`.
    there = pd.Index(keys["text"]).drop_duplicates().get_indexer(words) >= 0
    lost = pd.Index(own["id"])[~there]
    known = pd.Index(keys["id"]).drop_duplicates().get_indexer(lost) >= 0
    other = int((known & (lost != "")).sum())
    return Match(places, other, len(lost) - other)


def answers_of_table(name: str, model: str, table: pd.DataFrame, revision: str = "") -> Answers:
    """Answers as `engine.batch.answer_songs` gives them, to songs with ``id`` and ``lyrics``."""
    import numpy as np
    import pandas as pd

    names = [str(column) for column in table]
    columns = names[names.index("confidence") + 1 : names.index("error")]
    answered = table["prediction"].notna().to_numpy()
    keyed = pd.DataFrame(
        {
            "id": [str(value) for value in table["id"][answered]],
            "text": [text_key(str(lyrics)) for lyrics in table["lyrics"][answered]],
        }
    )
    probabilities = table.loc[answered, columns].to_numpy(np.float32)
    labels = tuple(column.removeprefix("p_") for column in columns)
    left = int((~answered).sum())
    return Answers(name, model, ASKED, labels, keyed, probabilities, left, revision)


def read_answers(source: Source) -> Answers:
    """Read answers that `Answers.write` kept, or a table that ``python -m engine batch`` wrote.

    Raises
    ------
    InputError
        If it is neither, or holds what is no probability.
    """
    kept = _kept(source) if source.extension == ".parquet" else None
    return kept or _of_batch(source)


def _kept(source: Source) -> Answers | None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    with source.packed() as file:
        try:
            table: Any = pq.read_table(file)
        except (pa.ArrowException, OSError, ValueError):
            raise InputError(f"{source.name} is not readable as Parquet.") from None
    found = (table.schema.metadata or {}).get(_METADATA)
    if found is None:
        return None
    try:
        return _answers_in(table, json_value(found))
    except (LookupError, TypeError, ValueError) as error:
        raise InputError(
            f"{source.name} does not hold answers as they are kept ({type(error).__name__})."
        ) from None


def _answers_in(table: Any, about: dict[str, Any]) -> Answers:
    import numpy as np

    labels = tuple(name.removeprefix("p_") for name in table.column_names[2:])
    columns = [np.asarray(table[f"p_{label}"], np.float32) for label in labels]
    songs = table.select(["id", "text"]).to_pandas()  # as Arrow holds them: no object a text
    return Answers(
        str(about["name"]),
        str(about["model"]),
        str(about["origin"]),
        labels,
        songs,
        np.stack(columns, axis=1),
        int(about["not_answered"]),
        str(about["revision"]),
    )


def _of_batch(source: Source) -> Answers:
    import numpy as np
    import pandas as pd

    table = open_table(source)
    start, end = _answer_columns(table)
    labels = tuple(name.removeprefix("p_") for name in table.columns[start:end])
    places = columns_found(table.columns)
    ids: list[str] = []
    texts: list[str] = []
    values: list[list[float]] = []
    number = left = 0
    for chunk in table.chunks():
        for row in chunk.rows:
            number += 1
            if row.problem or not text_of_cell(row.values[start]):
                left += 1
                continue
            values.append(_probabilities(row.values[start:end], source.name, number))
            lyrics = lyrics_of_cell(row.values[table.text])
            texts.append(text_key(lyrics.replace("\r\n", "\n").replace("\r", "\n")))
            ids.append(text_of_cell(row.values[places["id"]]) if "id" in places else "")
    if not values:
        raise InputError(f"{source.name} holds no answer; each of its {number:,} rows lacks one.")
    return Answers(
        source.name.strip("'"),
        "",
        FILE,
        labels,
        pd.DataFrame({"id": ids, "text": texts}),
        np.array(values, np.float32),
        left,
    )


def _answer_columns(table: Table) -> tuple[int, int]:
    """Where the probabilities stand: between ``confidence`` and ``error``."""
    names = table.columns
    if {"prediction", "confidence", "error"} <= set(names):
        start, end = names.index("confidence") + 1, names.index("error")
        if start < end and all(name.startswith("p_") for name in names[start:end]):
            return start, end
    raise InputError(
        f"{table.name} holds no answers; a table that `python -m engine batch` wrote is accepted, "
        "with prediction, confidence, p_<genre> and error."
    )


def _probabilities(cells: Sequence[Any], name: str, number: int) -> list[float]:
    try:
        found = [float(cell) for cell in cells]
    except (TypeError, ValueError):
        found = []
    if not (
        found and all(0 <= one <= 1 for one in found) and math.isclose(sum(found), 1, abs_tol=0.01)
    ):
        raise InputError(f"Row {number:,} of {name} holds what are no probabilities that sum to 1.")
    return found
