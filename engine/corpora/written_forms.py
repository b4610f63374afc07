"""The same song as people write it down: whole, a draft with headings, a few lines, one line.

Corpora hold songs as lyric sites do: each chorus written out, no headings, 200 to 400 words. People
paste drafts, excerpts and chord sheets. A *form* is one such way; `written` gives a song's text in
it, to be read by `Lyrics.parse` as anything that is pasted. What a model says should change little
from form to form: evaluation measures that (`engine.evaluation.tasks.forms`).
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from itertools import groupby

from engine.errors import InputError
from engine.lyrics import LyricLine, Lyrics

# A stanza counts as sung before if at least this share of its lines was.
_SUNG_BEFORE = 0.8
_REMARKS = ("(guitar solo)", "(instrumental)", "(repeat chorus)", "[Intro]", "(fade out)")
_CHORDS = ("C", "G", "Am", "F", "Dm", "Em", "D", "A7", "Bm", "E", "G/B", "Fmaj7")
_PUNCTUATION = re.compile(r"[^\w\s'’]|(?<!\w)['’]|['’](?!\w)")


def _stanzas(lyrics: Lyrics) -> list[list[LyricLine]]:
    return [list(lines) for _, lines in groupby(lyrics.lines, key=lambda line: line.stanza)]


def _text(stanzas: Sequence[Sequence[LyricLine]]) -> str:
    return "\n\n".join("\n".join(line.text for line in lines) for lines in stanzas)


def _key(line: LyricLine) -> str:
    return line.text.casefold()


def _refrains(stanzas: Sequence[Sequence[LyricLine]]) -> list[int | None]:
    """For each stanza, which earlier one it repeats, or None."""
    found: list[int | None] = []
    for number, lines in enumerate(stanzas):
        keys = [_key(line) for line in lines]
        of = None
        for earlier in range(number):
            known = {_key(line) for line in stanzas[earlier]}
            if found[earlier] is None and sum(k in known for k in keys) >= _SUNG_BEFORE * len(keys):
                of = earlier
                break
        found.append(of)
    return found


def _whole(lyrics: Lyrics, _: random.Random) -> str:
    return lyrics.text


def _headings(lyrics: Lyrics, _: random.Random) -> str:
    """Each stanza once, under a heading; where a chorus comes back, its heading alone."""
    stanzas = _stanzas(lyrics)
    refrains = _refrains(stanzas)
    chorus = {of for of in refrains if of is not None}
    parts: list[str] = []
    verses = 0
    for number, (lines, of) in enumerate(zip(stanzas, refrains, strict=True)):
        if of is not None:
            parts.append("[Chorus]")
            continue
        verses += number not in chorus
        heading = "[Chorus]" if number in chorus else f"[Verse {verses}]"
        parts.append("\n".join([heading, *(line.text for line in lines)]))
    return "\n\n".join(parts)


def _one_block(lyrics: Lyrics, _: random.Random) -> str:
    """No blank line, no heading; a line sung several times in a row stands once."""
    return "\n".join(next(same).text for _, same in groupby(lyrics.lines, key=_key))


def _opening(lyrics: Lyrics, _: random.Random) -> str:
    """The first verse and the chorus; without either, the first twelve lines."""
    stanzas = _stanzas(lyrics)
    if len(stanzas) == 1:
        return _text([stanzas[0][:12]])
    chorus = next((of for of in _refrains(stanzas) if of is not None), None)
    return _text([stanzas[0], stanzas[chorus or 1]])


def _lines(count: int) -> Callable[[Lyrics, random.Random], str]:
    """So many lines in a row, from the start of a stanza where that leaves enough of them."""

    def cut(lyrics: Lyrics, drawn: random.Random) -> str:
        lines = lyrics.lines
        last = max(len(lines) - count, 0)
        starts = [i for i in range(last + 1) if i == 0 or lines[i].stanza != lines[i - 1].stanza]
        start = drawn.choice(starts)
        kept = lines[start : start + count]
        return _text([list(same) for _, same in groupby(kept, key=lambda line: line.stanza)])

    return cut


def _one_line(lyrics: Lyrics, drawn: random.Random) -> str:
    return drawn.choice(lyrics.lines).text


def _plain(lyrics: Lyrics, _: random.Random) -> str:
    """Lower case, no punctuation but apostrophes within words."""
    return _PUNCTUATION.sub("", lyrics.text.lower())


def _chord_sheet(lyrics: Lyrics, drawn: random.Random) -> str:
    """Chords above the words, stage remarks, ``x2`` for a line sung twice."""
    parts: list[str] = []
    for stanza in _stanzas(lyrics):
        rows: list[str] = []
        for _, group in groupby(stanza, key=_key):
            same = list(group)
            chords = drawn.sample(_CHORDS, drawn.randint(1, 3))
            rows.append("".join(chord.ljust(drawn.randint(8, 16)) for chord in chords).rstrip())
            rows.append(same[0].text + (f" (x{len(same)})" if len(same) > 1 else ""))
        parts.append("\n".join(rows))
    parts.insert(drawn.randint(1, len(parts)), drawn.choice(_REMARKS))
    return "\n\n".join(parts)


FORMS: dict[str, Callable[[Lyrics, random.Random], str]] = {
    "whole": _whole,
    "headings": _headings,
    "one block": _one_block,
    "plain": _plain,
    "chord sheet": _chord_sheet,
    "verse and chorus": _opening,
    "12 lines": _lines(12),
    "8 lines": _lines(8),
    "4 lines": _lines(4),
    "1 line": _one_line,
}
"""Form to how a song is written in it; "whole" is the song as it is."""


def written(lyrics: Lyrics, form: str, seed: int = 0) -> Lyrics:
    """A song in one of `FORMS`, read again as it would be if it were pasted.

    Parameters
    ----------
    lyrics : Lyrics
        The song whole.
    form : str
        A key of `FORMS`.
    seed : int
        Draws which lines an excerpt has; the same song, form and seed give the same text.

    Returns
    -------
    Lyrics
        The song itself where this form would leave it without a word, or is too long to be read.
    """
    drawn = random.Random(f"{seed} {form} {lyrics.text}")  # noqa: S311 - no secret
    try:
        return Lyrics.parse(FORMS[form](lyrics, drawn))
    except InputError:
        return lyrics
