"""What single lines of a pasted lyric say that nobody sings: headings, remarks, marks. Pure.

Conventions
-----------
- A remark counts as one only where all its words are a stage's ("guitar solo", "fade out"); an
  aside that could be sung ("fade away") stays.
- Patterns look at short lines alone, so that no line costs more than linear time.
"""

from __future__ import annotations

import re
from functools import lru_cache

from engine.lyrics.section_names import foreign_heading

_LONGEST_HEADING = 400  # characters, blanks included

_SECTION_OF_WORD = {
    "verse": "verse",
    "chorus": "chorus",
    "refrain": "chorus",
    "hook": "chorus",
    "bridge": "bridge",
    "intro": "intro",
    "outro": "outro",
    "coda": "outro",
    "ending": "outro",
    "pre-chorus": "pre-chorus",
    "prechorus": "pre-chorus",
    "pre chorus": "pre-chorus",
    "post chorus": "other",
    "post-chorus": "other",
    "interlude": "other",
    "instrumental": "other",
    "solo": "other",
    "breakdown": "other",
    "tag": "other",
}
_HEADING_WORD = "|".join(sorted(map(re.escape, _SECTION_OF_WORD), key=len, reverse=True))
_COUNT = r"(?:[x×]\s?\d{1,2}|\d{1,2}\s?[x×])"
_HEADING = re.compile(
    rf"^[\s#*_=~–—\"'-]*(?:"
    rf"[\[({{]\s*(?:repeat\s{{1,3}})?(?P<bracketed>{_HEADING_WORD})\b[^\])}}]*[\])}}]\s*:?"
    rf"|(?:repeat\s{{1,3}})?(?P<bare>{_HEADING_WORD})"
    r"(?P<number>\s{0,3}\d{1,2}|\s{1,3}(?:[ivx]+|one|two|three|four))?"
    rf"(?:\s{{1,3}}\(?{_COUNT}\)?)?\s*:?"
    rf")[\s*_=~–—\"'-]*$",
    re.IGNORECASE,
)
_SUNG_ASIDE = re.compile(r"\s*\(\s*[^\W\d]+(?:\s{1,3}[^\W\d]+){2}")  # "(Bridge the gap)"
_NUMBERS = {
    name: number
    for names in ("i ii iii iv v vi vii viii ix x", "one two three four")
    for number, name in enumerate(names.split(), 1)
}
_NUMBER_WITHIN = re.compile(
    r"\s{0,3}(\d{1,2}|(?<=\s)(?:[ivx]+|one|two|three|four))(?=\s*[\])}:,–—-])", re.IGNORECASE
)
_SECTION_DIRECTIVE = re.compile(
    r"^\s*\{\s*(?:start_of_(verse|chorus|bridge)|so([vcb]))\b"
    r"(?:\s*:?\s*(?:label\s*=\s*)?[\"']?(?P<label>[^{}\"']*))[\"']?[^{}]*\}\s*$",
    re.IGNORECASE,
)
_LABELLED = re.compile(
    r"\s*(?P<label>(?:verse|chorus|refrain|hook|bridge|intro|outro|coda|interlude|instrumental|solo|"
    r"pre[ -]?chorus|post[ -]?chorus)(?:\s{0,3}\d{1,2}|\s(?:[ivx]{1,4}|one|two|three|four))?)"
    r"(?:\s?:\s*|\s?[-–—]\s|\s+)(?=\S)",
    re.IGNORECASE,
)


def section_heading(raw: str) -> str | None:
    """Name the section a line announces (``"[Verse 2]"``, ``"Chorus:"``), None for a sung line."""
    return _heading(raw)[0] if len(raw) <= _LONGEST_HEADING else None


def section_number(raw: str) -> int | None:
    """The number a heading gives its section: 2 for ``"[Verse 2]"`` and ``"Verse two"``."""
    return _heading(raw)[1] if len(raw) <= _LONGEST_HEADING else None


@lru_cache(4096)
def _heading(raw: str) -> tuple[str | None, int | None]:
    raw = " ".join(raw.split())
    if match := _SECTION_DIRECTIVE.match(raw):
        if match["label"] and (told := _heading(match["label"]))[0]:
            return told
        name = (match[1] or match[2]).lower()
        return {"v": "verse", "c": "chorus", "b": "bridge"}.get(name, name), None
    if (match := _HEADING.match(raw)) and not _SUNG_ASIDE.match(raw):
        section = _SECTION_OF_WORD[(match["bracketed"] or match["bare"]).lower()]
        within = _NUMBER_WITHIN.match(raw, match.end("bracketed")) if match["bracketed"] else None
        return section, _number(within[1] if within else match["number"] or "")
    return foreign_heading(raw)


def _number(text: str) -> int | None:
    text = text.strip().lower()
    return (int(text) or None) if text.isdigit() else _NUMBERS.get(text)


def without_label(line: str) -> tuple[str, str] | None:
    """Part "Chorus: Rain falls" or "Intro C G" into heading and rest; None without a heading."""
    match = _LABELLED.match(line)
    return (match[0], line[match.end() :]) if match else None


_MARKED = re.compile(r"\s*(?:[-–—*~_#=]+\s*)?[(\[{*~_–—-].*[)\]}*~_–—-][\s:.!]*")
_GROUP = re.compile(r"[(\[{]([^()\[\]{}]*)[)\]}]")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_COUNTED = re.compile(rf"{_COUNT}|\d{{1,2}}", re.IGNORECASE)


def words_of(text: str) -> frozenset[str]:
    """The words that blanks part: how long lists of them are written here."""
    return frozenset(text.split())


