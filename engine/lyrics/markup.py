"""What pages, programs and word processors put around the words of a song, taken away. Pure.

A page is cleaned again until nothing changes, since what is taken away can bring out more
(``&amp;lt;`` becomes ``&lt;`` becomes ``<``): so words that were cleaned once stay as they are.
"""

from __future__ import annotations

import html
import re
import unicodedata

from engine.lyrics.chords import (
    NO,
    are_chord_lines,
    chord_line,
    is_tablature,
)
from engine.lyrics.lines import is_remark, section_heading, without_label, without_marks
from engine.lyrics.pages import (
    is_credit,
    without_cues,
    without_frame,
    without_genius,
    without_numbers,
    without_singers,
)

_MAX_PASSES = 12

_LINE_ENDS = str.maketrans(dict.fromkeys("\r\x0b\x0c\u2028\u2029", "\n"))
# Controls from U+0080 on are Windows' quotes and dashes that were read as Latin-1.
WINDOWS_SIGNS = {
    code: bytes([code]).decode("cp1252")
    for code in range(0x80, 0xA0)
    if code not in {0x81, 0x8D, 0x8F, 0x90, 0x9D}
}
_WINDOWS = {sign: bytes([code]) for code, sign in WINDOWS_SIGNS.items()}
_TWICE = re.compile(rf"[ÂÃ][\x80-\xbf{''.join(_WINDOWS)}]|â€[\x80-\xbf{''.join(_WINDOWS)}]")
_ENDLESS_NUMBER = re.compile(r"&#\d{9,};?")  # no character has a number so long
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060\ufeff\ufffc]"
)
_MARKS_IN_A_ROW = 30
_LONG_RUN = re.compile(rf"[^\x00-\u02ff]{{{_MARKS_IN_A_ROW + 1},}}")
_TAG = re.compile(r"</?[a-zA-Z][^<>\n]{0,300}>")
_BREAK_TAG = re.compile(r"<\s*(?:br|/p|/div|/li)\s*/?\s*>", re.IGNORECASE)
_PROGRAM = re.compile(r"<(script|style)\b[^<>]{0,300}>")
_TERMINAL = re.compile(r"\x1b\[[\d;]{0,12}[A-Za-z]")
_WORD_STAMP = re.compile(r"<\d{1,2}:\d\d(?:[.:]\d{1,3})?>")  # of karaoke files (enhanced LRC)
_BRACKETED = re.compile(r"\[[^\[\]\n]*\]")
_BLANKS = re.compile(r"[^\S\n]+")

_BARE_DIRECTIVE = (
    r"chorus|new_song|ns|new_page|np|new_physical_page|npp|column_break|colb|no_grid|ng|grid|g|"
    r"(?:start|end)_of_\w{1,30}|[se]o[vcbtgh]|(?:chord|text|tab|grid|title|toc|footer|label)"
    r"(?:font|size|colou?r)|[ct][fs]"
)
_DIRECTIVE_WITH_VALUE = (
    r"highlight|c[ib]?|comment(?:_italic|_box)?|chord|define|image|columns|col|titles|t|title|"
    r"st|subtitle|sorttitle|artist|sortartist|composer|lyricist|arranger|copyright|album|year|key|"
    r"time|tempo|duration|capo|meta|transpose|diagrams|pagetype|tag|x_\w{1,30}"
)
_DIRECTIVE = re.compile(
    rf"\{{\s*(?:(?:{_BARE_DIRECTIVE})(?:-[\w-]{{1,30}}!?)?\s*(?::[^{{}}\n]*)?"
    rf"|(?:{_DIRECTIVE_WITH_VALUE})(?:-[\w-]{{1,30}}!?)?\s*:[^{{}}\n]*"
    r"|(?:capo|tempo|time|key)\s+[A-G\d][^{}\n]{0,12}"
    r"|(?:meta|define|chord|title|c[ib]?|comment|start_of_\w{1,30}|so[vcbtg])\s[^{}\n]*)\}",
    re.IGNORECASE,
)
_CUSTOM_DIRECTIVE = re.compile(r"\{\s*[a-z_-]{2,20}:[^{}\n]*\}")
_COMMENT_DIRECTIVE = re.compile(
    r"\s*\{\s*(?:c|ci|cb|comment(?:_italic|_box)?)\s*:([^{}]*)\}\s*", re.IGNORECASE
)
_END_DIRECTIVE = re.compile(r"\s*\{\s*(?:end_of_\w+|eo[vcb])\s*\}\s*", re.IGNORECASE)
_START_UNSUNG = re.compile(
    r"\{\s*(?:start_of_(tab|grid|abc|ly|svg|textblock|musicxml)|so([tg]))\b[^{}\n]*\}",
    re.IGNORECASE,
)
_END_UNSUNG = re.compile(
    r"\{\s*(?:end_of_(?:tab|grid|abc|ly|svg|textblock|musicxml)|eo[tg])\s*\}", re.IGNORECASE
)
_CHORDPRO_SIGN = re.compile(
    r"\[[A-H][#b♯♭]?[^\[\]\s]{0,10}\]\S|^[^\S\n]*\{\s*\w{1,30}\s*[:}]", re.MULTILINE
)
_LONGEST_REMARK = 300  # characters
_NOTE_TO_SELF = re.compile(r"#+\s(?!.*\s#\s*$)")

