"""The text of chord symbols: what stands between root and bass, to and from Harte's notation.

`quality_of_suffix` reads what musicians type (``m7b5``, ``Δ7``, ``7(b9,#11)``, ``6/9``, ``9sus4``);
`suffix` writes one pretty ASCII form. `suffix` checks its own pretty form by reading it back and
else falls back on a literal one (``7(no5,addb13)``), so writing and reading always agree.

Conventions (those of the training corpus): C7sus4 = ``sus4(b7)``, Cadd9 = C2 = ``maj(9)``,
C6/9 = ``maj6(9)``, C7b9 = ``7(b9)``, C7#5 = ``aug(b7)``, C7b5 = ``7(*5,b5)``, Cm7b5 = ``hdim7``,
C7alt = ``7(b9,b13)``, C13b9 = ``7(b9,11,13)``, C13#11 = ``9(#11,13)``: an altered tension replaces
the natural one that the number implies; ``add`` keeps both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from engine.errors import InputError, quoted
from engine.music.chord_degrees import QUALITY_DEGREES
from engine.music.pitch import ascii_accidentals

_SYNONYMS = str.maketrans(
    {"△": "Δ", "∆": "Δ", "^": "Δ", "º": "°", "˚": "°", "Ø": "ø", "−": "-", "–": "-", "‑": "-"}
)
_DEGREE = r"(?:b{1,2}|#{1,2})?(?:1[0-3]|[1-9])"
_MAJOR = r"(?:[Mm]ajor|[Mm]aj|MAJ|MA|[Mm]a(?!dd|ug)|M(?![Ii])|j|Δ|-?[Dd]ur)"
_MINOR = r"[Mm]inor|-?[Mm]oll|[Mm]in|MIN|[Mm]i|MI|m|-(?!5)"
_HEAD = re.compile(
    rf"(?:(?P<maj>{_MAJOR})|(?P<min>{_MINOR})|"
    r"(?P<dim>[Dd]im(?:inished|\.)?|DIM|°|o(?!mit)|0)"
    r"|(?P<hdim>-?half-?dim(?:inished)?|hdim|ø|h)|dom(?:inant)?(?=7|9|1[13])"
    r"|(?P<aug>[Aa]ug(?:mented|\.)?|AUG|\+))?"
    rf"(?P<major_seventh>\(?(?:{_MAJOR}(?=\(?(?:7|9|11|13))|(?:Δ|M|[Mm]aj)(?=\)|\Z)))?"
    r"(?P<within>\()?(?P<number>6/9|69|13|11|9|7|6|5(?![+-](?!\d))|4|2|1)?"
    r"(?P<major_after>(?:M|maj)7?)?\)?"
)
_MODIFIER = re.compile(
    r"(?P<separator>[(,/]*)(?:"
    r"(?P<sus>(?i:sus2sus4|sus4sus2|sus24|sus42|sus4|sus2|sus(?:pended)?))"
    r"(?P<sus_number>7|9|13)?"
    r"|(?P<alt>alt(?:ered)?)"
    rf"|(?:[Aa]dd|ADD)(?P<add>{_DEGREE})"
    rf"|(?:no|omit)(?P<omit>{_DEGREE})(?:rd|th)?"
    rf"|(?P<major_seventh>(?:{_MAJOR}|[#+])7)"
    r"|(?P<postfix>(?:13|11|10|9|6|5)[+-](?!\d))"
    r"|(?P<fifth>[b#+-]5|aug|\+(?!\d))"
    r"|(?P<altered>[b#+-](?:13|11|10|9|6)|#4)"
    r"|(?P<plain>13|11|9|7|6|4|2)"
    r")\)*"
)
_TENSIONS = {"9": ("9",), "11": ("9", "11"), "13": ("9", "11", "13"), "6/9": ("9",), "69": ("9",)}
_SHORTHANDS = {
    ("maj", "6"): "maj6",
    ("maj", "b7"): "7",
    ("maj", "7"): "maj7",
    ("min", "6"): "min6",
    ("min", "b7"): "min7",
    ("min", "7"): "minmaj7",
    ("dim", "bb7"): "dim7",
    ("dim", "b7"): "hdim7",
}
_STACKED = {
    ("7", "9"): "9",
    ("maj7", "9"): "maj9",
    ("min7", "9"): "min9",
    ("9", "11"): "11",
    ("min9", "11"): "min11",
    ("11", "13"): "13",
    ("min11", "13"): "min13",
}

_LITERAL = {
    "maj": "",
    "min": "m",
    "maj6": "6",
    "min6": "m6",
    "min7": "m7",
    "minmaj7": "m(maj7)",
    "hdim7": "m7b5",
    "min9": "m9",
    "min11": "m11",
    "min13": "m13",
}
# quality: (degrees taken up, text, modifiers that belong to the text), the first that fits is used
_PRETTY: dict[str, tuple[tuple[tuple[str, ...], str, tuple[str, ...]], ...]] = {
    "sus4": (
        (("b7", "9", "11", "13"), "13sus4", ()),
        (("b7", "9"), "9sus4", ()),
        (("b7",), "7sus4", ()),
        (("7", "9"), "maj9sus4", ()),
        (("7",), "maj7sus4", ()),
        (("6",), "6sus4", ()),
    ),
    "sus2": ((("b7",), "7sus2", ()), (("7",), "maj7sus2", ()), (("6",), "6sus2", ())),
    "aug": (
        (("b7", "9"), "9", ("#5",)),
        (("b7",), "7", ("#5",)),
        (("7", "9"), "maj9", ("#5",)),
        (("7",), "maj7", ("#5",)),
    ),
    "dim": ((("7",), "dim(maj7)", ()),),
    "hdim7": ((("9", "11"), "m11", ("b5",)), (("9",), "m9", ("b5",))),
    "minmaj7": ((("9",), "m(maj9)", ()),),
    "maj6": ((("9",), "6/9", ()),),
    "min6": ((("9",), "m6/9", ()),),
    "7": ((("b9", "11", "13"), "13", ("b9",)), (("#9", "11", "13"), "13", ("#9",))),
    "9": ((("#11", "13"), "13", ("#11",)),),
    "maj9": ((("11",), "maj11", ()), (("#11", "13"), "maj13", ("#11",))),
}
_PLAIN_TENSIONS = {"b9", "#9", "#11", "b13"}


@lru_cache(4096)
def quality_of_suffix(text: str) -> tuple[str, tuple[str, ...]]:
    """Read a typed suffix into Harte's shorthand and extra degrees.

    Parameters
    ----------
    text : str
        What stands between root and slash bass, without blanks: ``"m7b5"`` gives
        ``("hdim7", ())``.

    Raises
    ------
    InputError
        If the text is not a chord suffix.
    """
    written = ascii_accidentals(text).translate(_SYNONYMS)
    reading = _Reading()
    head_end = end = reading.take_head(_HEAD.match(written))
    while end < len(written):
        modifier = _MODIFIER.match(written, end)
        stacked = end == head_end and written[:end].endswith(("7", "9"))  # C711, C911
        if not modifier or (
            modifier["plain"]
            and not modifier["separator"]
            and not (stacked and modifier["plain"] == "11")
        ):
            raise InputError(
                f"{quoted(text)} is not a chord suffix; m7, maj7, sus4 or 7(b9) are accepted."
            )
        reading.take_modifier(modifier)
        end = modifier.end()
    return reading.harte()


@lru_cache(4096)
def suffix(quality: str, degrees: tuple[str, ...]) -> str:
    """Write the ASCII suffix of a Harte shorthand and extra degrees: ``"7b9"``, ``"m7b5"``."""
    pretty = _pretty(quality, degrees)
    read_quality, read_degrees = quality_of_suffix(pretty)
    if (read_quality, set(read_degrees)) == (quality, set(degrees)):
        return pretty
    return _joined(_LITERAL.get(quality, quality), [_literal(degree) for degree in degrees])


@dataclass
class _Reading:
    """What the symbol has said so far."""

    third: str = "maj"  # maj, min, dim, aug, sus2, sus4, 5 or 1
    seventh: str = ""
    fifth: str = ""
    tensions: set[str] = field(default_factory=set[str])  # implied by the number
    altered: set[str] = field(default_factory=set[str])  # replace implied tensions
    added: list[str] = field(default_factory=list[str])  # literal; omitted ones begin with *

    def take_head(self, head: re.Match[str] | None) -> int:
        """Take quality and number; where they end."""
        if head is None:  # pragma: no cover - every part of the pattern may be empty
            return 0
        kinds = ("maj", "min", "dim", "hdim", "aug")
        kind = next((kind for kind in kinds if head[kind]), "")
        number = head["number"] or ""
        self.third = {"": "maj", "hdim": "dim"}.get(kind, kind)
        self.tensions = set(_TENSIONS.get(number, ()))
        if head["within"] and number in {"9", "11", "13"} and not head["major_seventh"]:
            self.tensions = set()  # C(9) is C with a ninth
            self.added.append(number)
            self.seventh = "b7" if kind == "hdim" else "7" if head["maj"] == "Δ" else ""
        elif number in {"6", "6/9", "69"}:
            self.seventh = "6"
        elif number in {"7", "9", "11", "13"} or head["major_seventh"] or kind == "hdim":
            is_major = kind == "maj" or head["major_seventh"] or head["major_after"]
            self.seventh = "7" if is_major else "bb7" if kind == "dim" else "b7"
        elif number in {"5", "4", "1"} and (kind, number) != ("aug", "5") and kind:
            return head.start("number")  # Cm5 is no chord: let the number stand unread
        elif number == "5":
            self.third = self.third if kind else "5"
        elif number == "4":
            self.third = "sus4"
        elif number == "2":
            self.added.append("9")
        elif number == "1":
            self.third = "1"
        elif head["maj"] == "Δ":
            self.seventh = "7"
        return head.end()

    def take_modifier(self, modifier: re.Match[str]) -> None:
        if sus := modifier["sus"]:
            self.third = "sus2" if sus.lower() == "sus2" else "sus4"
            if len(sus) > 4 and sus[3:4].isdigit():
                self.added.append("9")
            if number := modifier["sus_number"]:
                self.take_seventh()
                self.tensions |= set(_TENSIONS.get(number, ()))
        elif modifier["major_seventh"]:
            self.seventh = "7"
        elif modifier["alt"]:
            self.seventh = self.seventh or "b7"
            self.altered |= {"b9", "b13"}
        elif modifier["add"]:
            self.added.append(modifier["add"])
        elif modifier["plain"] == "7":
            self.take_seventh()
        elif modifier["plain"] == "4" and self.third == "maj" and self.seventh in {"7", "b7"}:
            self.third = "sus4"  # C7(4), as C4
        elif modifier["plain"]:
            self.added.append({"2": "9", "4": "11"}.get(modifier["plain"], modifier["plain"]))
        elif modifier["omit"]:
            self.added.append("*" + modifier["omit"])
        elif fifth := modifier["fifth"] or _fifth(modifier["postfix"]):
            self.fifth = "b5" if fifth[0] in "b-" else "#5"
        else:
            altered = modifier["altered"] or _sign_first(modifier["postfix"])
            sign, degree = altered[0], altered[1:]
            degree = "11" if degree == "4" else degree
            self.altered.add({"+": "#", "-": "b"}.get(sign, sign) + degree)

    def take_seventh(self) -> None:
        """Take a 7 said after the rest: the minor seventh, as in ``sus7``, ``sus4(7)``, ``6/7``."""
        if self.seventh == "6":
            self.added.append("b7")
        else:
            self.seventh = self.seventh or "b7"

    def harte(self) -> tuple[str, tuple[str, ...]]:
        """Name it in Harte's terms."""
        degrees = [*self.added, *self.altered]
        third, fifth = self.third, self.fifth
        if fifth == "#5" and third == "maj":
            third = "aug"
        elif fifth == "b5" and third == "min" and self.seventh != "6":
            third = "dim"
        elif fifth and (third, fifth) not in {("dim", "b5"), ("aug", "#5")}:
            degrees += ["*5", fifth]
        quality = _SHORTHANDS.get((third, self.seventh), "") if self.seventh else third
        if not quality:
            quality = third
            degrees.append(self.seventh)
        tensions = self.tensions - {degree.lstrip("b#") for degree in self.altered}
        if quality == "maj7" and tensions == {"9", "11", "13"}:
            return "maj13", tuple(degrees)
        for tension in sorted(tensions, key=int):
            if (quality, tension) in _STACKED:
                quality = _STACKED[quality, tension]
            else:
                degrees.append(tension)
        return quality, tuple(d for d in degrees if d not in QUALITY_DEGREES[quality])


