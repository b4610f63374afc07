"""The words of one line of a ChordPro file, and which word each bracket stands on. Pure.

What is written between words and not sung goes, and what stood on it moves to the next word: bar
lines, strokes and counts (``|``, ``//``, ``2x``), remarks (``(guitar solo)``), markup (``<b>``). A
lone hyphen joins the syllables of a word (``me - lo - dy``), where the dictionary or the shortness
of the pieces says so; as a dash it stays, behind the word before it, as all lone punctuation does.
A backslash in front makes any sign, and any word, one that is sung.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from engine.lyrics.lines import is_remark, without_marks
from engine.lyrics.pronunciation import pronounced_syllables

_INNER = r"\{(?:\\.|[^{}\\])*\}"
_VALUE = rf"%\{{(?:\\.|[^{{}}\\]|%{_INNER})*\}}"
_UNICODE = r"\\u(?:[0-9a-fA-F]{4}|\{[0-9a-fA-F]{1,6}\})"
_TAG = r"</?[a-zA-Z][^<>\n]{0,300}>"
_ENTITY = r"&(?:\#\d{1,7}|\#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});"
_TOKEN = re.compile(
    rf"(?P<unicode>{_UNICODE})"
    r"|(?P<escaped>\A\\.|(?<![^\s\]])\\\S|\\[^\w\s])"
    rf"|(?P<value>{_VALUE})"
    rf"|\{{(?P<directive>(?:\\.|{_VALUE}|[^{{}}\\])*)\}}"
    r"|\[(?P<chord>[^\[\]]*)\]"
    r"|(?P<break><\s*br\s*/?>)"
    rf"|(?P<tag>{_TAG})"
    rf"|(?P<entity>{_ENTITY})"
    r"|(?P<blank>\s+)"
    r"|(?P<text>[^\s\\{}\[\]<&%]+|.)",
    re.DOTALL,
)
_PLAIN = re.compile(
    rf"(?P<unicode>{_UNICODE})|(?P<escaped>\\[\\\[\]{{}}<&])|(?P<tag>{_TAG})|(?P<entity>{_ENTITY})"
)
_HYPHENS = re.compile(r"[-‐‑]+")
_DASHES = re.compile(r"[-‐‑–—−_]+")
_STROKES = re.compile(r"[|/\\:%.*~=+^<>…♪♫·•]+")
_BEHIND = re.compile(r"[.…,;:?!»”’\")]+")
_BEFORE = re.compile(r"[«„“‚(¿¡]+")
UNSEEN = "\xad\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff"
_LONGEST_SYLLABLE = 5
_MOST_SYLLABLES = 8


@dataclass
class Word:
    """A word as written; `is_literal` where a backslash says that it is sung."""

    text: str = ""
    is_literal: bool = False


@dataclass(frozen=True)
class Bracket:
    """What stands in brackets, on the word with that index."""

    word: int
    text: str


def line_tokens(text: str) -> Iterator[re.Match[str]]:
    """The signs of a line, one after the other."""
    return _TOKEN.finditer(text)


def plain(text: str) -> str:
    """A value or an entity as it is meant: without tags, entities and escapes."""
    return _PLAIN.sub(_plain, text)


def _plain(match: re.Match[str]) -> str:
    if match["escaped"]:
        return match["escaped"][1]
    if match["entity"]:
        return html.unescape(match["entity"])
    return character_of(match["unicode"]) if match["unicode"] else ""


def character_of(escape: str) -> str:
    r"""The character that ``\u00e9`` or ``\u{1f3b8}`` names; nothing for half of one."""
    digits = escape.removeprefix("\\u").strip("{}")
    code = int(digits, 16)
    return chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else ""


class Words:
    """The words and brackets of a line, as its signs come."""

    def __init__(self) -> None:
        self._words: list[Word] = []
        self._brackets: list[Bracket] = []
        self._word: Word | None = None

    def add(self, text: str, *, is_literal: bool = False, is_meant: bool = False) -> None:
        """Write on at the present word, or begin one.

        Control characters are left out, and signs that nobody sees unless they are meant.
        """
        kept = text
        if not text.isprintable():
            # A joiner stays: it is part of letters and signs (emoji, Persian).
            left_out = "" if is_meant else UNSEEN
            kept = "".join(
                c for c in text if unicodedata.category(c) not in {"Cc", "Cs"} and c not in left_out
            )
        if not kept:
            return
        if self._word is None:
            self._word = Word()
            self._word.is_literal = is_literal
            self._words.append(self._word)
        self._word.text += kept

    def end(self) -> None:
        """End the present word."""
        self._word = None

    def bracket(self, text: str) -> None:
        """Set brackets on the present word, or on the next."""
        self._brackets.append(Bracket(len(self._words) - (self._word is not None), text))

    def sung(self) -> tuple[list[str], list[Bracket]]:
        """The words that are sung, and the brackets on them."""
        words, places = _joined(*_without_unsung(self._words))
        return words, [Bracket(places[b.word], b.text) for b in self._brackets]


Places = list[int]


def _without_unsung(words: list[Word]) -> tuple[list[Word], Places]:
    """Leave out what is not sung; where each word (and the end of the line) went."""
    stays = [word.is_literal or not _is_stroke(word.text) for word in words]
    line = " ".join(word.text for word, stay in zip(words, stays, strict=True) if stay)
    if not any(word.is_literal for word in words):
        sung = [] if is_remark(line) else without_marks(line).split()
        stays = _kept(words, stays, sung)
    kept = [word for word, stay in zip(words, stays, strict=True) if stay]
    return kept, _places(stays)


def _places(stays: list[bool]) -> Places:
    places: Places = []
    count = 0
    for stay in stays:
        places.append(count)
        count += stay
    return [*places, count]


def _is_stroke(text: str) -> bool:
    if _STROKES.fullmatch(text):
        return text not in {"+", "...", "…", "....", ":"}
    return not text.isalpha() and not _DASHES.fullmatch(text) and _is_bar(text)


def _is_bar(text: str) -> bool:
    """Whether a piece is bars with a number or count: ``|1.``, ``||:x2``."""
    return "|" in text and not any(c.isalpha() and c not in "xX" for c in text) and len(text) < 12


def _kept(words: list[Word], stays: list[bool], sung: list[str]) -> list[bool]:
    """Which of the words are among those sung, taken in order; all if they do not fit."""
    left = iter([*sung, ""])
    wanted = next(left)
    found: list[bool] = []
    for word, stay in zip(words, stays, strict=True):
        is_wanted = stay and word.text == wanted
        found.append(is_wanted)
        if is_wanted:
            wanted = next(left)
    return found if not wanted else stays


def _joined(words: list[Word], places: Places) -> tuple[list[str], Places]:
    """Join syllables at lone hyphens and set lone punctuation beside its word."""
    joints = _joints(words)
    texts: list[str] = []
    went: Places = []  # where each of the words went
    glue = ""  # what is set before the next word
    joins = False
    for index, word in enumerate(words):
        text, follows = word.text, bool(texts) and not glue
        if index in joints:
            went.append(len(texts) - 1)
            joins = True
        elif joins:
            texts[-1] += f"-{text}"
            went.append(len(texts) - 1)
            joins = False
        elif not word.is_literal and _DASHES.fullmatch(text):
            went.append(len(texts))
            if follows and index + 1 < len(words):
                texts[-1] += "–" if _HYPHENS.fullmatch(text) else text
        elif not word.is_literal and _BEHIND.fullmatch(text):
            went.append(len(texts))
            if follows:
                texts[-1] += text
        elif not word.is_literal and _BEFORE.fullmatch(text) and index + 1 < len(words):
            went.append(len(texts))
            glue += text
        else:
            went.append(len(texts))
            texts.append(glue + text)
            glue = ""
    if glue:
        texts.append(glue)
    went.append(len(texts))
    return texts, [min(went[place], len(texts)) for place in places]


def _joints(words: list[Word]) -> set[int]:
    """The lone hyphens that stand between syllables of one word."""
    joints: set[int] = set()
    start = 0
    while start < len(words):
        pieces, gaps, end = [start], list[range](), start
        while _is_sung(words[end].text) and (gap := _hyphens_behind(words, end)):
            gaps.append(gap)
            pieces.append(gap.stop)
            end = gap.stop
        if gaps:
            joints |= _syllables([words[i].text for i in pieces], gaps)
        start = end + 1
    return joints


def _hyphens_behind(words: list[Word], place: int) -> range:
    """The lone hyphens between a word and the next that is sung; empty if there are none."""
    end = place + 1
    while end < len(words) and not words[end].is_literal and _HYPHENS.fullmatch(words[end].text):
        end += 1
    is_between = end < len(words) and _is_sung(words[end].text)
    return range(place + 1, end if is_between else place + 1)


def _syllables(pieces: list[str], gaps: list[range]) -> set[int]:
    """Which hyphens of a chain part syllables: the longest words of the dictionary, from left."""
    letters = [_letters(piece) for piece in pieces]
    joints: set[int] = set()
    start = 0
    while start < len(letters) - 1:
        ends = range(min(len(letters), start + _MOST_SYLLABLES), start + 1, -1)
        end = next((end for end in ends if _is_word("".join(letters[start:end]))), start + 1)
        joints.update(*gaps[start : end - 1])
        start = end
    if joints or all(map(_is_word, letters)):
        return joints
    is_short = all(len(piece) <= _LONGEST_SYLLABLE for piece in letters)
    return set().union(*gaps) if is_short else set()


def _is_sung(text: str) -> bool:
    return any(map(str.isalnum, text))


def _letters(text: str) -> str:
    return text.strip("\"'“”‘’(),.;:!?…").lower().replace("’", "'")


def _is_word(text: str) -> bool:
    return bool(pronounced_syllables(text))
