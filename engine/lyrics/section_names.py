"""What songbooks of other languages call the parts of a song. Pure.

Most of these names are words too ("Pont", "Stick"), so they are headings in brackets, before a
colon or with a number; those that no line of a song consists of are headings alone as well.
"""

from __future__ import annotations

import re

_NAMES = {
    "verse": "strophe vers verso estrofa strofa strofe couplet kuplet куплет zwrotka sloka "
    "versszak säkeistö verš",
    "chorus": "refrain kehrvers kehrreim estribillo coro refrão refrao ritornello припев refren "
    "refrén refräng refreng omkved omkvæd refrein kertosäe nakarat",
    "pre-chorus": "pré-refrain pre-refrain precoro pre-coro pré-coro pre-estribillo preestribillo "
    "pré-refrão pre-refrão pre-refrein vorrefrain bridge-refrain",
    "bridge": "brücke bruecke pont puente ponte мост бридж stick brygga bro brug middle_8 "
    "middle_eight c-teil c-del",
    "intro": "introduction introducción introduccion introdução introducao introduzione "
    "вступление einleitung vorspiel forspill förspel inledning",
    "outro": "schluss nachspiel cierre avslutning окончание",
    "other": "zwischenspiel mellomspill mellanspel mellemspil проигрыш interludio interlúdio",
}
_SECTION_OF = {name.replace("_", " "): s for s, names in _NAMES.items() for name in names.split()}
_ENGLISH = {"verse": "verse", "chorus": "chorus", "bridge": "bridge"}
_ALONE = (
    "estribillo|refrão|refrao|ritornello|припев|refräng|refreng|omkved|omkvæd|zwischenspiel|"
    "pré-refrain|kehrvers|nachspiel|vorspiel|kertosäe"
)
_NAME = "|".join(sorted(map(re.escape, _SECTION_OF), key=len, reverse=True))
_NUMBER = r"\s{0,3}(?:n[°º]\s?)?(?P<%s>\d{1,2})\.?"
_COUNT = r"(?:\s{0,2}\(?(?:[x×]\s?\d{1,2}|\d{1,2}\s?[x×]|bis)\)?)?"
_ORDINAL = r"(?P<%s>\d{1,2})\s?(?:\.|ª|º|°|er|re|[eè]me|e|st|nd|rd|th)?\s?"
_HEADING = re.compile(
    r"^[\s#*_=~–—-]*(?:"
    rf"[\[({{]\s*(?P<bracketed>{_NAME})(?:{_NUMBER % 'within'})?{_COUNT}\s*"
    r"(?:[:,–—-][^\[\](){}]*)?[\])}]\s*:?"
    rf"|(?:(?P<labelled>{_NAME})(?:{_NUMBER % 'behind'})?{_COUNT}\s?:)"
    rf"|(?:(?P<numbered>{_NAME}){_NUMBER % 'number'}{_COUNT})"
    rf"|[\[(]?{_ORDINAL % 'first'}(?P<ordinal>{_NAME}|verse|chorus|bridge)\s?:?[\])]?"
    rf"|(?P<alone>{_ALONE}){_COUNT}"
    r")[\s*_=~–—-]*$",
    re.IGNORECASE,
)


def foreign_heading(line: str) -> tuple[str | None, int | None]:
    """The section and the number that ``"[Estrofa 2]"`` announces; (None, None) for a sung line."""
    match = _HEADING.match(line)
    if not match:
        return None, None
    kinds = ("bracketed", "labelled", "numbered", "ordinal", "alone")
    name = next(match[kind] for kind in kinds if match[kind]).lower()
    numbers = (match[kind] for kind in ("within", "behind", "number", "first"))
    number = next((int(digits) for digits in numbers if digits), 0)
    return (_SECTION_OF | _ENGLISH)[name], number or None