def _sign_first(postfix: str) -> str:
    """``5+`` as ``+5``."""
    return postfix[-1] + postfix[:-1]


def _fifth(postfix: str | None) -> str:
    return _sign_first(postfix) if postfix and postfix.startswith("5") else ""


def _pretty(quality: str, degrees: tuple[str, ...]) -> str:
    left = list(degrees)
    head, modifiers = _LITERAL.get(quality, quality), list[str]()
    for consumed, text, with_modifiers in _PRETTY.get(quality, ()):
        if set(consumed) <= set(left):
            head, modifiers = text, list(with_modifiers)
            left = [degree for degree in left if degree not in consumed]
            break
    for fifth in ("b5", "#5"):
        if {"*5", fifth} <= set(left):
            modifiers.append(fifth)
            left = [degree for degree in left if degree not in {"*5", fifth}]
    modifiers += [degree if degree in _PLAIN_TENSIONS else _literal(degree) for degree in left]
    return _joined(head, modifiers)


def _literal(degree: str) -> str:
    return f"no{degree[1:]}" if degree.startswith("*") else f"add{degree}"


def _joined(head: str, modifiers: list[str]) -> str:
    if not modifiers:
        return head
    only = modifiers[0]
    after_digit = head[-1:].isdigit() and only[0] in "b#"
    if len(modifiers) == 1 and (after_digit or (not head and only.startswith("add"))):
        return head + only
    return f"{head}({','.join(modifiers)})"
