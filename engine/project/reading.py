"""Fields of JSON that a stranger wrote, checked one by one; `InputError` names the wrong one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from engine.errors import InputError


def object_of(value: Any, what: str) -> dict[str, Any]:
    """A JSON object; `what` names it if it is none."""
    if not isinstance(value, Mapping):
        raise InputError(f"{what} is missing or no JSON object; a project's fields are accepted.")
    return cast("dict[str, Any]", value)


def array_of(value: Any, what: str) -> list[Any]:
    """A JSON list."""
    if not isinstance(value, list):
        raise InputError(f"{what} is not a list; a JSON list is accepted.")
    return cast("list[Any]", value)


def text_of(found: dict[str, Any], name: str) -> str:
    """The text of a field; empty without one."""
    value = found.get(name, "")
    if not isinstance(value, str):
        raise InputError(f"'{name}' is not text; a string is accepted.")
    return whole_text(value)


def whole_of(found: dict[str, Any], name: str, usual: int) -> int:
    """The whole number of a field, or the usual one."""
    value = found.get(name, usual)
    if not is_whole(value):
        raise InputError(f"'{name}' is not a whole number; one is accepted.")
    return int(value)


def is_whole(value: Any) -> bool:
    """Whether it is a whole number, and neither true nor false."""
    return isinstance(value, int) and not isinstance(value, bool)


def whole_text(text: str) -> str:
    """Text that UTF-8 can hold: half characters, which JSON can name, become question marks."""
    return text.encode("utf-8", "replace").decode()
