"""A user's own list of tags that are no genre, kept beside the store that it was made for.

It has the form of ``not_genres.toml``: groups of tags. Where there is none, ours holds.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from engine.corpora.store.tags import NOT_GENRES, not_genres_in
from engine.errors import InputError
from engine.files import file_bytes

_MOST_BYTES = 2**20


def own_list(store: Path) -> Path:
    """Where the list of a store lies."""
    return store.with_name(f"{store.name}.not_genres.toml")


def list_of(store: Path) -> Path:
    """The list that holds for a store: the user's own, or ours."""
    own = own_list(store)
    return own if own.is_file() else NOT_GENRES


def groups_in(path: Path) -> dict[str, list[str]]:
    """The tags of a list by their group; `InputError` if it is no such list."""
    text = file_bytes(path, _MOST_BYTES).decode("utf-8", "replace")
    not_genres_in(text, path.name)
    return {name: [str(tag) for tag in tags] for name, tags in _table(text).items()}


def keep_list(store: Path, groups: Mapping[str, Sequence[str]]) -> None:
    """Keep a list for a store, over one that is there.

    Raises
    ------
    InputError
        If the folder cannot be written to.
    """
    lines = ["[not_genres]"]
    for name, tags in groups.items():
        # A JSON text is a TOML text too.
        kept = dict.fromkeys(tag.strip() for tag in tags if tag.strip())
        lines.append(f"{json.dumps(name)} = {json.dumps(list(kept), ensure_ascii=False)}")
    place = own_list(store)
    try:
        place.write_text("\n".join([*lines, ""]), "utf-8")
    except OSError as error:
        raise InputError(f"The list cannot be written to {place}: {error.strerror}.") from None


def drop_list(store: Path) -> None:
    """Let ours hold again."""
    try:
        own_list(store).unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f"{own_list(store)} cannot be deleted: {error.strerror}.") from None


def _table(text: str) -> dict[str, list[object]]:
    return tomllib.loads(text)["not_genres"]
