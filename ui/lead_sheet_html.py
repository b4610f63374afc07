"""A lead sheet as HTML: chords over words, wrapping word by word in a narrow window.

Every word is one unbreakable group of its chord and itself, so a chord never loses its word. All
text passes through `html.escape`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

from engine.music.chord_names import chord_name, with_accidentals

if TYPE_CHECKING:
    from engine.music.chord import Chord
    from engine.music.key import Key
    from engine.music.lead_sheet import LeadSheet, Line

CHORD_STYLES = ("Chords", "Roman", "Nashville")


def chord_text(chord: Chord, key: Key, style: str = "Chords") -> str:
    """How a chord is shown, with typographic accidentals."""
    return with_accidentals(chord_name(chord, key, style.lower()))


def key_text(key: Key) -> str:
    """How a key is shown, with typographic accidentals: "E♭ major"."""
    return with_accidentals(key.name)


def leadsheet_html(sheet: LeadSheet, style: str = "Chords") -> str:
    """The whole song; headings where sections begin."""

    def text(chord: Chord) -> str:
        return chord_text(chord, sheet.key, style)

    stanzas = [
        _stanza_html(list(lines), text)
        for _, lines in groupby(sheet.lines, key=lambda line: line.stanza)
    ]
    return f'<div class="ll-sheet">{"".join(stanzas)}</div>'


def _stanza_html(lines: Sequence[Line], text: Callable[[Chord], str]) -> str:
    title = lines[0].heading
    heading = f'<div class="ll-section">{escape(title)}</div>' if title else ""
    body = "".join(_line_html(line, text) for line in lines)
    return f'<div class="ll-stanza">{heading}{body}</div>'


def _line_html(line: Line, text: Callable[[Chord], str]) -> str:
    over: dict[int, list[str]] = {}
    for placed in line.chords:
        over.setdefault(placed.word, []).append(text(placed.chord))
    groups = [_group_html(over.get(index, []), word) for index, word in enumerate(line.words)]
    if after := over.get(len(line.words)):
        groups.append(_group_html(after, ""))
    return f'<div class="ll-line">{"".join(groups)}</div>'


def _group_html(chords: Sequence[str], word: str) -> str:
    above = "".join(f"<b>{escape(chord)}</b>" for chord in chords)
    return (
        f'<span class="ll-group"><span class="ll-chords">{above}</span>'
        f'<span class="ll-word">{escape(word)}</span></span> '
    )
