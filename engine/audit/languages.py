"""Which language songs of a store look to be in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from engine.lyrics.language import language_name, language_of

if TYPE_CHECKING:
    from engine.corpora.store import SongStore


def languages(store: SongStore, rows: Sequence[int]) -> dict[int, str]:
    """Of songs by their number: the language's English name, "" where it is not sure."""
    found = store.rows(
        'SELECT "row", sung FROM songs WHERE "row" IN (SELECT unnest(?))', [list(rows)]
    )
    codes = {int(row): language_of(str(sung)) for row, sung in found}
    names = {code: language_name(code) or code for code in set(codes.values()) - {""}}
    return {row: names.get(code, "") for row, code in codes.items()}
