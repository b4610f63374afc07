from __future__ import annotations

from pathlib import Path

import pytest

from engine.classifiers.prediction import GENRES
from engine.corpora.store.tags import (
    _main_genres,
    chosen_genres,
    folded,
    main_genre,
    not_genres,
    tags_of,
)
from engine.errors import InputError


def test_places_languages_and_kinds_are_no_genre() -> None:
    known = not_genres()
    for tag in ("UK", "East Coast", "Non-Music", "En Español", "Deutschland", "Türkçe", "90s"):
        assert folded(tag) in known
    assert not known & set(_main_genres())


def test_the_commonest_genres_are_chosen_and_what_is_passed_over_is_told() -> None:
    counts = {"rap": 9, "uk": 8, "pop": 5, "folk": 5, "france": 1}
    chosen = chosen_genres(counts, not_genres(), 2)
    assert chosen.genres == (("rap", 9), ("folk", 5))
    assert chosen.passed_over == (("uk", 8),)


def test_the_list_is_a_file_of_the_users(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('[not_genres]\nmine = ["Rap"]\n')
    assert not_genres(path) == {"rap"}
    path.write_text("[other]\n")
    with pytest.raises(InputError, match="needs a table"):
        not_genres(path)


@pytest.mark.parametrize(
    ("tags", "genre"),
    [
        (["uk", "Alternative Rock"], "rock"),
        (["trap", "pop"], "hip-hop"),
        (["Hip-Hop"], "hip-hop"),
        (["melodic death metal"], "metal"),
        (["non-music", "uk"], ""),
        ([], ""),
    ],
)
def test_tags_speak_for_one_of_the_twelve_genres(tags: list[str], genre: str) -> None:
    assert main_genre(tags) == genre
    assert set(_main_genres().values()) == set(GENRES)


def test_tags_come_in_many_shapes() -> None:
    assert tags_of(["Rap", "rap ", {"name": "Trap"}, None, 7]) == ["rap", "trap", "7"]
    assert tags_of(None) == []
    assert tags_of("Rap") == ["rap"]
