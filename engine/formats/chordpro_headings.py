"""Lines of a ChordPro file that announce a section, and what else they hold. Pure."""

from __future__ import annotations

import re

from engine.formats.chordpro_words import Words, line_tokens
from engine.lyrics.chords import PERHAPS, SURE, chord_line
from engine.lyrics.lines import section_heading, section_number, without_label

_HEADED = re.compile(r"\s*\[(?P<inside>[^\[\]]*)\]\s*:?\s*(?P<rest>.*)\Z", re.DOTALL)
# Headings of charts that no page of plain words would have.
_OTHER = re.compile(
    r"other(?:\s\d{1,2})?|\[other(?:\s\d{1,2})?\]|"
    r"\[?(?:vamp|turnaround|prelude|postlude|channel|rap|riff|link|intro riff)"
    r"(?:\s?\d{1,2})?(?:\s?:\s?\]?|\])"
)
# As musicians shorten them; letters alone are chords, or sung.
_SHORT = re.compile(
    r"\[?(?P<name>[vc](?=\s?\d)|ch|pc|pch|pre|br|brg|inst|int|out)\s?(?P<number>\d)?\s?(?::\]?|\])"
)
_SECTION_OF_SHORT = {
    "v": "verse",
    "c": "chorus",
    "ch": "chorus",
    "int": "intro",
    "out": "outro",
} | {
    **dict.fromkeys(("pc", "pch", "pre"), "pre-chorus"),
    **dict.fromkeys(("br", "brg"), "bridge"),
    "inst": "other",
}
_NUMBERED_CHORD = re.compile(r"\s*\[[vV]\d\](?!\s*:)")  # ``[V5]Get out``, a power chord on V
_NUMBERED_OTHER = re.compile(r"\[?other\s(\d{1,2})\]?")
_NEXT_WORD = re.compile(r"\S")
_BRACKETED_LABEL = re.compile(
    r"\s*[\[(](?P<label>[^\[\]()]*)[\])]\s*:?\s*(?P<rest>\S.*)\Z", re.DOTALL
)
_ANY_LABEL = re.compile(
    r"\s*\(?(?P<label>[A-Za-z][\w '-]{1,24}?)\)?\s*:\s*(?P<rest>\S.*)\Z", re.DOTALL
)


def section_of(text: str) -> str | None:
    """Name the section a heading announces, ``[Other]`` included; None for anything else."""
    written = text.strip().lower()
    if short := _short(written):
        return _SECTION_OF_SHORT[short["name"]]
    return "other" if _OTHER.fullmatch(written) else section_heading(text)


def _short(written: str) -> re.Match[str] | None:
    """A shortened heading, ``V2:``; ``[C1]`` and ``[V7]`` are none, but chords."""
    match = _SHORT.fullmatch(written)
    if match and written.startswith("[") and ":" not in written:
        is_chord = match["name"] == "c" or (match["name"] == "v" and match["number"] in {"7", "9"})
        return None if is_chord else match
    return match


def number_of(text: str) -> int | None:
    """The number a heading gives its section, 1 to 99; None without one.

    What follows the heading on its line is no part of it: ``Verse 2: [G]Rain``.
    """
    if match := _HEADED.match(text):
        text = f"[{match['inside']}]"
    elif not section_of(text) and (labelled := without_label(text)):
        text = labelled[0].strip(" :-–—")
    if short := _short(text.strip().lower()):
        return int(short["number"] or 0) or None
    if other := _NUMBERED_OTHER.fullmatch(text.strip().lower()):
        return int(other[1]) or None
    return section_number(text)


def heading_and_rest(text: str) -> tuple[str, str] | None:
    """The section that a line announces, and what follows on the line; None for any other."""
    if "{" in text:
        return None
    if match := _HEADED.match(text):
        inside = match["inside"]
        is_number = bool(match["rest"] and _NUMBERED_CHORD.match(text))
        if not is_number and (section := section_of(f"[{inside}]")):
            played = played_after_label(inside)
            return section, " ".join(filter(None, [played and played[1], match["rest"]]))
    if section := section_of(text):
        return section, ""
    if labelled := without_label(text):
        label, rest = labelled
        section = section_of(label.strip(" :-–—"))
        if section and (":" in label or _is_only_chords(rest)):
            return section, rest
    if "[" in text and (match := _ANY_LABEL.match(text)) and _is_only_chords(match["rest"]):
        return section_of(match["label"]) or "other", match["rest"]
    return None


def _is_only_chords(text: str) -> bool:
    """Whether brackets of chords, and strokes between them, are all that a text holds."""
    words = Words()
    for token in line_tokens(text):
        if token["chord"] is not None:
            words.bracket(token["chord"])
        elif token["blank"]:
            words.end()
        else:
            words.add(token[0])
    sung, brackets = words.sung()
    return not sung and bool(brackets)


def played_after_label(text: str) -> tuple[str, str] | None:
    """Part "Intro: G D Em" into label and chords in brackets; None where words are sung."""
    match = _ANY_LABEL.match(text)
    headed = _BRACKETED_LABEL.match(text)
    if headed and section_of(f"[{headed['label']}]"):
        match = headed
    labelled = without_label(text)
    label, rest = (match["label"], match["rest"]) if match else ("", text)
    if not match and labelled:
        label, rest = labelled[0].strip(" :-–—"), labelled[1]
    bare = rest.replace("[", " ").replace("]", " ")
    kind = chord_line(bare)
    is_played = kind == SURE or (kind == PERHAPS and section_of(label.strip()) is not None)
    return (label, bracketed(bare)) if is_played else None


def bracketed(line: str) -> str:
    """A line of chords as ChordPro."""
    return " ".join(f"[{piece}]" for piece in line.split())


def with_chords_above(text: str, above: str) -> str:
    """Put the chords of the line above into the words, each at the word it stands on or before."""
    pieces: list[str] = []
    end = 0
    for chord in re.finditer(r"\S+", above):
        column = max(chord.start(), end)
        word = _NEXT_WORD.search(text, column) if column < len(text) else None
        place = word.start() if word else len(text)
        pieces.append(f"{text[end:place]}{'' if word else ' '}[{chord[0]}]")
        end = place
    return "".join([*pieces, text[end:]])
