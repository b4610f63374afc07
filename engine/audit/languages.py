"""Which language songs of a store look to be in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from engine.corpora.store.word_index import opened_index
from engine.errors import InputError
from engine.lyrics.language import language_name, language_of

if TYPE_CHECKING:
    from engine.corpora.store import SongStore


def languages(store: SongStore, rows: Sequence[int]) -> dict[int, str]:
    """Of songs by their number: the language's English name, "" where it is not sure.

    Where the store's words are measured (`engine.corpora.store.word_index`) it is known already.
    """
    wanted = 'WHERE "row" IN (SELECT unnest(?))'
    if measured(store):
        told = store.rows(f'SELECT "row", language FROM measured.songs {wanted}', [list(rows)])  # noqa: S608 - ours
        codes = {int(row): str(code) for row, code in told}
    else:
        found = store.rows(f'SELECT "row", sung FROM songs {wanted}', [list(rows)])  # noqa: S608 - ours
        codes = {int(row): language_of(str(sung)) for row, sung in found}
    names = {code: language_name(code) or code for code in set(codes.values()) - {""}}
    return {row: names.get(code, "") for row, code in codes.items()}


def measured(store: SongStore) -> bool:
    """Whether the store's words, and so its songs' languages, are measured."""
    try:
        return opened_index(store) is not None
    except InputError:  # of another version, or broken: the Words tab says so
        return False
