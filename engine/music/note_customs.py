"""Chord symbols of other countries in English letters: German, Nordic, Dutch, Latin. Pure.

- German and Nordic: ``H`` is B natural, ``is`` and ``es`` (``iss``, ``ess``) are sharp and flat,
  ``Dur`` and ``Moll`` major and minor. Where a song has an H, its ``B`` is B flat and a small
  letter alone a minor chord; elsewhere B stays B, since most files are English.
- Latin: ``Do Re Mi Fa Sol La Si``. ``Do7`` could be Ddim7; in a song of Latin names it is C7.
- Small letters are roots where a quality follows (``em7``): "a", "go" and "be" are words. A song
  whose every chord is small was typed so: its ``g`` is G.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from engine.music.pitch import ascii_accidentals

CUSTOMS = ("english", "german", "latin", "small")

_SIGNS = r"(?:#|b|iss?|ess?|(?<=[aeAE])s{1,2}(?!us))?"
_SMALL_ROOT = re.compile(
    rf"[a-h]{_SIGNS}(?=(?:m(?![a-z])|mi|maj|sus|dim|aug|add|-?[Mm]oll|[5679]|1[13])"
    r"|/[A-Ha-h](?:#|b)?\Z)"
)
_GERMAN_NOTE = re.compile(
    r"(?:(?P<letter>[A-H])(?P<sign>iss?|ess?|ss?(?!us))?)"
    r"(?=[^a-z]|m|sus|dim|add|aug|dur|\Z)"
)
_H = re.compile(
    r"H(?:m(?![a-z])|mi|mol|-|[2-9]|1[13]|sus|dim|add|\(|/[A-H]|°|\+|\Z)|[A-G]\S{0,9}/H(?:is)?\Z"
)
_BARE = re.compile(r"(?P<root>[a-h](?:iss?|ess?|#|b|(?<=[ae])s)?)(?P<seventh>7?)\Z")
_LATIN_NOTES = {"do": "C", "re": "D", "mi": "E", "fa": "F", "sol": "G", "la": "A", "si": "B"}
_LATIN_NOTE = r"(?:[Dd]o|DO|[Rr]e|RE|[Mm]i|MI|[Ff]a|FA|[Ss]ol|SOL|[Ll]a|LA|[Ss]i|SI)"
_LATIN = re.compile(
    rf"(?P<root>{_LATIN_NOTE})(?P<sign>#|b|\s?diesis|\s?bemolle?)?"
    r"(?P<suffix>(?:m(?![a-z])|min|men|maj|may|mag|M|-|\+|dim|aug|sus|add|°|º|ø|Δ|no|alt|[245679(]"
    rf"|1[13]|\Z|(?=/)).*?)(?:/(?P<bass>{_LATIN_NOTE})(?P<bass_sign>#|b)?)?\Z"
)
_SAID_SIGN = re.compile(
    r"[\s-]*\b(?:(?P<sharp>sharp|diesis|diese|sostenido|sustenido)|flat|bemolle|bemol)\b",
    re.IGNORECASE,
)
_LATIN_TONIC = re.compile(
    r"(do|re|mi|fa|sol|la|si)(?=[^a-z]|b?m?\Z|b\s|(?:m\s)?(?:ma|me|mi))", re.IGNORECASE
)
_GERMAN_MODE = re.compile(r"(?:dur|moll)\Z", re.IGNORECASE)
_WITHOUT_ACCENTS = str.maketrans("éèáóÉÈÁÓ", "eeaoEEAO")
_ON = re.compile(r"(?<=[A-G\d#bm)])\(?on([A-G][#b]?)\)?\Z")  # Japanese: ConE


def plain_symbol(symbol: str) -> str:
    """A symbol with ASCII accidentals, without blanks, superscripts and wide letters."""
    text = "".join(symbol.split())
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text.replace("˚", "°").replace("º", "°"))
    return ascii_accidentals(text)


def english_readings(text: str, custom: str) -> Iterator[str]:
    """What a `plain_symbol` may be in English letters, the likeliest first.

    Parameters
    ----------
    text : str
    custom : str
        One of `CUSTOMS`: how the song it stands in names its chords.
    """
    latin = _from_latin(text)
    if custom == "latin" and latin:
        yield latin
    if custom == "german":
        text = re.sub(r"(?:(?<=\A)|(?<=/))B(?!b|es|#)", "Bb", text)
    if custom in {"german", "small"} and (bare := _BARE.match(text)):
        minor = "m" if custom == "german" else ""
        text = f"{bare['root'].capitalize()}{minor}{bare['seventh']}"
    elif _SMALL_ROOT.match(text):
        text = text[0].upper() + text[1:]
    yield text
    if "on" in text and (match := _ON.search(text)):
        yield f"{text[: match.start()]}/{match[1]}"
    yield _from_german(text)
    if latin:
        yield latin


def custom_of(symbols: Iterable[str]) -> str:
    """How a song names its chords, one of `CUSTOMS`, by all its symbols."""
    texts = {plain_symbol(symbol) for symbol in symbols}
    latin = sum(bool(_from_latin(text)) for text in texts)
    small = {text for text in texts if _BARE.match(text)}
    capital = sum(text[:1] in "ABCDEFGH" for text in texts if text and not _from_latin(text))
    if latin > capital + len(small):
        return "latin"
    if any(_H.match(text) for text in texts) or (len(small) > 1 and capital):
        return "german"
    return "small" if len(small) > 1 else "english"


def key_in_english(text: str) -> str:
    """The name of a key with its tonic in English letters: ``h-Moll`` is ``B-Moll``."""
    text = ascii_accidentals(text.strip()).translate(_WITHOUT_ACCENTS)
    text = _SAID_SIGN.sub(lambda match: "#" if match["sharp"] else "b", text)
    if match := _LATIN_TONIC.match(text):
        return _LATIN_NOTES[match[1].lower()] + text[match.end() :]
    german = _GERMAN_NOTE.sub(_english_note, text[:1].upper() + text[1:], count=1)
    is_b_flat = text[:1] in {"b", "B"} and text[1:2] not in {"b", "#"}
    return f"Bb{text[1:]}" if is_b_flat and _GERMAN_MODE.search(text) else german


def _from_german(text: str) -> str:
    """``Fism/Cis`` as ``F#m/C#``, ``H7`` as ``B7``, ``Es`` as ``Eb``."""
    notes = [_GERMAN_NOTE.sub(_english_note, part, count=1) for part in text.split("/", 1)]
    return "/".join(notes)


def _english_note(match: re.Match[str]) -> str:
    letter, sign = match["letter"], match["sign"]
    if sign in {"s", "ss"} and letter not in "AE":
        return match[0]
    flat = "#" if sign and sign.startswith("i") else "b" if sign else ""
    return ("B" if letter == "H" else letter) + flat


def _from_latin(text: str) -> str | None:
    """``Solm7/Sib`` as ``Gm7/Bb``; None for what names no Latin note."""
    match = _LATIN.match(text.translate(_WITHOUT_ACCENTS))
    if not match or match["root"][0].islower():
        return None
    root = _LATIN_NOTES[match["root"].lower()] + (match["sign"] or "")
    bass = match["bass"]
    if not bass:
        return root + match["suffix"]
    return f"{root}{match['suffix']}/{_LATIN_NOTES[bass.lower()]}{match['bass_sign'] or ''}"
