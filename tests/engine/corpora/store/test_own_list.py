"""A user's own list of tags that are no genre, kept beside a store."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.corpora.store.own_list import drop_list, groups_in, keep_list, list_of, own_list
from engine.corpora.store.tags import NOT_GENRES, not_genres
from engine.errors import InputError


def test_a_list_is_kept_for_its_store_and_ours_holds_again(tmp_path: Path) -> None:
    store = tmp_path / "songs.duckdb"
    assert list_of(store) == NOT_GENRES
    ours = groups_in(NOT_GENRES)
    changed = ours | {"places": [" The Moon ", 'say "hi"', "The Moon", "", "Zürich"]}
    keep_list(store, changed)
    assert list_of(store) == own_list(store)
    assert groups_in(own_list(store)) == ours | {"places": ["The Moon", 'say "hi"', "Zürich"]}
    assert {"the moon", "zurich"} <= not_genres(list_of(store))
    assert "uk" not in not_genres(list_of(store))
    assert list_of(tmp_path / "other.duckdb") == NOT_GENRES
    drop_list(store)
    assert list_of(store) == NOT_GENRES
    drop_list(store)


def test_what_is_no_list_or_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("places = 3")
    with pytest.raises(InputError, match="no list of what is no genre"):
        groups_in(tmp_path / "a.toml")
    with pytest.raises(InputError, match="cannot be written"):
        keep_list(tmp_path / "none" / "songs.duckdb", {"a": ["b"]})
