"""Wishes as JSON: those that differ from the usual ones, each checked when it is read."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any, cast

from engine.errors import InputError, quoted
from engine.generator.controls import Controls
from engine.music.key import Key
from engine.project.reading import is_whole, object_of, whole_text

MOST_WISHES = 100  # entries of a list
LONGEST_WISH = 1_000  # characters
_USUAL = Controls()


def controls_fields(controls: Controls | None) -> dict[str, Any] | None:
    """The controls that differ from the usual ones; None without any."""
    if controls is None:
        return None
    found: dict[str, Any] = {}
    for field in fields(controls):
        value = getattr(controls, field.name)
        if value != getattr(_USUAL, field.name):
            found[field.name] = _plain(value)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, Key):
        return str(value)
    if isinstance(value, tuple):
        return [_plain(one) for one in cast("tuple[Any, ...]", value)]
    return value


def controls_of(value: Any) -> Controls | None:
    """The controls of a JSON object; `InputError` names the first that is no such wish."""
    if value is None:
        return None
    found = object_of(value, "'controls'")
    known = {name: found[name] for name in _WISHES if name in found}
    for name, wish in known.items():
        if not _WISHES[name](wish):
            raise InputError(
                f"'{name}' of the controls is {quoted(json.dumps(wish))}, which is no such wish."
            )
    for name in ("allow", "progressions", "cadences", "keys", "alike"):
        if name in known:
            known[name] = tuple(tuple(w) if isinstance(w, list) else w for w in known[name])
    if known.get("key") is not None:
        known["key"] = Key.parse(known["key"])
    if "keys" in known:
        known["keys"] = tuple((place, Key.parse(key)) for place, key in known["keys"])
    return Controls(**known)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_WISH and whole_text(value) == value


def _is_number(value: Any) -> bool:
    return isinstance(value, float) or is_whole(value)


def _is_text_or_nothing(value: Any) -> bool:
    return value is None or _is_text(value)


def _is_whole_or_nothing(value: Any) -> bool:
    return value is None or is_whole(value)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, _few(cast("list[Any]", value))))


def _is_pairs(value: Any) -> bool:
    return isinstance(value, list) and all(
        _is_texts(pair) and len(pair) == 2 for pair in _few(cast("list[Any]", value))
    )


def _few(values: list[Any]) -> list[Any]:
    if len(values) > MOST_WISHES:
        raise InputError(
            f"A list of the controls has {len(values):,} entries; at most {MOST_WISHES} are "
            "accepted."
        )
    return values


_WISHES = {
    "key": _is_text_or_nothing,
    "genre": _is_text_or_nothing,
    "chords_per_line": _is_whole_or_nothing,
    "complexity": _is_text,
    "temperature": _is_number,
    "seed": is_whole,
    "tempo": _is_whole_or_nothing,
    "time_signature": _is_text,
    "title": lambda value: isinstance(value, str) and whole_text(value) == value,
    "decoder": lambda value: isinstance(value, bool),
    "variety": _is_number,
    "borrowed": _is_number,
    "allow": _is_texts,
    "form": _is_text_or_nothing,
    "progressions": _is_pairs,
    "cadences": _is_pairs,
    "keys": _is_pairs,
    "alike": _is_pairs,
}
