r"""Text in, `Lyrics` out: the one normalisation shared by training and serving.

Conventions
-----------
- Text is Unicode NFC; line ends are ``\n``; runs of blanks are one space; typographic quotes
  are kept as typed (the models' tokenizers know them).
- A *stanza* is a run of lines without a blank line between them.
- A line that is only a heading, such as ``[Chorus]``, ``(Verse 2)`` or ``Bridge:``, is removed and
  names the section of the lines below it, up to the next blank line or heading.
- HTML tags, HTML entities and ChordPro markup (``[G7]``, ``{title: ...}``) are removed.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import accumulate
from pathlib import Path
from typing import Any

from engine.errors import InputError

MAX_CHARACTERS = 30_000
MAX_LINES = 600

Span = tuple[int, int]

SECTIONS = ("verse", "chorus", "bridge", "intro", "outro", "other")

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
    "pre-chorus": "other",
    "prechorus": "other",
    "pre chorus": "other",
    "post chorus": "other",
    "post-chorus": "other",
    "interlude": "other",
    "instrumental": "other",
    "solo": "other",
    "breakdown": "other",
    "tag": "other",
}
_HEADING_WORD = "|".join(sorted(map(re.escape, _SECTION_OF_WORD), key=len, reverse=True))
_HEADING = re.compile(
    rf"^\s*(?:"
    rf"[\[({{]\s*(?:repeat\s{{1,3}})?(?P<bracketed>{_HEADING_WORD})\b[^\])}}]*[\])}}]\s*:?"
    rf"|(?:repeat\s{{1,3}})?(?P<bare>{_HEADING_WORD})(?:\s+(?:\d+|[ivx]+|one|two|three|four))?"
    r"(?:\s{1,3}\(?(?:x\s?\d{1,2}|\d{1,2}\s?x)\)?)?\s*:?"
    rf")\s*$",
    re.IGNORECASE,
)
_SUNG_ASIDE = re.compile(r"\s*\(\s*[^\W\d]+(?:\s{1,3}[^\W\d]+){2}")  # "(Bridge the gap)"
_WORD_STAMP = re.compile(r"<\d{1,2}:\d\d(?:[.:]\d{1,3})?>")  # of karaoke files (enhanced LRC)
_LINE_ENDS = str.maketrans(dict.fromkeys("\r\x0b\x0c\u2028\u2029", "\n"))
# Controls from U+0080 on are Windows' quotes and dashes that were read as Latin-1.
WINDOWS_SIGNS = {
    code: bytes([code]).decode("cp1252")
    for code in range(0x80, 0xA0)
    if code not in {0x81, 0x8D, 0x8F, 0x90, 0x9D}
}
_CHORDPRO_DIRECTIVE = re.compile(r"^\s*\{[^{}]*\}\s*$")
_SECTION_DIRECTIVE = re.compile(
    r"^\s*\{\s*(?:start_of_(verse|chorus|bridge)|so([vcb]))\b[^{}]*\}\s*$", re.IGNORECASE
)
_BRACKETED = re.compile(r"\[[^\[\]\n]{0,60}\]")
_TAG = re.compile(r"</?[a-zA-Z][^<>\n]{0,300}>")
_BREAK_TAG = re.compile(r"<\s*(?:br|/p|/div|/li)\s*/?\s*>", re.IGNORECASE)
_BLANKS = re.compile(r"[^\S\n]+")
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060\ufeff]"
)


@dataclass(frozen=True)
class LyricLine:
    """One sung line: its words in order, its section label or None, its stanza (0-based)."""

    words: tuple[str, ...]
    section: str | None = None
    stanza: int = 0

    @property
    def text(self) -> str:
        """The words joined by blanks."""
        return " ".join(self.words)


@dataclass(frozen=True)
class Lyrics:
    """The normalised words of one song; never empty.

    Build one with `Lyrics.parse`, which raises `InputError` for what cannot be a lyric.
    """

    lines: tuple[LyricLine, ...]

    @classmethod
    def parse(cls, text: str | bytes) -> Lyrics:
        """Normalise a lyric.

        Parameters
        ----------
        text : str or bytes
            Bytes are read as UTF-8. At most `MAX_CHARACTERS` characters and `MAX_LINES` lines.

        Raises
        ------
        InputError
            If the text is binary, too long, or holds no words once markup is removed.
        """
        if isinstance(text, bytes):
            text = _decoded(text)
        if len(text) > MAX_CHARACTERS:
            raise InputError(
                f"The lyric has {len(text):,} characters; at most {MAX_CHARACTERS:,} are accepted."
            )
        if text.count("\x00") or _share_unprintable(text) > 0.1:
            raise InputError(
                "This looks like binary data, not a lyric; plain UTF-8 text is accepted."
            )
        if not text.strip():
            raise InputError("The lyric is empty; paste at least one line of words.")
        lines = tuple(_parsed_lines(_without_markup(text)))
        if not any(
            character.isalpha() for line in lines for word in line.words for character in word
        ):
            raise InputError(
                "No words are left once markup and symbols are removed; "
                "paste at least one line of words."
            )
        if len(lines) > MAX_LINES:
            raise InputError(
                f"The lyric has {len(lines):,} lines; at most {MAX_LINES:,} are accepted."
            )
        return cls(lines)

    @cached_property
    def text(self) -> str:
        """Lines joined by newlines, a blank line between stanzas: what the models read."""
        parts: list[str] = []
        for index, line in enumerate(self.lines):
            if index and line.stanza != self.lines[index - 1].stanza:
                parts.append("")
            parts.append(line.text)
        return "\n".join(parts)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """All words in order."""
        return tuple(word for line in self.lines for word in line.words)

    @cached_property
    def word_spans(self) -> tuple[tuple[Span, ...], ...]:
        """Where each word stands in `text`, line by line: (start, end), the end excluded."""
        spans: list[tuple[Span, ...]] = []
        position = 0
        for index, line in enumerate(self.lines):
            if index:
                position += 1 + (line.stanza != self.lines[index - 1].stanza)
            found: list[Span] = []
            for word in line.words:
                found.append((position, position + len(word)))
                position += len(word) + 1
            position -= 1
            spans.append(tuple(found))
        return tuple(spans)

    def with_words(self, kept: Sequence[Sequence[bool]]) -> Lyrics:
        """The same song with only some of its words; lines left empty go.

        Parameters
        ----------
        kept : sequence of sequence of bool
            Line by line and word by word, which words stay.

        Raises
        ------
        InputError
            If no word would be left.
        """
        lines = tuple(
            LyricLine(words, line.section, line.stanza)
            for line, stays in zip(self.lines, kept, strict=True)
            if (words := tuple(w for w, stay in zip(line.words, stays, strict=True) if stay))
        )
        if not lines:
            raise InputError("No word of the lyric would be left; keep at least one.")
        return Lyrics(lines)


def positions_in(whole: str, part: str) -> list[int | None]:
    """Where each character of `part` stands in `whole`; None where it does not.

    `part` holds lines of `whole` in their order, some perhaps left out: each of its lines is taken
    for the next equal line of `whole`.
    """
    lines = whole.split("\n")
    starts = list(accumulate((len(line) + 1 for line in lines), initial=0))
    places: list[int | None] = []
    following = 0
    for line in part.split("\n"):
        at = next((i for i in range(following, len(lines)) if lines[i] == line), None)
        if at is None:
            places.extend([None] * (len(line) + 1))
            continue
        places.extend(range(starts[at], starts[at] + len(line) + 1))  # with its line end
        following = at + 1
    return places[:-1]


def language_warning(lyrics: Lyrics) -> str | None:
    """One sentence if the lyric does not look English, else None.

    The models were trained on English lyrics only. Language identification is langid.py's model
    (Lui and Baldwin 2012, doi:10.18653/v1/P12-3005) through py3langid. Texts under 5 words are not
    judged: too short to tell.
    """
    if len(lyrics.words) < 5:
        return None
    language, probability = _language_identifier().classify(lyrics.text)
    if language == "en" or probability < 0.9:
        return None
    return (
        f"This lyric looks like '{language}', not English: the models learned from English songs "
        "only, so read their answers with care."
    )


@cache
def _language_identifier() -> Any:
    from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_modelpath(Path(MODEL_DIR) / MODEL_FILE, norm_probs=True)


def _decoded(data: bytes) -> str:
    if b"\x00" in data[:4096]:
        raise InputError("This looks like binary data, not a lyric; plain UTF-8 text is accepted.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(
            "The text is not UTF-8 (it may be binary or in another encoding); "
            "plain UTF-8 is accepted."
        ) from None


def _share_unprintable(text: str) -> float:
    odd = sum(
        count
        for c, count in Counter(text).items()
        if c not in "\n\r\t"
        and (c == "\ufffd" or unicodedata.category(c) in {"Cc", "Co", "Cn", "Cs"})
    )
    return odd / max(len(text), 1)


def _without_markup(text: str) -> str:
    text = text.replace("\r\n", "\n").translate(_LINE_ENDS).translate(WINDOWS_SIGNS)
    if "\n" not in text.strip():  # a song in one line, its line ends written out
        text = text.replace("\\n", "\n")
    text = _BREAK_TAG.sub("\n", unicodedata.normalize("NFC", text))
    text = _WORD_STAMP.sub("", text)
    text = html.unescape(_TAG.sub("", _without_comments(text)))
    return _CONTROL.sub("", text)


def _without_comments(text: str) -> str:
    """Leave out HTML comments, in linear time however many are begun and never closed."""
    kept: list[str] = []
    position = 0
    while (start := text.find("<!--", position)) >= 0:
        end = text.find("-->", start + 4)
        if end < 0:
            break
        kept.append(text[position:start])
        position = end + 3
    return "".join([*kept, text[position:]])


def _parsed_lines(text: str) -> Iterable[LyricLine]:
    section: str | None = None
    stanza = 0
    stanza_has_lines = False
    for raw in text.split("\n"):
        heading = section_heading(raw)
        if heading or not raw.strip():
            if heading or stanza_has_lines:
                section = heading
            stanza += stanza_has_lines
            stanza_has_lines = False
            continue
        if _CHORDPRO_DIRECTIVE.match(raw):
            continue
        words = tuple(_BLANKS.sub(" ", _BRACKETED.sub("", raw)).split())
        if words:
            stanza_has_lines = True
            yield LyricLine(words, section, stanza)


def section_heading(raw: str) -> str | None:
    """Name the section a line announces (``"[Verse 2]"``, ``"Chorus:"``), None for a sung line."""
    if match := _SECTION_DIRECTIVE.match(raw):
        name = (match.group(1) or match.group(2)).lower()
        return {"v": "verse", "c": "chorus", "b": "bridge"}.get(name, name)
    if (match := _HEADING.match(raw)) and not _SUNG_ASIDE.match(raw):
        return _SECTION_OF_WORD[(match.group("bracketed") or match.group("bare")).lower()]
    return None
