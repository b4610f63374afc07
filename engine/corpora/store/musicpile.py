"""MusicPile (Yuan et al. 2024, ChatMusician): texts about music, and music in ABC, to a store.

The data set has the columns ``id``, ``text`` and ``src`` (where a text is from); its ``-sft`` form
has ``instruction``, ``input``, ``output`` and ``src``. Local Parquet shards are read with pyarrow;
a name on the Hugging Face hub is streamed through `datasets`, so nothing is downloaded whole.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from engine.corpora.parquet import is_text, plain_column, reading, values_of
from engine.corpora.parquet_pages import refuse_what_unpacks_to_too_much
from engine.corpora.rows import is_missing
from engine.corpora.store.music_text import chord_runs_in, tunes_in
from engine.corpora.store.schema import ABC, CHORDS, song_row
from engine.corpora.store.writing import Bad, Reached, StoreWriter, writing
from engine.corpora.tables import CHUNK, MAX_RECORD
from engine.errors import CancelledError, InputError
from engine.files import open_file
from engine.optional import need_training_group

AT_ONCE = 2000
_WANTED = ({"text", "src"}, {"instruction", "output", "src"})
_READ = {"id", "text", "instruction", "input", "output", "src"}
# Bytes of rows that are put into the store together, where so few reach it.
_BYTES_AT_ONCE = 2**26
_CANCELLED = (
    "The import was cancelled; what is read is kept, and the next import of this data goes on "
    "there."
)
_TOO_LONG = f"The text has more than {MAX_RECORD:,} characters."

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Shard:
    """Rows that can be read from any place: a file, or a split on the hub.

    Attributes
    ----------
    name : str
    rows : int
        How many there are; 0 where that is not known.
    read : callable
        From which row on, to lists of rows.
    """

    name: str
    rows: int
    read: Callable[[int], Iterator[list[dict[str, Any]]]]


def is_musicpile(path: Path) -> bool:
    """Whether a Parquet file, or the first of a folder, has the columns of MusicPile."""
    shards = shard_files(path)
    return bool(shards) and any(wanted <= set(_columns(shards[0])) for wanted in _WANTED)


def shard_files(path: Path) -> list[Path]:
    """The Parquet files of a folder, in the order of their names, or the file itself."""
    if path.is_dir():
        return sorted(found for found in path.rglob("*.parquet") if found.is_file())
    return [path] if path.suffix == ".parquet" and path.is_file() else []


def local_shards(path: Path) -> list[Shard]:
    """Shards that lie on this machine."""
    return [Shard(file.name, _rows(file), _reader_of(file)) for file in shard_files(path)]


def hub_shards(name: str, load: Callable[..., Any] | None = None) -> list[Shard]:
    """The training split of a data set on the hub, streamed.

    Parameters
    ----------
    name : str
        As ``m-a-p/MusicPile``, or a local folder that is laid out as a data set.
    load : callable, optional
        In the place of `datasets.load_dataset`.

    Raises
    ------
    InputError
        If the hub has no such data set or is not reached.
    EngineError
        If what streams it is not installed.
    """
    need_training_group("Streaming data sets from the hub", "datasets")
    import datasets
    from datasets.exceptions import DatasetsError

    try:
        rows: Any = (load or datasets.load_dataset)(name, split="train", streaming=True)
    except (OSError, ValueError, DatasetsError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(f"The data set {name} cannot be streamed ({reason}).") from None

    def read(start: int) -> Iterator[list[dict[str, Any]]]:
        behind: Iterator[dict[str, Any]] = iter(rows.skip(start) if start else rows)
        while batch := list(islice(behind, AT_ONCE)):
            yield batch

    return [Shard(name, 0, read)]


def import_musicpile(
    shards: list[Shard],
    store: Path,
    name: str,
    sources: Collection[str] = (),
    limit: int | None = None,
    progress: Progress = lambda _done, _total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> None:
    """Make a store of texts.

    Parameters
    ----------
    shards : list of Shard
    store : Path
        Where it shall lie.
    name : str
        Of the data set, for people.
    sources : collection of str
        Only texts whose ``src`` is one of these; without any, all.
    limit : int, optional
        Only the first so many rows of the data.
    progress, cancelled : callable
        See `engine.corpora.store.genius.import_genius`; progress counts rows.

    Raises
    ------
    CancelledError
        If it was to stop; what is read stays, and the next call goes on there.
    InputError
        If the store cannot be written.
    """
    wanted = frozenset(sources)
    identity = {
        "kind": "musicpile",
        "shards": [[shard.name, shard.rows] for shard in shards],
        "sources": sorted(wanted),
        "limit": limit,
    }
    total = min(sum(shard.rows for shard in shards), limit or 2**62)
    with writing(store, identity) as writer:
        done = 0
        for shard in shards:
            reached = writer.reached(shard.name).place
            left = None if limit is None else max(limit - done, 0)
            for rows in shard.read(reached):
                kept = rows if left is None else rows[: max(left - reached, 0)]
                with writer.batch(shard.name, Reached(reached + len(kept))):
                    _add(writer, shard.name, reached, kept, wanted)
                reached += len(kept)
                progress(done + reached, total or done + reached)
                if cancelled():
                    raise CancelledError(_CANCELLED)
                if len(kept) < len(rows):
                    break
            done += reached
        writer.tell(kind="musicpile", name=name, source=name)


def text_of(row: dict[str, Any]) -> str:
    """A row's text; of the ``-sft`` form its instruction, input and output."""
    if "text" in row:
        parts = [row["text"]]
    else:
        parts = [row.get(name) for name in ("instruction", "input", "output")]
    return "\n\n".join(str(part).strip() for part in parts if not is_missing(part))


