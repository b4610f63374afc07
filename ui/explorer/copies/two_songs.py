"""Two songs side by side, with the words that differ marked."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import streamlit as st

from engine.corpora.line_differences import Run, beside
from ui.plain_text import plain

if TYPE_CHECKING:
    from ui.explorer.opened import Source


def two_songs(chosen: Source, rows: tuple[int, int], name: str) -> None:
    """Draw two songs by their numbers; `name` tells this view from others on the page."""
    one, other = (chosen.store.song(row) for row in rows)
    pairs = beside(str(one["lyrics"]), str(other["lyrics"]))
    changed = sum(any(run.differs for run in (*left, *right)) for left, right in pairs)
    count = f"{changed:,} of {len(pairs):,} lines differ" if changed else "No word differs"
    st.caption(f"{count}; words that the other song lacks are underlined.")
    heads = "".join(f"<div>{_head(song)}</div>" for song in (one, other))
    lines = "".join(f"<div>{_line(left)}</div><div>{_line(right)}</div>" for left, right in pairs)
    with st.container(border=True, key=f"{name}_two_songs"):
        st.html(f'<div class="ll-two">{heads}{lines}</div>')


def _head(song: dict[str, Any]) -> str:
    facts = [str(song[name]) for name in ("artist", "genre", "source") if song[name]]
    facts += [str(int(song["year"]))] if song["year"] is not None else []
    return f"<b>{escape(str(song['title'] or 'Untitled'))}</b><br>{escape(' · '.join(facts))}"


def _line(runs: Sequence[Run]) -> str:
    shown = (f"<ins>{escape(run.text)}</ins>" if run.differs else escape(run.text) for run in runs)
    return " ".join(shown) or "&nbsp;"


def name_of(song: dict[str, Any]) -> str:
    """A song as a list names it."""
    return plain(f"{song['title'] or 'Untitled'}, {song['artist'] or 'unknown'}", 80)
