"""The answers that a visit has to the songs that are open, and what they say beside the songs.

Answers to songs of a store on this machine are kept beside it and are there on the next visit;
those to a visitor's file, and to the songbook, are the visit's own and go with it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import streamlit as st

from engine.errors import EngineError
from ui.explorer.opened import Source
from ui.plain_text import show_error

if TYPE_CHECKING:
    from engine.audit.answers import Answers
    from engine.audit.comparison import Compared
    from engine.corpora.store import Filters

T = TypeVar("T")
_KEPT, _REMEMBERED = "_explorer_kept_answers", "_explorer_remembered"
_MOST_SETS = 4


@dataclass(frozen=True)
class Shelf:
    """Where answers to some songs are kept: in the visit, and beside a store on this machine."""

    identity: str
    store: Path | None

    def answers(self) -> dict[str, Answers]:
        """Name to answers."""
        sets: dict[str, dict[str, Answers]] = st.session_state.setdefault(_KEPT, {})
        if self.identity not in sets:
            while len(sets) >= _MOST_SETS:
                del sets[next(iter(sets))]
            sets[self.identity] = self._read()
        return sets[self.identity]

    def keep(self, answers: Answers) -> Answers:
        """Put answers beside the others; the same model's earlier ones to other songs stay."""
        there = self.answers()
        if answers.name in there:
            answers = answers.with_older(there[answers.name])
        there[answers.name] = answers
        if path := self._path(answers.name):
            answers.write(path)
        return answers

    def forget(self, name: str) -> None:
        """Take answers away."""
        self.answers().pop(name, None)
        if path := self._path(name):
            path.unlink(missing_ok=True)

    def _path(self, name: str) -> Path | None:
        from engine.audit.answers import ENDING

        if self.store is None:
            return None
        short = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[:40]
        digest = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:8]
        return self.store.with_name(f"{self.store.stem}.{short}-{digest}{ENDING}")

    def _read(self) -> dict[str, Answers]:
        from engine.audit.answers import ENDING, read_answers
        from engine.corpora import Source as File

        found: dict[str, Answers] = {}
        if self.store is None:
            return found
        for path in sorted(self.store.parent.glob(f"{escape(self.store.stem)}.*{ENDING}")):
            try:
                answers = read_answers(File.of_file(path))
            except EngineError as error:
                show_error(error)
                continue
            found[answers.name] = answers
        return found


def shelf_of(chosen: Source) -> Shelf:
    """Where answers to the open songs are kept."""
    alone = chosen.is_songbook or chosen.folder is not None
    return Shelf(chosen.identity, None if alone else chosen.store.path)


def comparison(chosen: Source, passing: Filters, names: tuple[str, ...]) -> Compared:
    """What these answers say of the songs that pass the filters."""
    from engine.audit.answers import matched
    from engine.audit.comparison import compared

    there = shelf_of(chosen).answers()
    answers = [there[name] for name in names]
    keys = _keys(chosen.store, chosen.identity)
    # The answers themselves, which are equal to themselves alone: those that came anew are others.
    asked = (chosen.identity, passing, *answers)
    matches = remembered(
        "matches",
        (chosen.identity, *answers),
        lambda: {one.name: matched(keys, one) for one in answers},
    )
    return remembered(
        "compared", asked, lambda: compared(chosen.store, passing, answers, keys, matches)
    )


@st.cache_resource(show_spinner="Finding the songs' answers", max_entries=4)
def _keys(_store: Any, identity: str) -> Any:
    """The checksums of a store's words, for every visit: nobody writes into them."""
    from engine.audit.answers import song_keys

    return song_keys(_store)


def answers_to(chosen: Source, row: int) -> list[tuple[str, str, float, float | None]]:
    """What each model said of one song: its name, answer, how sure, and of the table's genre."""
    from engine.audit.answers import text_key

    song = chosen.store.rows('SELECT genre, lyrics FROM songs WHERE "row" = ?', [row])
    key = text_key(str(song[0][1])) if song else ""
    told: list[tuple[str, str, float, float | None]] = []
    for name, answers in shelf_of(chosen).answers().items():
        places = (answers.songs["text"] == key).to_numpy().nonzero()[0]
        if len(places):
            shares = answers.probabilities[places[0]]
            best, genre = int(shares.argmax()), str(song[0][0])
            known = genre in answers.labels
            given = float(shares[answers.labels.index(genre)]) if known else None
            told.append((name, answers.labels[best], float(shares[best]), given))
    return told


def remembered(name: str, key: Hashable, make: Callable[[], T]) -> T:
    """The last thing of this name that the visit made, if it was made of the same `key`."""
    kept: dict[str, tuple[Hashable, Any]] = st.session_state.setdefault(_REMEMBERED, {})
    if name not in kept or kept[name][0] != key:
        kept[name] = (key, make())
    return kept[name][1]