_DOINGS = words_of(
    "solo solos instrumental instrumentals interlude interludes fade fades fading fadeout "
    "fade-out spoken whispered whispers laughs laughter chuckles giggles sighs coughs sobs "
    "applause cheers cheering humming hums whistling whistles whistle scatting scats adlib "
    "adlibs ad-lib ad-libs acapella tacet riff riffs clapping claps handclaps pause"
)
_INSTRUMENTS = words_of(
    "guitar guitars bass drum drums piano organ sax saxophone trumpet trombone horn horns "
    "clarinet violin fiddle harmonica harp flute keyboard keyboards keys synth banjo mandolin "
    "ukulele accordion cello strings brass percussion band orchestra vocal crowd audience hand "
    "music beat voice voices choir"
)
_PARTS = words_of("break breaks fill fills intro outro lick licks bridge section jam interlude")
_FILLING = words_of(
    "a an the with and by in to out over for at end long short slow fast quiet first second "
    "third two four eight bar bars word words more continues begins starts ends track until "
    "till background backing only double electric acoustic steel slide lead rhythm"
)
_STAGE = _DOINGS | _INSTRUMENTS | _PARTS | _FILLING
_PHRASES = {
    *("ad lib", "ad libs", "a cappella", "a capella", "key change", "music stops", "music fades"),
    *("spoken word", "music plays", "let ring", "no chords"),
}
_REPEATED = words_of(
    "chorus verse bridge hook refrain intro outro part section first second third last half of "
    "the and fade to till until out end twice three four five six eight time times ad lib inf "
    "infinitum all above line lines whole entire song once more pre-chorus prechorus st nd 1st "
    "2nd 3rd 4th repeat x"
)
_ALONE_BARE = re.compile(
    r"\s*(?:[a-z]{3,12}\s)?(?:[a-z]{3,12}\s(?:solo|interlude)|instrumental\s(?:break|section|bridge))"
    r"\s*:?\s*",
    re.IGNORECASE,
)


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]


def _is_stage_remark(words: list[str]) -> bool:
    if " ".join(words) in _PHRASES:
        return True
    if not words or len(words) > 8 or not all(w in _STAGE or _COUNTED.fullmatch(w) for w in words):
        return False
    known = set(words)
    return bool(known & _DOINGS or (known & _INSTRUMENTS and known & _PARTS))


def _is_repetition(words: list[str]) -> bool:
    """Whether words say only that something comes again: "repeat to fade", "x2", "2 times"."""
    if not words or len(words) > 8:
        return False
    if len(words) == 2 and words[0].isdigit() and words[1] == "times":
        return True
    counted = [bool(_COUNTED.fullmatch(word)) for word in words]
    if not all(count or word in _REPEATED for count, word in zip(counted, words, strict=True)):
        return False
    return any(word.startswith("repeat") for word in words) or any(
        "x" in word or "×" in word for word, count in zip(words, counted, strict=True) if count
    )


def is_remark(line: str) -> bool:
    """Whether a whole line only tells what is played or repeated: "(guitar solo)", "*x2*"."""
    if len(line) > 80:
        return False
    if _MARKED.fullmatch(line):
        words = _words(line)
        return _is_stage_remark(words) or _is_repetition(_split_counts(words))
    if _ALONE_BARE.fullmatch(line):
        words = _words(line)
        return _is_stage_remark(words) and bool(set(words) & (_INSTRUMENTS | {"instrumental"}))
    if "repeat" not in line.lower():
        return False
    words = _words(line)
    is_begun = line.lstrip()[:1] in {"*", "-"}
    return words[:1] == ["repeat"] and (is_begun or len(words) > 1) and _is_repetition(words)


def _split_counts(words: list[str]) -> list[str]:
    """Join a count written apart: "x 2" is "x2"."""
    joined = " ".join(words)
    return re.sub(r"\b([x×]) (\d{1,2})\b|\b(\d{1,2}) ([x×])\b", r"\1\2\3\4", joined).split()


_SPOKEN = {"spoken", "whispered", "laughs", "laughter", "instrumental"}
_MAY_BE_A_MARK = re.compile(rf"\d|repeat|{'|'.join(sorted(_SPOKEN))}", re.IGNORECASE)
_LAST_COUNT = re.compile(
    r"(?<!\b\d)(?<!\b\d\d)(?<![(\[])\s[-–—*]?\s?(?:[x×]\s?\d{1,2}|X\d{1,2}|\d{1,2}[xX×])\s?[*.,;:!]?$"
)
_LONGEST_COUNT = 12
_ONLY_COUNT = re.compile(rf"\W*{_COUNT}\W*", re.IGNORECASE)
_REPEAT_START = re.compile(r"^\s*(?:\|{1,2}|/{1,2}):\s*")
_REPEAT_END = re.compile(r"\s?:(?:\|{1,2}|/{1,2})\s*$")


def without_marks(line: str) -> str:
    """Leave out marks of repetition, "(x2)" anywhere and "x2" at the end, and "(spoken)"."""
    if "(" in line or "{" in line:
        line = _GROUP.sub(_unless_mark, line)
    if ":" in line:
        line = _REPEAT_END.sub("", _REPEAT_START.sub("", line))
    if _ONLY_COUNT.fullmatch(line):
        return ""
    line = line.rstrip()
    while match := _LAST_COUNT.search(line, max(0, len(line) - _LONGEST_COUNT)):
        line = line[: match.start()].rstrip()
    return line


def _unless_mark(match: re.Match[str]) -> str:
    if len(match[1]) > 60 or not _MAY_BE_A_MARK.search(match[1]):
        return match[0]
    words = _words(match[1])
    is_mark = _is_repetition(_split_counts(words)) or (len(words) == 1 and words[0] in _SPOKEN)
    return " " if is_mark else match[0]
