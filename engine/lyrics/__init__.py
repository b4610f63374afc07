r"""Text in, `Lyrics` out: the one normalisation shared by training and serving.

Conventions
-----------
- Text is Unicode NFC; line ends are ``\n``; runs of blanks are one space; typographic quotes
  are kept as typed (the models' tokenizers know them).
- A *stanza* is a run of lines without a blank line between them.
- A line that is only a heading, such as ``[Chorus]``, ``(Verse 2)`` or ``Bridge:``, is removed and
  names the section of the lines below it, up to the next blank line or heading.
- What is not sung is removed: HTML, ChordPro (``[G7]``, ``{title: ...}``) and comments; lines of
  chords and tablature; what lyric sites put between the words; marks of repetition (the words stay
  as often as they were written); stage remarks alone on a line (``(guitar solo)``); bullets, list
  numbers and singers' names in dialogues. What could be sung stays.
- `Lyrics.text`, parsed again, is the same text.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate

from engine.errors import InputError
from engine.lyrics.language import language_name, language_of
from engine.lyrics.lines import section_heading, section_number
from engine.lyrics.markup import clean_lines

MAX_CHARACTERS = 30_000
MAX_LINES = 600

Span = tuple[int, int]

SECTIONS = ("verse", "pre-chorus", "chorus", "bridge", "intro", "outro", "other")


@dataclass(frozen=True)
class LyricLine:
    """One sung line: its words in order, where it stands.

    Attributes
    ----------
    section : str or None
        One of `SECTIONS`.
    stanza : int
        0-based.
    number : int or None
        The number its section's heading gives it: 2 below "Verse 2".
    """

    words: tuple[str, ...]
    section: str | None = None
    stanza: int = 0
    number: int | None = None

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
        # Halves of characters, which JSON can name, are read by no tokenizer and kept in no file.
        text = _decoded(text) if isinstance(text, bytes) else _without_halves(text)
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
        cleaned = clean_lines(text)
        if cleaned is None:
            raise InputError(
                "The lyric has more layers of markup than can be taken away; "
                "paste the words of the song alone."
            )
        lines = tuple(_grouped(cleaned))
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
            replace(line, words=words)
            for line, stays in zip(self.lines, kept, strict=True)
            if (words := tuple(w for w, stay in zip(line.words, stays, strict=True) if stay))
        )
        if not lines:
            raise InputError("No word of the lyric would be left; keep at least one.")
        return Lyrics(lines)


def section_title(section: str, number: int | None = None) -> str:
    """What a reader calls a section: "Verse 2", "Pre-chorus"."""
    return section.capitalize() + ("" if number is None else f" {number}")


def line_key(words: Sequence[str]) -> tuple[str, ...]:
    """What makes two lines the same line: their words without case and punctuation."""
    return tuple("".join(c for c in word.casefold() if c.isalnum()) or word for word in words)


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

    The models were trained on English lyrics only; see `engine.lyrics.language`.
    """
    language = language_of(lyrics.text)
    if language in ("", "en"):
        return None
    name = language_name(language)
    looks = f"looks {name}, not English" if name else "does not look English"
    return (
        f"This lyric {looks}: the models learned from English songs only, so read their answers "
        "with care."
    )


def _without_halves(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


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


def _grouped(lines: Iterable[str]) -> Iterable[LyricLine]:
    """Give lines of words the section and the stanza they stand in."""
    section: str | None = None
    number: int | None = None
    stanza = 0
    stanza_has_lines = False
    for line in lines:
        heading = section_heading(line)
        if heading or not line:
            if heading or stanza_has_lines:
                section, number = heading, section_number(line)
            stanza += stanza_has_lines
            stanza_has_lines = False
            continue
        stanza_has_lines = True
        yield LyricLine(tuple(line.split()), section, stanza, number)