_BULLET = re.compile(
    r"(?:[•▪▫●○◦▸►▹‣⁃∙■□☐♪♫♬\uf0b7·>]+\s*|(?:[-–—*+]+|\\-)\s+)+|[-–—](?=[^\W\d_]{2})"
)
_EMPHASIS = re.compile(r"(?<![\w*])(\*{1,3}|_{1,3})(?=\w)([^*_\n]{1,80})(?<=[\w.,!?'’])\1(?![\w*])")
_UNSPOKEN = re.compile(r"[-_=*~#•·+|/\\<>.…\s♪♫♬]+")


def clean_lines(text: str) -> list[str] | None:
    """The lines of a page that are words, headings or blank; None for markup nested without end."""
    for _ in range(_MAX_PASSES):
        lines = _cleaned(_without_page_markup(text).split("\n"))
        cleaned = "\n".join(lines)
        if cleaned == text:
            return lines
        text = cleaned
    return None


def decoded_once_more(text: str) -> str:
    """The text with ``Ã©`` as ``é``: UTF-8 that was read as Windows-1252."""
    return _TWICE.sub(_decoded, text) if "Ã" in text or "â€" in text or "Â" in text else text


def _decoded(match: re.Match[str]) -> str:
    data = b"".join(_WINDOWS.get(c) or c.encode("latin-1") for c in match[0])
    try:
        return data.decode()
    except UnicodeDecodeError:
        return match[0]


def unescaped(text: str) -> str:
    """The text with HTML's entities as characters; ``html.unescape`` reads no endless number."""
    return html.unescape(_ENDLESS_NUMBER.sub("\ufffd", text))


def _without_page_markup(text: str) -> str:
    text = text.replace("\r\n", "\n").translate(_LINE_ENDS).translate(WINDOWS_SIGNS)
    text = decoded_once_more(text)
    text = text.replace("\\r\\n", "\n").replace("\\n", "\n")  # line ends written out
    text = text.replace("\u2011", "-")
    if "<" in text:
        text = _BREAK_TAG.sub("\n", _without_programs(text))
        text = _TAG.sub("", _without_comments(_WORD_STAMP.sub("", text)))
    text = _CONTROL.sub("", _TERMINAL.sub("", unescaped(text)).translate(_LINE_ENDS))
    text = unicodedata.normalize("NFC", _LONG_RUN.sub(_within_stream_safety, text))
    if "{" in text:
        text = _without_unsung(text)
    return without_genius(text)


def _within_stream_safety(match: re.Match[str]) -> str:
    """Keep 30 combining marks in a row (UAX #15, stream-safe text): normalising more is slow."""
    kept: list[str] = []
    marks = 0
    for character in match[0]:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= _MARKS_IN_A_ROW:
            kept.append(character)
    return "".join(kept)


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