def _add(
    writer: StoreWriter, shard: str, start: int, rows: list[dict[str, Any]], wanted: frozenset[str]
) -> None:
    songs: dict[str, dict[str, Any]] = {}
    bad: list[Bad] = []
    for number, row in enumerate(rows, start=start + 1):
        source = str(row.get("src") or "")
        if wanted and source not in wanted:
            continue
        text = text_of(row).replace("\x00", "").encode("utf-8", "replace").decode()
        if not text:
            bad.append(Bad(shard, number, "The text is missing.", str(row)))
            continue
        if len(text) > MAX_RECORD:
            bad.append(Bad(shard, number, _TOO_LONG, text))
            continue
        own = row.get("id")
        identity = f"{shard} {number}" if is_missing(own) else str(own)
        if identity in songs:
            bad.append(Bad(shard, number, "The id stands there twice; the first counts.", identity))
            continue
        tunes = tunes_in(text)
        notation = ABC if tunes else CHORDS if chord_runs_in(text) else ""
        songs[identity] = song_row(
            id=identity,
            title=tunes[0].title if tunes else "",
            key=tunes[0].key if tunes else "",
            source=source,
            notation=notation,
            tags=[source] if source else [],
            lyrics=text,
        )
    for identity in writer.known(list(songs)):
        del songs[identity]
        bad.append(Bad(shard, start + 1, "The id stands there twice; the first counts.", identity))
    writer.add_songs(list(songs.values()))
    writer.add_bad(bad)


def _reader_of(path: Path) -> Callable[[int], Iterator[list[dict[str, Any]]]]:
    def read(start: int) -> Iterator[list[dict[str, Any]]]:
        rows: list[dict[str, Any]] = []
        size = passed = 0
        for batch in _batches(path):
            behind = passed + len(batch)
            if behind > start:
                rows += _rows_in(batch.slice(max(start - passed, 0)))
                size += batch.nbytes
            passed = behind
            if len(rows) >= AT_ONCE or size >= _BYTES_AT_ONCE:
                yield rows
                rows, size = [], 0
        if rows:
            yield rows

    return read


def _batches(path: Path) -> Iterator[Any]:
    """The columns that are wanted, some rows at a time and within bounds."""
    import pyarrow as pa

    with open_file(path) as packed:
        refuse_what_unpacks_to_too_much(packed, path.name)
    with reading(path, path.name) as file:
        fields = {field.name: field for field in file.schema_arrow if field.name in _READ}
    for name, field in fields.items():
        if pa.types.is_nested(field.type):
            raise InputError(f"The column '{name}' of {path.name} holds no text.")
    words = [name for name, field in fields.items() if is_text(field.type)]
    with reading(path, path.name, words) as file:
        for batch in file.iter_batches(min(AT_ONCE, CHUNK), columns=list(fields)):
            names = batch.schema.names
            columns = [
                plain_column(column, fields[name], path.name)
                for name, column in zip(names, batch.columns, strict=True)
            ]
            yield pa.RecordBatch.from_arrays(columns, names=names)


def _rows_in(batch: Any) -> list[dict[str, Any]]:
    columns = [values_of(column) for column in batch.columns]
    names = [str(name) for name in batch.schema.names]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _rows(path: Path) -> int:
    with reading(path, path.name) as file:
        return int(file.metadata.num_rows)


def _columns(path: Path) -> list[str]:
    with reading(path, path.name) as file:
        return [str(name) for name in file.schema_arrow.names]
