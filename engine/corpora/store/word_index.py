"""The words of a store as numbers, and measures of each song: made once, kept beside it.

A folder beside the store, found again by what it was made of:

==================  ========================================================================
``words.duckdb``    ``songs``: ``row``, ``language`` and a column a measure of
                    `engine.corpora.word_measures`; ``vocabulary``: ``token``, ``word``;
                    ``harmony``: see `engine.corpora.store.harmonies`
``tokens.npy``      every word of every song in its order, as the number of a word (uint16)
``starts.npy``      where each song begins there, by its ``row``; one more for the end
==================  ========================================================================

Numbers are uint16, so 55 million words are 110 MB, mapped and not read whole: the commonest words
of the store have numbers of their own, rarer ones (of 65,536 and more different words) share
`OTHER`. `LINE_END` stands behind every line, so that nothing is counted across two.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from engine.corpora.store.harmonies import COLUMNS, CREATE, harmony_rows
from engine.corpora.word_measures import MEASURES, measured, words_of
from engine.errors import CancelledError, InputError
from engine.lyrics.language import language_of

if TYPE_CHECKING:
    from engine.corpora.store.songs import SongStore

VERSION = 2
"""Of what is measured and how; an index of another version is made anew."""
LINE_END, OTHER, FIRST_WORD = 0, 1, 2
MOST_WORDS = 2**16 - FIRST_WORD
"""Different words with a number of their own."""
_AT_ONCE = 2000
_MOST_NEW = 2**20  # different words that are told apart while songs are read
_TELLING = 600  # characters by which a language is told: some 100 words
_DATABASE, _TOKENS, _STARTS = "words.duckdb", "tokens.npy", "starts.npy"

_READ = """
SELECT "row", sung, CASE WHEN notation IN ('abc', 'chords') THEN lyrics ELSE '' END, sheet
FROM songs WHERE "row" >= ? AND "row" < ? ORDER BY "row"
"""

Progress = Callable[[int, int], None]
_OPEN: WeakKeyDictionary[SongStore, WordIndex] = WeakKeyDictionary()


@dataclass(frozen=True, eq=False)
class WordIndex:
    """The words of a store.

    Attributes
    ----------
    words : tuple of str
        By their number; the first two are no words.
    tokens : array of uint16
    starts : array of int64
        One for each row of the store, and the end.
    """

    words: tuple[str, ...]
    tokens: Any
    starts: Any

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Word to number."""
        return {word: number for number, word in enumerate(self.words) if number >= FIRST_WORD}


def index_folder(store: Path) -> Path:
    """Where the index of a store lies."""
    return store.with_name(f"{store.name}.words")