def _without_programs(text: str) -> str:
    """Leave out scripts and styles of a page, in linear time."""
    kept: list[str] = []
    position = 0
    small = text.lower()
    while start := _PROGRAM.search(small, position):
        end = small.find(f"</{start[1]}", start.end())
        if end < 0:
            break
        kept.append(text[position : start.start()])
        position = end
    if not kept or len(small) != len(text):
        return text
    return "".join([*kept, text[position:]])


def _without_unsung(text: str) -> str:
    """Leave out tablature, grids and other notation between ChordPro's directives."""
    kept: list[str] = []
    position = 0
    while start := _START_UNSUNG.search(text, position):
        end = _END_UNSUNG.search(text, start.end())
        if not end:
            break
        kept.append(text[position : start.start()])
        position = end.end()
    return "".join([*kept, text[position:]])


def _cleaned(raw_lines: list[str]) -> list[str]:
    raw_lines = _without_chords(without_frame(without_cues(raw_lines)))
    has_chordpro = bool(_CHORDPRO_SIGN.search("\n".join(raw_lines)))
    lines: list[str] = []
    for raw in raw_lines:
        lines.extend(_cleaned_line(raw, has_chordpro))
    return without_singers(without_numbers(lines))


def _without_chords(raw_lines: list[str]) -> list[str]:
    """Leave out lines of chords and tablature."""
    are_chords = are_chord_lines(raw_lines)
    return [
        raw
        for raw, is_chords in zip(raw_lines, are_chords, strict=True)
        if not is_chords and not is_tablature(raw)
    ]


def _cleaned_line(raw: str, has_chordpro: bool) -> list[str]:
    """What is left of a line: itself, a heading and itself, a blank line, or nothing."""
    line = " ".join(raw.split())
    has_braces = "{" in line  # most lines have none, and each pattern takes its time
    if not line or (has_braces and _END_DIRECTIVE.fullmatch(line)):
        return [""]
    if section_heading(line):
        return [line]
    if has_braces:
        if match := _COMMENT_DIRECTIVE.fullmatch(line):
            return [match[1].strip()] if section_heading(match[1]) else []
        if _CUSTOM_DIRECTIVE.fullmatch(line):
            return []
        line = _DIRECTIVE.sub("", line).strip()
    if _is_unsung(line, has_chordpro):
        return []
    return _parted(line) or _blank_or_words(_without_signs(line))


def _is_unsung(line: str, has_chordpro: bool) -> bool:
    if line.startswith("#") and (has_chordpro or _NOTE_TO_SELF.match(line[:500])):
        return True
    return len(line) <= _LONGEST_REMARK and (is_remark(line) or is_credit(line))


def _parted(line: str) -> list[str]:
    """Part a heading from the words or chords behind it; empty without a heading."""
    if (match := _BRACKETED.match(line)) and section_heading(match[0]):
        return [match[0], line[match.end() :].strip()]
    if not (labelled := without_label(line)):
        return []
    label, rest = labelled
    is_numbered = any(map(str.isdigit, label)) and label[-2:-1] in {"-", "–", "—"}
    if ":" in label or is_numbered:
        return [label.rstrip(" :-–—"), rest]
    return [label.rstrip()] if chord_line(rest) != NO else []


def _without_signs(line: str) -> str:
    """Leave out chords in brackets, marks of repetition, bullets and notes around the words."""
    line = without_marks(_BRACKETED.sub("", line) if "[" in line else line)
    if "  " in line:
        line = _BLANKS.sub(" ", line)
    line = line.rstrip(" ♪♫♬")
    if "*" in line or "_" in line:
        line = _EMPHASIS.sub(r"\2", line)
    if line.startswith("# "):  # a subtitle's sign for singing, on both sides
        return line.strip("# ")
    match = _BULLET.match(line)
    return line[match.end() if match else 0 :].strip()


def _blank_or_words(line: str) -> list[str]:
    if _UNSPOKEN.fullmatch(line):
        return [""] if line.strip(". …") else []
    return [line] if line else []
