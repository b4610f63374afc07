"""The text of chord symbols: what stands between root and bass, to and from Harte's notation.

`quality_of_suffix` reads what musicians type (``m7b5``, ``Δ7``, ``7(b9,#11)``, ``6/9``, ``9sus4``);
`suffix` writes one pretty ASCII form. `suffix` checks its own pretty form by reading it back and else
falls back on a literal one (``7(no5,addb13)``), so writing and reading always agree.

Conventions (those of the training corpus): C7sus4 = ``sus4(b7)``, Cadd9 = C2 = ``maj(9)``,
C6/9 = ``maj6(9)``, C7b9 = ``7(b9)``, C7#5 = ``aug(b7)``, C7b5 = ``7(*5,b5)``, Cm7b5 = ``hdim7``,
C7alt = ``7(b9,b13)``, C13b9 = ``7(b9,11,13)``, C13#11 = ``9(#11,13)``: an altered tension replaces
the natural one that the number implies; ``add`` keeps both.
"""

from __future__ import annotations

import re
from functools import cache

from engine.errors import InputError
from engine.pitch import ascii_accidentals

QUALITY_DEGREES: dict[str, tuple[str, ...]] = {
    "maj": ("1", "3", "5"),
    "min": ("1", "b3", "5"),
    "dim": ("1", "b3", "b5"),
    "aug": ("1", "3", "#5"),
    "sus2": ("1", "2", "5"),
    "sus4": ("1", "4", "5"),
    "maj6": ("1", "3", "5", "6"),
    "min6": ("1", "b3", "5", "6"),
    "7": ("1", "3", "5", "b7"),
    "maj7": ("1", "3", "5", "7"),
    "min7": ("1", "b3", "5", "b7"),
    "minmaj7": ("1", "b3", "5", "7"),
    "dim7": ("1", "b3", "b5", "bb7"),
    "hdim7": ("1", "b3", "b5", "b7"),
    "9": ("1", "3", "5", "b7", "9"),
    "maj9": ("1", "3", "5", "7", "9"),
    "min9": ("1", "b3", "5", "b7", "9"),
    "11": ("1", "3", "5", "b7", "9", "11"),
    "min11": ("1", "b3", "5", "b7", "9", "11"),
    "13": ("1", "3", "5", "b7", "9", "11", "13"),
    "maj13": ("1", "3", "5", "7", "9", "11", "13"),
    "min13": ("1", "b3", "5", "b7", "9", "11", "13"),
    "5": ("1", "5"),
    "1": ("1",),
}
"""The degrees of every Harte shorthand, root position upwards (Harte et al. 2005, table 1)."""

_DEGREE = r"(?:b{1,2}|#{1,2})?(?:1[0-3]|[1-9])"
_MAJOR = r"(?:[Mm]ajor|[Mm]aj|MAJ|MA|[Mm]a(?!dd|ug)|M(?![Ii])|j|Δ)"
_HEAD = re.compile(
    rf"(?P<third>{_MAJOR}|[Mm]inor|[Mm]in|MIN|[Mm]i|MI|m|-(?!5)|[Dd]im|°|o(?!mit)|hdim|ø|[Aa]ug|\+|)"
    rf"(?P<major_seventh>\(?{_MAJOR}(?=\(?(?:7|9|11|13|\)|\Z)))?"
    r"\(?(?P<number>6/9|69|13|11|9|7|6|5|4|2|1)?(?P<major_after>M|maj)?"
)
_MODIFIER = re.compile(
    r"(?P<separator>[\s(,/]*)(?:"
    r"(?P<sus>sus2sus4|sus4sus2|sus24|sus42|sus4|sus2|sus)"
    r"|(?P<alt>alt)"
    rf"|add(?P<add>{_DEGREE})"
    rf"|(?:no|omit)(?P<omit>{_DEGREE})"
    r"|(?P<altered>[b#+-](?:13|11|10|9|6|5))"
    r"|(?P<aug>aug|\+)"
    r"|(?P<plain>13|11|9|7|6|5|4|2)"
    r")[\s),]*"
)
_SYNONYMS = str.maketrans(
    {"△": "Δ", "∆": "Δ", "^": "Δ", "º": "°", "˚": "°", "Ø": "ø", "−": "-", "–": "-", "‑": "-"}
)
_SHORTHANDS = {
    ("maj", ""): "maj",
    ("maj", "6"): "maj6",
    ("maj", "b7"): "7",
    ("maj", "7"): "maj7",
    ("min", ""): "min",
    ("min", "6"): "min6",
    ("min", "b7"): "min7",
    ("min", "7"): "minmaj7",
    ("dim", "bb7"): "dim7",
    ("dim", "b7"): "hdim7",
}
_WITH_TENSIONS = {
    ("7", "9"): "9",
    ("maj7", "9"): "maj9",
    ("min7", "9"): "min9",
    ("9", "11"): "11",
    ("min9", "11"): "min11",
    ("11", "13"): "13",
    ("min11", "13"): "min13",
}
_STACKS = {"9": ("9",), "11": ("9", "11"), "13": ("9", "11", "13"), "6/9": ("9",), "69": ("9",)}

