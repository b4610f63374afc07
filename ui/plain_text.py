"""Text of others in Streamlit's Markdown: shown letter by letter, never obeyed.

Labels, headings, messages, captions and tooltips are all Markdown, so a title such as
``![](http://elsewhere/x.png)`` would fetch a picture for everybody who sees it. Whatever the app
did not write itself passes through `plain` on its way to the screen: titles, artists, genres,
model and guest names, file and column names, and errors, which quote what came in.
"""

from __future__ import annotations

import re

import streamlit as st

from engine.plain_text import LONGEST, one_line

_LIVE = re.compile(r"[\\`*_\[\]<>&$~|]")
_LIST_OR_HEADING = re.compile(r"^(?:[#+=-]|\d+(?=[.)]))")
# Directives, icons, emoji and addresses are found in the parsed text, where a backslash is gone.
_COLON = re.compile(r":(?=[^\W\d]|[_+/-]|\d[\w+-]*:)")
_ADDRESS = re.compile(r"(www(?=\.)|@(?=[\w-]))", re.IGNORECASE)
_JOINER = "\u2060"  # has no width, and nothing breaks there


def plain(text: object, longest: int = LONGEST) -> str:
    """The text so that Streamlit's Markdown draws it as it stands, on one line.

    Code spans take no escapes: never put the result between backticks.
    """
    shown = _COLON.sub(f":{_JOINER}", one_line(text, longest))
    shown = _ADDRESS.sub(rf"\1{_JOINER}", shown)
    shown = _LIVE.sub(r"\\\g<0>", shown)
    return _LIST_OR_HEADING.sub(_dead_start, shown)


def show_error(error: object) -> None:
    """An error in its box; what it quotes stays plain."""
    st.error(plain(error), icon=":material/error:")


def _dead_start(found: re.Match[str]) -> str:
    start = found.group()
    return f"{start}{_JOINER}" if start.isdigit() else f"\\{start}"
