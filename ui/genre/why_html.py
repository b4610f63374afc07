"""An explanation as HTML: the lyric with the words that counted marked.

A word that pushed towards the genre stands on blue over a solid line, one that pushed away on
orange over a dashed line; a stronger ground and a thicker line mean more. Nothing rests on colour
alone, and each word's number is in its tooltip. All text passes through `html.escape`.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

from engine.lyrics import section_title
from ui.numbers import signed

if TYPE_CHECKING:
    from engine.explanation import Explanation
    from engine.lyrics import LyricLine, Lyrics

# Shares of the strongest value from which a mark is drawn, faint to strong.
_STEPS = (0.05, 0.15, 0.4, 0.75)


def level(value: float, strongest: float) -> int:
    """How strongly to mark a value: -4 to 4, 0 for no mark."""
    share = abs(value) / strongest if strongest > 0 else 0.0
    steps = sum(share >= step for step in _STEPS)
    return steps if value >= 0 else -steps


def strongest_value(values: Sequence[float]) -> float:
    """What a full mark stands for: the strongest value but for the top fiftieth."""
    ordered = sorted(abs(value) for value in values)
    return ordered[int(0.98 * (len(ordered) - 1))] if ordered else 0.0


def scale_of(explanations: Sequence[Explanation], by: str = "Words") -> float:
    """What a full mark stands for in all of these: words (or lines) and the form of the song."""
    forms = [abs(explanation.form_share) for explanation in explanations]
    if by == "Lines":
        sums = [abs(value) for of in explanations for value in of.lines if value is not None]
        return max([*sums, *forms], default=0.0)
    words = [v for of in explanations for row in of.words for v in row if v is not None]
    return max([strongest_value(words), *forms])


def form_html(value: float, scale: float) -> str:
    """What the song's form added, marked as words are."""
    strength = level(value, scale)
    mark = f'class="ll-mark {_mark(strength)}" ' if strength else ""
    shown = f'<span {mark}title="{signed(value, 3)}">The song’s form</span>'
    return f'<div class="ll-why-line">{shown} <small>{signed(value)}</small></div>'


def why_html(lyric: Lyrics, explanation: Explanation, scale: float, by: str = "Words") -> str:
    """The whole lyric, each word marked by itself, or ("Lines") each line by its sum.

    `scale` is what a full mark stands for (`scale_of`).
    """
    if by == "Lines":
        sums = explanation.lines
        rows = [_whole_line(*pair, scale) for pair in zip(lyric.lines, sums, strict=True)]
    else:
        rows = [
            _word_by_word(*pair, scale) for pair in zip(lyric.lines, explanation.words, strict=True)
        ]
    stanzas: list[str] = []
    pairs = zip(lyric.lines, rows, strict=True)
    for _, group in groupby(pairs, key=lambda pair: pair[0].stanza):
        members = list(group)
        line = members[0][0]
        title = section_title(line.section, line.number) if line.section else ""
        heading = f'<div class="ll-section">{escape(title)}</div>' if title else ""
        body = "".join(row for _, row in members)
        stanzas.append(f'<div class="ll-why-stanza">{heading}{body}</div>')
    return f'<div class="ll-why">{"".join(stanzas)}</div>'


def legend_html(genre: str) -> str:
    """What the marks mean, drawn with the marks themselves."""
    name = escape(genre)
    towards = "".join(f'<span class="ll-mark {_mark(n)}">{word}</span> ' for n, word in _EXAMPLES)
    away = "".join(f'<span class="ll-mark {_mark(-n)}">{word}</span> ' for n, word in _EXAMPLES)
    return (
        f'<div class="ll-why-legend"><span>towards {name}: {towards}</span>'
        f"<span>away from {name}: {away}</span>"
        '<span class="ll-unread">not read by the model</span></div>'
    )


_EXAMPLES = ((1, "a little"), (3, "more"), (4, "most"))


def _word_by_word(line: LyricLine, values: Sequence[float | None], scale: float) -> str:
    words: list[str] = []
    for word, value in zip(line.words, values, strict=True):
        if value is None:
            words.append(f'<span class="ll-unread" title="not read">{escape(word)}</span>')
        elif strength := level(value, scale):
            mark = f"ll-mark {_mark(strength)}"
            words.append(f'<span class="{mark}" title="{signed(value, 3)}">{escape(word)}</span>')
        else:
            words.append(f'<span title="{signed(value, 3)}">{escape(word)}</span>')
    return f'<div class="ll-why-line">{" ".join(words)}</div>'


def _whole_line(line: LyricLine, value: float | None, scale: float) -> str:
    if value is None:
        inner = f'<span class="ll-unread" title="not read">{escape(line.text)}</span>'
        return f'<div class="ll-why-line">{inner}</div>'
    strength = level(value, scale)
    mark = f'class="ll-mark {_mark(strength)}" ' if strength else ""
    text = f'<span {mark}title="{signed(value, 3)}">{escape(line.text)}</span>'
    return f'<div class="ll-why-line">{text} <small>{signed(value)}</small></div>'


def _mark(strength: int) -> str:
    return f"ll-{'to' if strength > 0 else 'off'}-{abs(strength)}"
