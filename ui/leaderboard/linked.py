"""The address of a view: every choice that is drawn on it stands in its link.

A widget that makes up a view is drawn with ``**linked(key)``: Streamlit then reads its value from
the address, and `choices` knows it without a list kept by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

_DRAWN = "_linked_widgets"
Shown = Callable[[Any], str]


def begin() -> None:
    """Forget the widgets of the run before; the page calls it first."""
    st.session_state[_DRAWN] = {}


def linked(key: str, shown: Shown | None = None) -> dict[str, Any]:
    """The arguments of a widget whose choice is part of the view.

    Parameters
    ----------
    key : str
        Of the widget, and the name of the parameter.
    shown : callable, optional
        The widget's ``format_func``: the address holds what is read on screen.
    """
    drawn: dict[str, Shown] = st.session_state.setdefault(_DRAWN, {})
    drawn[key] = shown or str
    arguments: dict[str, Any] = {"key": key, "bind": "query-params"}
    return arguments if shown is None else {**arguments, "format_func": shown}


def choices() -> list[tuple[str, str]]:
    """Every choice of the view as parameters of an address, defaults too."""
    drawn: dict[str, Shown] = st.session_state.get(_DRAWN, {})
    return [
        (key, _text(one, shown))
        for key, shown in drawn.items()
        for one in _values(st.session_state.get(key))
    ]


def _values(value: Any) -> list[Any]:
    if value is None or value == "":
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def _text(value: Any, shown: Shown) -> str:
    return str(value).lower() if isinstance(value, bool) else shown(value)