def opened_index(store: SongStore) -> WordIndex | None:
    """The index of a store, its measures attached to it; None if it has none of its content."""
    import duckdb
    import numpy as np

    if (known := _OPEN.get(store)) is not None:
        return known
    folder = index_folder(store.path)
    database = folder / _DATABASE
    if not database.is_file():
        return None
    try:
        with duckdb.connect(str(database), read_only=True) as connection:
            told = connection.execute("SELECT identity FROM about").fetchone()
            if told != (_identity(store),):
                return None
            found = connection.execute("SELECT word FROM vocabulary ORDER BY token").fetchall()
        tokens, starts = (np.load(folder / name, mmap_mode="r") for name in (_TOKENS, _STARTS))
    except (duckdb.Error, OSError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(
            f"The measures of words at {folder} cannot be read ({reason}); delete that folder to "
            "have them made anew."
        ) from None
    store.attach(database)
    index = WordIndex(tuple(str(word) for (word,) in found), tokens, starts)
    _OPEN[store] = index
    return index


def make_index(
    store: SongStore,
    progress: Progress = lambda _done, _total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> None:
    """Measure the words of every song and put them beside the store; nothing if that is done.

    Parameters
    ----------
    progress : callable
        Told how many songs of how many are measured.
    cancelled : callable
        Whether to stop.

    Raises
    ------
    CancelledError
        If it was to stop; nothing is kept.
    InputError
        If the folder of the store cannot be written to.
    """
    if opened_index(store) is not None:
        return
    place = index_folder(store.path)
    try:
        with TemporaryDirectory(dir=place.parent, prefix=".words-") as temporary:
            folder = Path(temporary) / "made"
            folder.mkdir()
            _make(store, folder, progress, cancelled)
            if place.exists():
                shutil.rmtree(place)
            os.rename(folder, place)  # noqa: PTH104 - never onto what another has just made
    except OSError as error:
        raise InputError(
            f"The measures of words cannot be written to {place}: {error.strerror or error}."
        ) from None


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


def _make(
    store: SongStore, folder: Path, progress: Progress, cancelled: Callable[[], bool]
) -> None:
    import duckdb
    import numpy as np

    words = _Words()
    ((songs,),) = store.rows("SELECT count(*) FROM songs")
    starts = np.zeros(songs + 1, np.int64)
    raw = folder / "raw"
    connection = duckdb.connect(str(folder / _DATABASE))
    try:
        columns = ", ".join(f"{name} FLOAT" for name in MEASURES)
        connection.execute(f'CREATE TABLE songs ("row" INTEGER, language VARCHAR, {columns})')
        connection.execute("CREATE TABLE vocabulary (token INTEGER, word VARCHAR)")
        connection.execute(CREATE)
        with raw.open("wb") as file:
            for at in range(0, songs, _AT_ONCE):
                if cancelled():
                    raise CancelledError("The measuring was cancelled; nothing of it is kept.")
                found = store.rows(_READ, [at, at + _AT_ONCE])
                _add(connection, words, file, starts, found)
                progress(min(at + _AT_ONCE, songs), songs)
        np.save(folder / _STARTS, np.cumsum(starts))
        vocabulary = _renumbered(words, raw, folder / _TOKENS)
        raw.unlink()
        _insert(connection, "vocabulary", {"token": range(len(vocabulary)), "word": vocabulary})
        connection.execute("CREATE TABLE about AS SELECT ? AS identity", [_identity(store)])
    finally:
        connection.close()


def _add(connection: Any, words: _Words, file: Any, starts: Any, rows: list[Any]) -> None:
    """Measure some songs; their lengths go behind their places in `starts`."""
    import numpy as np

    told: dict[str, list[Any]] = {"row": [], "language": [], **{name: [] for name in MEASURES}}
    tokens: list[int] = []
    harmony: list[tuple[Any, ...]] = []
    for row, text, music, sheet in rows:
        harmony += harmony_rows(row, music, sheet)
        lines = words_of(text)
        language = language_of(text, _TELLING)
        before = len(tokens)
        tokens += words.tokens(lines)
        starts[row + 1] = len(tokens) - before
        told["row"].append(row)
        told["language"].append(language)
        values = measured(lines, text, english=language in ("", "en")) if lines else {}
        for name in MEASURES:
            told[name].append(values.get(name))
    np.array(tokens, np.int32).tofile(file)
    _insert(connection, "songs", told)
    if harmony:
        _insert(connection, "harmony", dict(zip(COLUMNS, zip(*harmony, strict=True), strict=True)))


def _insert(connection: Any, table: str, columns: dict[str, Any]) -> None:
    import pyarrow as pa

    connection.register("batch", pa.table({name: list(of) for name, of in columns.items()}))
    connection.execute(f'INSERT INTO "{table}" SELECT * FROM batch')  # noqa: S608 - a name of ours
    connection.unregister("batch")


def _renumbered(words: _Words, raw: Path, place: Path) -> list[str]:
    """Write the tokens with the commonest words' numbers; the words by number, commonest first."""
    import numpy as np

    spelled = ["", "", *words.numbers]
    tokens: Any = np.memmap(raw, np.int32) if raw.stat().st_size else np.zeros(0, np.int32)
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


def _identity(store: SongStore) -> str:
    """What tells the songs of a store from others: as its import told, and how many there are."""
    ((songs, words),) = store.rows("SELECT count(*), coalesce(sum(words), 0)::BIGINT FROM songs")
    told = {"store": store.about["identity"], "songs": songs, "words": words, "version": VERSION}
    return json.dumps(told, sort_keys=True)
