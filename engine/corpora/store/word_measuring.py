"""A store's index (`word_index`) being made: batch by batch, so that a broken-off one goes on.

While it is made it lies beside its place under another name, with what is gone again at the end:

===========  ==============================================================================
``raw``      every word of every song, as a number by when it came (int32)
``lengths``  how many there are of each song (int32)
``spelled``  the different words in the order they came, a line each
===========  ==============================================================================

These are written before the batch's transaction, which tells how far they reach: what a process
that was killed left behind that is cut off.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.corpora.store.harmonies import COLUMNS, CREATE, harmony_rows
from engine.corpora.store.word_index import (
    DATABASE,
    FIRST_WORD,
    LINE_END,
    MOST_WORDS,
    OTHER,
    STARTS,
    TOKENS,
    index_folder,
    measured_identity,
    opened_index,
)
from engine.corpora.store.writing import MEMORY, THREADS
from engine.corpora.word_measures import MEASURES, measured, words_of
from engine.errors import CancelledError, InputError
from engine.lyrics.language import language_of

if TYPE_CHECKING:
    from engine.corpora.store.songs import SongStore

_AT_ONCE = 2000
_MOST_NEW = 2**20  # different words that are told apart while songs are read
_TELLING = 600  # characters by which a language is told: some 100 words
_RAW, _LENGTHS, _SPELLED = "raw", "lengths", "spelled"
_BYTES = 4
_WAITING = 0.2  # seconds until another run is looked for again

_READ = """
SELECT "row", sung, CASE WHEN notation IN ('abc', 'chords') THEN lyrics ELSE '' END, sheet
FROM songs WHERE "row" >= ? AND "row" < ? ORDER BY "row"
"""

Progress = Callable[[int, int], None]


def make_index(
    store: SongStore,
    progress: Progress = lambda _done, _total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> None:
    """Measure the words of every song and put them beside the store; nothing if that is done.

    If another run is doing so now, it is waited for.

    Parameters
    ----------
    progress : callable
        Told how many songs of how many are measured.
    cancelled : callable
        Whether to stop.

    Raises
    ------
    CancelledError
        If it was to stop; what is measured is kept, and the next time goes on from there.
    InputError
        If the folder of the store cannot be written to.
    """
    import duckdb

    if opened_index(store) is not None:
        return
    place = index_folder(store.path)
    part = place.with_name(f"{place.name}.part")
    try:
        with _alone(place.with_name(f"{place.name}.lock"), cancelled):
            if opened_index(store) is not None:
                return
            _make(store, part, progress, cancelled)
            if place.exists():
                shutil.rmtree(place)
            os.rename(part, place)  # noqa: PTH104 - never into a folder that is there
    except (OSError, duckdb.IOException) as error:
        reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
        raise InputError(f"The measures of words cannot be written to {place}: {reason}.") from None


@contextmanager
def _alone(lock: Path, cancelled: Callable[[], bool]) -> Generator[None]:
    """Nobody else measures the same songs meanwhile."""
    from filelock import FileLock, Timeout

    held = FileLock(lock, thread_local=False)
    while True:
        if cancelled():
            raise CancelledError("The measuring was cancelled before it began.")
        try:
            held.acquire(timeout=_WAITING)
            break
        except Timeout:
            continue
    try:
        yield
    finally:
        held.release()


@dataclass(frozen=True)
class _Reached:
    """How far the files reach: songs, words sung, different words and their bytes."""

    songs: int = 0
    tokens: int = 0
    words: int = 0
    letters: int = 0


@dataclass
class _Words:
    """Words on their way to numbers: each has one by when it came, until all are counted."""

    numbers: dict[str, int] = field(default_factory=dict[str, int])

    def tokens(self, lines: Sequence[Sequence[str]]) -> list[int]:
        """A song's words, each line with its end."""
        numbers = self.numbers
        found: list[int] = []
        for line in lines:
            for word in line:
                number = numbers.get(word)
                if number is None:
                    number = OTHER
                    if len(numbers) < _MOST_NEW:
                        number = numbers[word] = len(numbers) + FIRST_WORD
                found.append(number)
            found.append(LINE_END)
        return found


def _make(store: SongStore, part: Path, progress: Progress, cancelled: Callable[[], bool]) -> None:
    ((songs,),) = store.rows("SELECT count(*) FROM songs")
    connection, reached = _opened(part, measured_identity(store))
    try:
        words = _cut_back(part, reached)
        if reached.songs:
            progress(reached.songs, songs)
        while reached.songs < songs:
            if cancelled():
                raise CancelledError(
                    f"The measuring was cancelled; the next time it goes on from song "
                    f"{reached.songs + 1:,} of {songs:,}."
                )
            found = store.rows(_READ, [reached.songs, reached.songs + _AT_ONCE])
            reached = _add(connection, words, part, reached, found)
            progress(reached.songs, songs)
        _finish(connection, words, part)
    finally:
        connection.close()
    for name in (_RAW, _LENGTHS, _SPELLED):
        (part / name).unlink()


