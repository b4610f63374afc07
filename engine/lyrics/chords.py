"""Lines of chords and of guitar tablature, told from lines of words. Pure.

Conventions
-----------
- A line is one of chords if each of its tokens is a chord symbol (German ones too) or stands
  between chords: bars, dots, ``%``, ``N.C.``, ``(x2)``.
- Latin names (``Lam``, ``Sol7``) are chords too; names alone ("Re", "La") need a page that has
  others, or wide gaps.
- Some symbols are words and some words can be spelled of chords ("A", "Am", "B A D"). Their line is
  one of chords where its layout says so (wide gaps, bars), or another line of the page does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from engine.lyrics.lines import section_heading, words_of

LONGEST = 200  # characters; a longer line is never one of chords or tablature

_NOTE = r"(?:[A-H](?:#|b|♯|♭|is(?![a-z])|es(?![a-z])|ism|esm)?|[AE]s(?![a-z]))"
_PIECE = (
    r"(?:(?:maj|Maj|MAJ|min|dim|aug|sus|Sus|SUS|add|Add|ADD|no|omit|[mM+°øΔ#b♯♭/,-])?"
    r"(?:1[13]|[245679])"
    r"|sus|alt|dim|aug)"
)
_THIRD = (
    r"(?:maj|Maj|ma|min|Min|mi|m|M(?=\d)|-|dim|aug|°|º|o(?=7)|ø|Δ|∆|△|\^"
    r"|MAJ|MIN|DIM|AUG|\+)"
)
_CHORD = re.compile(
    rf"{_NOTE}{_THIRD}?(?:{_PIECE}|\({_PIECE}{{1,4}}\)){{0,5}}[+*°]?"
    r"(?:/(?:[A-Ha-h](?:#|b|♯|♭|is|es)?|[AE]s))?"
)
_SMALL_CHORD = re.compile(r"[a-h](?:is|es|#|b)?(?:m|mi|min|sus|dim)?[2-9]?")  # German minor: "a"
_BETWEEN = re.compile(
    r"[|:%./\\~*>→()\[\],+–—-]+|[(\[]?(?:[xX×]\d{1,2}|\d{1,2}[xX×])[)\]]?|[xX\d]{6}|\d/\d|"
    r"\(?(?:repeat|times|twice|etc)\)?[.,]?",
    re.IGNORECASE,
)
_NO_CHORD = re.compile(r"\(?(?:N\.?\s?C\.?|no chord|tacet)\)?", re.IGNORECASE)
_LATIN_NOTE = r"(?:D[oO]|R[eEéÉ]|M[iI]|F[aA]|S[oO][lL]|L[aAáÁ]|S[iI])"
_LATIN_QUALITY = (
    rf"(?:(?:#|b|♯|♭)?(?:maj|min|M|m(?![a-z])|-|\+|dim|aug|°|º|ø|Δ)?{_PIECE}?(?:\({_PIECE}{{1,4}}\))?"
    rf"(?:/{_LATIN_NOTE}(?:#|b|♯|♭)?)?)"
)
_LATIN_CHORD = re.compile(_LATIN_NOTE + _LATIN_QUALITY)
_REMARK = re.compile(
    r"\briff \d\b|\(riff \d\)|[xX×] \d{1,2}\s*$|\d{1,2} [xX×]\s*$|"
    r"\((?:let (?:it )?ring|hold|riff|stop|strum(?:med)?|pause|muted?|fade(?: out)?|slow(?:ly)?|"
    r"fast|intro|solo|once|ritard?|twice|half|instrumental)\)",
    re.IGNORECASE,
)
_JOINED = re.compile(r"(?<=[A-Ha-z\d#♯♭])(?:->|[-–—>→])(?=[A-H])")
_AROUND = "|(),.:;*~!'\"…↑↓^"
_WIDE_GAP = re.compile(r"\S(?: {2,}|\s*\t\s*)\S")
_ALSO_WORDS = {"A", "Am", "Em", "Hm", "Ami", "Emi"}
_RATHER_WORDS = {"As", "Es", "Ais", "Dis", "Eis", "Bis", "His", "Des", "Ges", "Ces", "Hes"}


_SPELLED = words_of(
    "ad add added age aged bad badge bag baggage bead beef bed bee beg cab cabbage cafe cage "
    "dab dad dead deaf decade deed ebb edge egg fab face faced fad fade faded fed fee feed gab "
    "gag ache beach cache each had hag head hedge heed"
)
_MAYBE_A_NAME = re.compile(r"[A-H][2456]")  # "C4"
_ALPHABET = "ABCDEFGH"

_STRINGS = re.compile(
    r"(?:[A-Ha-h][#b]?\s*(?=[|:–—-]))?(?:[-–—\d|xX/\\~()^*=<>.:\s]|(?<=\d)[hpbrts])*"
)
_DASHES = re.compile(r"[-–—]")
_BARE_STRING = re.compile(r"[-–—\d]+")  # "---3---5---"

_MAY_HOLD_A_REMARK = re.compile(r"\(|riff|\d\s*$|[xX×]\s*$")
_FINGERING = r"[(\[]?(?=[xX\d -]*\d)(?:[xX\d]{6}|(?:[xX\d]{1,2}[ -]){5}[xX\d]{1,2})[)\]]?"
_FINGERED = re.compile(rf"(?:{_CHORD.pattern}\s*[:=]?\s+{_FINGERING}\s*)+")

SURE, PERHAPS, NO = "sure", "perhaps", "no"


@lru_cache(4096)
def _token_kind(token: str) -> str:
    """One of strong, plain (one capital letter), word, small, between, none, unknown."""
    if _NO_CHORD.fullmatch(token):
        return "none"
    if _BETWEEN.fullmatch(token):
        return "between"
    symbol = token if _CHORD.fullmatch(token) else token.strip(_AROUND)
    if symbol in _ALSO_WORDS or symbol in _RATHER_WORDS:
        return "word"
    if _CHORD.fullmatch(symbol):
        return "strong" if len(symbol) > 1 else "plain"
    if _LATIN_CHORD.fullmatch(symbol):
        return "note" if symbol.isalpha() and len(symbol) <= 3 and symbol[-1] != "m" else "latin"
    return "small" if _SMALL_CHORD.fullmatch(symbol) else "unknown"


def chord_line(line: str) -> str:
    """Tell whether a line is one of chords: `SURE`, `PERHAPS` (the page must tell) or `NO`."""
    if len(line) > LONGEST or not line.strip():
        return NO
    if _NO_CHORD.fullmatch(line.strip()):
        return SURE
    kind = _kind(line)
    return _kind(without_remarks(line)) if kind == NO and _MAY_HOLD_A_REMARK.search(line) else kind


def are_chord_lines(lines: Sequence[str]) -> list[bool]:
    """Which lines of a page are lines of chords; what could be words needs a page of chords."""
    kinds = _with_latin(lines)
    if SURE not in kinds and PERHAPS not in kinds:
        return [False] * len(lines)
    below = [*lines[1:], ""]
    lone = {
        line.strip()
        for line, kind, words in zip(lines, kinds, below, strict=True)
        if kind == PERHAPS and not _stands_for_a_word(line) and _has_words(words)
    }
    of_chords = SURE in kinds or len(lone) > 1
    return [
        kind == SURE or (kind == PERHAPS and of_chords and _is_above(line, words))
        for line, kind, words in zip(lines, kinds, below, strict=True)
    ]


def _is_above(line: str, below: str) -> bool:
    return not _stands_for_a_word(line) or bool(below.strip() and not section_heading(below))


def _has_words(line: str) -> bool:
    return bool(line.strip()) and chord_line(line) == NO


def _with_latin(lines: Sequence[str]) -> list[str]:
    """What `chord_line` says of each line, where the page tells Latin names as well."""
    kinds = [chord_line(line) for line in lines]
    if not any(k == SURE and _is_latin(line) for k, line in zip(kinds, lines, strict=True)):
        return kinds
    for index, line in enumerate(lines):
        if kinds[index] == NO and line.strip() and _is_latin(line):
            several = {token.strip(_AROUND) for token in line.split()}
            below = lines[index + 1] if index + 1 < len(lines) else ""
            if len(several) > 1 or (len(line.split()) == 1 and below.strip()):
                kinds[index] = SURE
    return kinds


def _is_latin(line: str) -> bool:
    """Whether a line holds only chords named in Latin, and what stands between chords."""
    if len(line) > LONGEST:
        return False
    kinds = {_token_kind(token) for token in without_remarks(line).replace("|", " | ").split()}
    return bool(kinds & {"latin", "note"}) and kinds <= {"latin", "note", "between", "none"}


def without_remarks(line: str) -> str:
    """A line of chords with blanks for its remarks: ``(hold)``, ``riff 1``, ``x 2`` at the end."""
    return _REMARK.sub(lambda match: " " * len(match[0]), line)


def _kind(line: str) -> str:
    text = line.replace("|", " | ")
    joined = _JOINED.sub(" ", text)
    kinds: set[str] = set()
    symbols: list[str] = []
    for token in joined.split():
        kind = _token_kind(token)
        if kind == "unknown":
            return NO
        if kind not in {"between", "none"}:
            symbols.append(token.strip(_AROUND))
        kinds.add(kind)
    if not symbols:
        return SURE if "none" in kinds else NO
    if kinds & {"latin", "note"}:
        return _judged_latin(line, kinds, symbols)
    return SURE if "|" in line or "none" in kinds else _judged(line, kinds, symbols, joined != text)


def _judged_latin(line: str, kinds: set[str], symbols: list[str]) -> str:
    has_gaps = bool(_WIDE_GAP.search(line)) and len(set(symbols)) > 1
    is_sure = "latin" in kinds or "|" in line or has_gaps
    return SURE if is_sure and kinds <= {"latin", "note", "between", "none"} else NO


def _judged(line: str, kinds: set[str], symbols: list[str], is_joined: bool) -> str:
    if "small" in kinds:  # "a" and "am" are words of most lyrics
        has_capital = bool(kinds & {"plain", "strong"})
        return NO if not _WIDE_GAP.search(line) else SURE if has_capital else PERHAPS
    if len(symbols) == 1:
        return _judged_alone(symbols[0])
    has_gaps = bool(_WIDE_GAP.search(line)) and set(symbols) != {"A"}
    is_sure = "strong" in kinds or has_gaps
    return SURE if is_sure else _judged_letters(symbols, is_joined=is_joined)


def _judged_alone(symbol: str) -> str:
    if symbol in _RATHER_WORDS:
        return NO
    is_sure = _token_kind(symbol) == "strong" and not _MAYBE_A_NAME.fullmatch(symbol)
    return SURE if is_sure else PERHAPS


def _judged_letters(symbols: list[str], *, is_joined: bool) -> str:
    different = set(symbols)
    if len(different) > 1 and different & _ALSO_WORDS - {"A"}:
        return SURE
    return PERHAPS if is_joined or len(different) == 1 or _is_spelled(symbols) else SURE


def _is_spelled(symbols: list[str]) -> bool:
    """Whether single letters make a word or go up the alphabet, as they do in "A B C"."""
    letters = "".join(symbols)
    rises = all(a < b for a, b in pairwise(letters)) and letters[:2] == "AB"
    return letters.lower() in _SPELLED or rises or letters in _ALPHABET


def is_between(token: str) -> bool:
    """Whether a token stands between chords: a bar, a stroke, ``%``, ``(x2)``."""
    return bool(_BETWEEN.fullmatch(token))


def is_plain_word_chord(symbol: str) -> bool:
    """Whether a chord symbol is an English word too: "A", "Am"."""
    return symbol in _ALSO_WORDS


def _stands_for_a_word(line: str) -> bool:
    """Whether a line that is `PERHAPS` one of chords holds only what is a word too, such as "A"."""
    return all(_token_kind(token) in {"word", "between"} for token in line.split())


def is_tablature(line: str) -> bool:
    """Whether a line is for the fingers: a string of tablature ``e|--3--0--|``, ``Em 022000``."""
    text = line.strip()
    if len(text) > LONGEST:
        return False
    if _FINGERED.fullmatch(text):
        return True
    if not _STRINGS.fullmatch(text):
        return False
    dashes = len(_DASHES.findall(text))
    if "|" in text or text[:1].isalpha():
        return dashes >= 3
    return dashes >= 6 and bool(_BARE_STRING.fullmatch(text)) and any(map(str.isdigit, text))
