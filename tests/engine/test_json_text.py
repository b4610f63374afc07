from __future__ import annotations

import pytest

from engine.json_text import MAX_DEPTH, json_value


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


@pytest.mark.parametrize("depth", [MAX_DEPTH + 2, 900, 100_000])
def test_what_is_nested_without_end_is_refused_before_anybody_walks_through_it(depth: int) -> None:
    with pytest.raises(ValueError, match="deeper than"):
        json_value(nested(depth))


def test_what_songs_nest_is_read() -> None:
    assert json_value(b'{"a": [1, {"b": null}]}') == {"a": [1, {"b": None}]}
    assert json_value(nested(MAX_DEPTH))


def test_what_is_no_json_is_the_same_error() -> None:
    for text in ("", "{", b"\xff", "9" * 5000):
        with pytest.raises(ValueError, match=r"Expecting|decode|digits"):
            json_value(text)