# Suffix of each shorthand, and of a shorthand with certain degrees: (text, altered fifth or tension).
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
    "minmaj7": ((("9",), "m(maj9)", ()),),
    "maj6": ((("9",), "6/9", ()),),
    "min6": ((("9",), "m6/9", ()),),
    "maj9": ((("11",), "maj11", ()), (("#11", "13"), "maj13", ("#11",))),
    "7": ((("b9", "11", "13"), "13", ("b9",)), (("#9", "11", "13"), "13", ("#9",))),
    "9": ((("#11", "13"), "13", ("#11",)),),
    "min7": (),
}


@cache
def quality_of_suffix(text: str) -> tuple[str, tuple[str, ...]]:
    """Harte shorthand and extra degrees of a typed suffix.

    Parameters
    ----------
    text : str
        What stands between root and slash bass: ``"m7b5"`` gives ``("hdim7", ())``.

    Raises
    ------
    InputError
        If the text is not a chord suffix.
    """
    head = _HEAD.match(ascii_accidentals(text).translate(_SYNONYMS))
    assert head is not None  # every part of the pattern may be empty
    third, seventh = _third(head["third"]), ""
    number = head["number"] or ""
    tensions = set(_STACKS.get(number, ()))
    added: list[str] = []
    fifth = ""
    if number in {"6", "6/9", "69"}:
        seventh = "6"
    elif number in {"7", "9", "11", "13"} or head["major_seventh"]:
        seventh = _seventh(head)
    elif number == "5":
        third = "5" if third == "maj" else third
    elif number == "4":
        third = "sus4"
    elif number == "2":
        added.append("9")
    elif number == "1":
        third = "1"
    if not number and (head["third"] == "Δ" or head["third"] == "ø"):
        seventh = _seventh(head)
    altered: set[str] = set()
    rest = head.string[head.end() :].lstrip(")")
    while rest:
        modifier = _MODIFIER.match(rest)
        if not modifier or (modifier["plain"] and not modifier["separator"]):
            raise InputError(f"'{text}' is not a chord suffix; m7, maj7, sus4, 7(b9) or dim are.")
        rest = rest[modifier.end() :]
        if sus := modifier["sus"]:
            third = "sus2" if sus == "sus2" else "sus4"
            if len(sus) > 4:
                added.append("9")
        elif modifier["alt"]:
            seventh = seventh or "b7"
            altered |= {"b9", "b13"}
        elif degree := modifier["add"] or modifier["plain"]:
            added.append({"2": "9", "4": "11"}.get(degree, degree) if "maj" == third else degree)
        elif modifier["omit"]:
            added.append("*" + modifier["omit"])
        elif modifier["aug"] or modifier["altered"][1:] == "5":
            fifth = "#5" if modifier["aug"] or modifier["altered"][0] in "#+" else "b5"
        else:
            sign, degree = modifier["altered"][0], modifier["altered"][1:]
            altered.add({"+": "#", "-": "b"}.get(sign, sign) + degree)
    return _harte(third, seventh, fifth, tensions, altered, added)


@cache
def suffix(quality: str, degrees: tuple[str, ...]) -> str:
    """The ASCII suffix musicians write: ``("7", ("b9",))`` gives ``"7b9"``."""
    pretty = _pretty(quality, degrees)
    read_quality, read_degrees = quality_of_suffix(pretty)
    if (read_quality, set(read_degrees)) == (quality, set(degrees)):
        return pretty
    return _joined(_LITERAL.get(quality, quality), [_literal(degree) for degree in degrees])


def _third(text: str) -> str:
    if text in {"", "Δ", "j", "M"} or (text.lower().startswith("ma")):
        return "maj"
    if text == "-" or text.lower().startswith("m"):
        return "min"
    return "aug" if text == "+" or text.lower() == "aug" else "dim"


def _seventh(head: re.Match[str]) -> str:
    third = head["third"]
    if head["major_seventh"] or head["major_after"] or (third and _third(third) == "maj"):
        return "7"
    return "bb7" if third.lower() in {"dim", "°", "o"} else "b7"


def _harte(
    third: str,
    seventh: str,
    fifth: str,
    tensions: set[str],
    altered: set[str],
    added: list[str],
) -> tuple[str, tuple[str, ...]]:
    degrees = [*added, *altered]
    if fifth == "#5" and third == "maj":
        third = "aug"
    elif fifth == "b5" and third == "min" and seventh != "6":
        third = "dim"
    elif fifth and f"{third}{fifth}" not in {"dimb5", "aug#5"}:
        degrees += ["*5", fifth]
    tensions = tensions - {degree.lstrip("b#") for degree in altered}
    quality = _SHORTHANDS.get((third, seventh))
    if quality is None:
        quality = third
        degrees += [seventh] if seventh else []
    for tension in sorted(tensions, key=int):
        if (quality, tension) in _WITH_TENSIONS:
            quality = _WITH_TENSIONS[quality, tension]
        elif quality == "maj9" and {"11", "13"} <= tensions:
            quality = "maj13"
        elif tension not in QUALITY_DEGREES[quality]:
            degrees.append(tension)
    return quality, tuple(dict.fromkeys(degrees))


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
    tensions = {"b9", "#9", "#11", "b13"}
    modifiers += [degree if degree in tensions else _literal(degree) for degree in left]
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