def _opened(part: Path, identity: str) -> tuple[Any, _Reached]:
    """The database that is being filled, and how far; begun anew if it is of other songs."""
    import duckdb

    place = str(part / DATABASE)
    settings: dict[str, Any] = {"memory_limit": MEMORY, "threads": THREADS}
    connection: Any = None
    try:
        if part.exists():
            connection = duckdb.connect(place, config=settings)
            told = connection.execute("SELECT * FROM reached").fetchone()
            reached = _Reached(*told[1:]) if told and told[0] == identity else None
            if reached is not None and _is_whole(part, reached):
                return connection, reached
    except duckdb.Error:
        pass  # broken off before its first batch, or damaged
    if connection is not None:
        connection.close()
    if part.exists():
        shutil.rmtree(part)
    part.mkdir()
    for name in (_RAW, _LENGTHS, _SPELLED):
        (part / name).touch()
    connection = duckdb.connect(place, config=settings)
    columns = ", ".join(f"{name} FLOAT" for name in MEASURES)
    connection.begin()
    connection.execute(f'CREATE TABLE songs ("row" INTEGER, language VARCHAR, {columns})')
    connection.execute(CREATE)
    connection.execute(
        "CREATE TABLE reached AS SELECT ? AS identity, 0::BIGINT AS songs, 0::BIGINT AS tokens, "
        "0::BIGINT AS words, 0::BIGINT AS letters",
        [identity],
    )
    connection.commit()
    return connection, _Reached()


def _is_whole(part: Path, reached: _Reached) -> bool:
    """Whether the files hold what the database says."""
    least = (_BYTES * reached.tokens, _BYTES * reached.songs, reached.letters)
    paths = (part / name for name in (_RAW, _LENGTHS, _SPELLED))
    return all(
        path.is_file() and path.stat().st_size >= size
        for path, size in zip(paths, least, strict=True)
    )


def _cut_back(part: Path, reached: _Reached) -> _Words:
    """Cut off what is behind the last whole batch; the words that are known."""
    os.truncate(part / _RAW, _BYTES * reached.tokens)
    os.truncate(part / _LENGTHS, _BYTES * reached.songs)
    os.truncate(part / _SPELLED, reached.letters)
    known = (part / _SPELLED).read_text("utf-8").split("\n")[: reached.words]
    return _Words({word: number for number, word in enumerate(known, start=FIRST_WORD)})


def _add(
    connection: Any, words: _Words, part: Path, reached: _Reached, rows: list[Any]
) -> _Reached:
    """Measure some songs and put them behind the others; how far that reaches."""
    import numpy as np

    told: dict[str, list[Any]] = {"row": [], "language": [], **{name: [] for name in MEASURES}}
    tokens: list[int] = []
    lengths: list[int] = []
    harmony: list[tuple[Any, ...]] = []
    for row, text, music, sheet in rows:
        harmony += harmony_rows(row, music, sheet)
        lines = words_of(text)
        language = language_of(text, _TELLING)
        before = len(tokens)
        tokens += words.tokens(lines)
        lengths.append(len(tokens) - before)
        told["row"].append(row)
        told["language"].append(language)
        values = measured(lines, text, english=language in ("", "en")) if lines else {}
        for name in MEASURES:
            told[name].append(values.get(name))
    new = list(words.numbers)[reached.words :]
    spelled = "".join(f"{word}\n" for word in new).encode()
    _append(part / _RAW, np.array(tokens, np.int32).tobytes())
    _append(part / _LENGTHS, np.array(lengths, np.int32).tobytes())
    _append(part / _SPELLED, spelled)
    there = _Reached(
        reached.songs + len(rows),
        reached.tokens + len(tokens),
        len(words.numbers),
        reached.letters + len(spelled),
    )
    connection.begin()
    _insert(connection, "songs", told)
    if harmony:
        _insert(connection, "harmony", dict(zip(COLUMNS, zip(*harmony, strict=True), strict=True)))
    connection.execute(
        "UPDATE reached SET songs = ?, tokens = ?, words = ?, letters = ?", list(astuple(there))
    )
    connection.commit()
    return there


def _append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


def _insert(connection: Any, table: str, columns: dict[str, Any]) -> None:
    import pyarrow as pa

    connection.register("batch", pa.table({name: list(of) for name, of in columns.items()}))
    connection.execute(f'INSERT INTO "{table}" SELECT * FROM batch')  # noqa: S608 - a name of ours
    connection.unregister("batch")


def _finish(connection: Any, words: _Words, part: Path) -> None:
    """Number the words by how often they come, and tell what all this is of."""
    import numpy as np

    lengths = np.fromfile(part / _LENGTHS, np.int32)
    np.save(part / STARTS, np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]))
    vocabulary = _renumbered(words, part / _RAW, part / TOKENS)
    connection.begin()
    connection.execute("CREATE TABLE vocabulary (token INTEGER, word VARCHAR)")
    _insert(connection, "vocabulary", {"token": range(len(vocabulary)), "word": vocabulary})
    connection.execute("CREATE TABLE about AS SELECT identity FROM reached")
    connection.execute("DROP TABLE reached")
    connection.commit()


def _renumbered(words: _Words, raw: Path, place: Path) -> list[str]:
    """Write the tokens with the commonest words' numbers; the words by number, commonest first."""
    import numpy as np

    spelled = ["", "", *words.numbers]
    tokens: Any = np.memmap(raw, np.int32, "r") if raw.stat().st_size else np.zeros(0, np.int32)
    uses = np.zeros(len(spelled), np.int64)
    step = 2**22
    for at in range(0, len(tokens), step):
        uses += np.bincount(tokens[at : at + step], minlength=len(spelled))
    common = np.argsort(-uses[FIRST_WORD:], kind="stable")[:MOST_WORDS] + FIRST_WORD
    new = np.full(len(spelled), OTHER, np.uint16)
    new[LINE_END] = LINE_END
    new[common] = np.arange(FIRST_WORD, FIRST_WORD + len(common), dtype=np.uint16)
    written: Any = np.lib.format.open_memmap(place, "w+", np.uint16, (len(tokens),))
    for at in range(0, len(tokens), step):
        written[at : at + step] = new[tokens[at : at + step]]
    written.flush()
    return ["", "", *(spelled[number] for number in common)]
