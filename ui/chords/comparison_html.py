"""Two songs side by side as HTML: what changed is marked line by line, by more than colour.

What went is struck through, what came is underlined (`del` and `ins`, which screen readers tell);
all text passes through `html.escape`.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from ui.lead_sheet_html import chord_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.music.editing import LineChange
    from engine.music.key import Key
    from engine.music.lead_sheet import Line


def comparison_html(changes: Sequence[LineChange], keys: tuple[Key, Key], style: str) -> str:
    """A table of lines, before and after; lines that stayed as they were are drawn once."""
    rows = "".join(_row(change, keys, style) for change in changes)
    return f'<div class="ll-changes" role="list">{rows}</div>'


def _row(change: LineChange, keys: tuple[Key, Key], style: str) -> str:
    if change.is_same and change.after and keys[0] == keys[1]:
        after = _line(change.after, keys[1], style, (frozenset(), frozenset()), "")
        return f'<div class="ll-change" role="listitem">{after}</div>'
    parts: list[str] = []
    if change.before:
        marks = change.words_before, change.chords_before
        parts.append(_line(change.before, keys[0], style, marks, "del"))
    if change.after:
        marks = change.words_after, change.chords_after
        parts.append(_line(change.after, keys[1], style, marks, "ins"))
    return f'<div class="ll-change ll-changed" role="listitem">{"".join(parts)}</div>'


def _line(
    line: Line, key: Key, style: str, marks: tuple[frozenset[int], frozenset[int]], tag: str
) -> str:
    words, chords = marks
    over: dict[int, list[str]] = {}
    for number, placed in enumerate(line.chords):
        text = escape(chord_text(placed.chord, key, style))
        over.setdefault(placed.word, []).append(
            f"<{tag}>{text}</{tag}>" if number in chords else text
        )
    groups: list[str] = []
    for number, word in enumerate((*line.words, "")):
        above = "".join(f"<b>{text}</b>" for text in over.get(number, []))
        if not (word or above):
            continue
        shown = escape(word)
        shown = f"<{tag}>{shown}</{tag}>" if number in words else shown
        groups.append(
            f'<span class="ll-group"><span class="ll-chords">{above}</span>'
            f'<span class="ll-word">{shown}</span></span> '
        )
    side = {"del": "before", "ins": "after"}.get(tag)
    label = f'<small class="ll-side">{side}</small>' if side else ""
    heading = f'<small class="ll-side">{escape(line.heading)}</small>' if line.heading else ""
    return f'<div class="ll-line">{label}{heading if side else ""}{"".join(groups)}</div>'
