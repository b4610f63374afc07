"""What sites, subtitles, drafts and scores put around the lines of a song, taken away. Pure.

Each function takes a page (its text, or its lines) and gives it back with less. What only a page as
a whole can tell (a list's numbers, singers who take turns) needs more than one line that says so.
"""

from __future__ import annotations

import re
from collections import Counter

from engine.lyrics.lines import section_heading, words_of

_CONTRIBUTORS = re.compile(r"\s*\d[\d.,]*K?\s?Contributors?")
_TITLE_OF_PAGE = re.compile(r"Lyrics(?=\[|[A-Z“\"'‘(]|\s*$)")
_TICKETS = re.compile(
    r"See (?:(?!See )[^\n]){1,80}? ?Live\n?Get tickets as low as [A-Z]{0,3}[$€£¥]"
    r"\d+(?:[.,]\d{2,3})*"
)
_BELOW_EMBED = re.compile(r"\n\d*\n?Embed\s*\nCancel\s*\nHow to Format Lyrics:.*\Z", re.DOTALL)
_ALSO_LIKE = re.compile(r"You might also like(?=[\[A-Z“\"‘(]|[^\S\n]*$)", re.MULTILINE)
_EMBED = re.compile(r"(?:(?<=\S)|^|(?<=\d ))Embed(?:Share ?URLCopyEmbedCopy)?$")
_COUNT_AT_END = re.compile(r"(?<![\d.,])\d+(?:\.\d+)?K? ?$")
_PAGE_TITLE = re.compile(r"[A-Z0-9“\"'‘(][^\n]{0,100}? (?:Lyrics|LYRICS)")
_QUOTED = re.compile(r"[\"“](.{1,100}?)[\"”]")
_QUOTED_TITLE = re.compile(r"[\"“][^\"”\n]{1,100}[\"”] lyrics\s*\Z", re.IGNORECASE)
_CREDIT = re.compile(
    r"(?:songwriters?|composers?|writer(?:s|\(s\))|(?:written|produced|composed|lyrics|music|words)"
    r" (?:by|and music by|provided by|powered by|licensed by))\s?:.*|lyrics ©.*"
    r"|source: ?\w+find\b.*|https?://\S+|lyrics (?:licensed|provided|powered)\b.* by \S.*"
    r"|(?:©|\(c\)|copyright ©?) ?(?:19|20)\d\d\b.*|all rights reserved\.?"
    r"|submit corrections|thanks to .{1,80} for (?:correcting|adding|submitting) these lyrics\.?"
    r"|[\s*]*this lyrics is not for commercial use[\s*]*|\(\d{10,16}\)",
    re.IGNORECASE,
)

_NUMBER = re.compile(r"\(?(\d{1,3})[.):]\s+(?=\S)")
_BARE_NUMBER = re.compile(r"(\d{1,3})\s+(?=\S)")
_CUE = re.compile(r"\d\d?:\d\d[\d:.,]*\s*-->\s*\d\d?:\d\d.*")
_FIELD = re.compile(
    r"(?:title|artist|album|year|language|genre|key|time|tempo|bpm|capo|tuning|strumming|difficulty|author)"
    r"\s?:\s*\S.*|capo:? (?:on )?(?:\d{1,2}|[ivx]+)(?:st|nd|rd|th)?(?: fret)?|no capo"
    r"|(?:guitar |standard )?tuning\s?:.*|standard tuning",
    re.IGNORECASE,
)

_ROLES = (
    r"(?:all|both|men|women|girls|boys|male|female|man|woman|boy|girl|choir|group|band|everyone|"
    r"everybody|together|lead|backing|background|audience|crowd|narrator|duet|singers?|voices?|unison"
    r"|spoken)"
)
_ROLE = re.compile(
    rf"\(?{_ROLES}(?: (?:\d{{1,2}}|vocals?|singers?))?\)?\s?:\)?(?=\s|$)", re.IGNORECASE
)
_SINGER = re.compile(
    r"\(?([A-Z][\w.'’-]{0,15}(?: (?:& |and |\+ )?[A-Z][\w.'’-]{0,15}){0,3})\)?\s?:\)?(?=\s|$)"
)


_ACTION = re.compile(r"ing$|^.{4,}ed$")
_NOT_NAMES = words_of(
    "i she he they we you it who said say says sing sang cause because and so but then now oh "
    "yeah hey well see like baby remember the a my your question answer one two three four five "
    "six seven eight nine ten first second third"
)


def is_credit(line: str) -> bool:
    """Whether a line only tells who wrote or sells the words, or where they are."""
    return bool(_CREDIT.fullmatch(line))


def without_genius(text: str) -> str:
    """Leave out what Genius puts between and around the words."""
    if "Get tickets as low as" in text:
        text = _TICKETS.sub("\n", text)
    if "How to Format Lyrics:" in text:
        text = _BELOW_EMBED.sub("\n", text)
    if "You might also like" in text:
        text = _ALSO_LIKE.sub("\n", text)
    return text


def without_frame(lines: list[str]) -> list[str]:
    """Leave out a page's head (title, contributors, fields) and its tail."""
    sung = _sung(lines)
    if not sung:
        return lines
    lines = list(lines)
    for edge in {sung[0], sung[-1]}:
        if any(sign in lines[edge] for sign in ("yrics", "LYRICS", "Contributor", "Embed", ":")):
            lines[edge] = lines[edge].strip()
    first, last = sung[0], sung[-1]
    if _CONTRIBUTORS.match(lines[first]):
        _drop_contributors(lines, sung[:60])
    elif match := re.match(r"[^\[\]\n]{1,120}? Lyrics(?=\[)", lines[first]):
        lines[first] = _after_title(lines[first], match.end())
    elif (_PAGE_TITLE.fullmatch(lines[first]) or _QUOTED_TITLE.match(lines[first])) and sung[1:]:
        _drop_titles(lines, sung)
    else:
        for index in sung[:-1]:
            if not _FIELD.fullmatch(lines[index][:200].strip()):
                break
            lines[index] = ""
    if match := _EMBED.search(lines[last]):
        lines[last] = _COUNT_AT_END.sub("", lines[last][: match.start()]).rstrip()
        if not lines[last] and _COUNT_AT_END.match(lines[last - 1].strip()):
            lines[last - 1] = ""
    return lines


def _drop_contributors(lines: list[str], sung: list[int]) -> None:
    for index in sung:
        ends = list(_TITLE_OF_PAGE.finditer(lines[index][:2_000]))
        if ends:
            for other in sung[: sung.index(index)]:
                lines[other] = ""
            glued = [end for end in ends if end.end() < len(lines[index])]
            lines[index] = _after_title(lines[index], (glued or ends)[0].end())
            return
    match = _CONTRIBUTORS.match(lines[sung[0]])
    lines[sung[0]] = lines[sung[0]][match.end() :].strip() if match else lines[sung[0]]


def _drop_titles(lines: list[str], sung: list[int]) -> None:
    """Drop a page's title lines: several name song, artist and song again in quotation marks."""
    title = _QUOTED.match(lines[sung[0]])
    for index in sung[:-1][:3]:
        again = title and _QUOTED.fullmatch(lines[index].strip())
        is_title = _PAGE_TITLE.fullmatch(lines[index]) or _QUOTED_TITLE.match(lines[index])
        if not (is_title or (again and title and again[1] == title[1])):
            break
        lines[index] = ""


def _after_title(line: str, end: int) -> str:
    """What follows a page's title; a first paragraph of notes ends in "Read More"."""
    notes = line.rfind("Read More", end)
    return line[notes + len("Read More") if notes >= 0 else end :].strip()


def without_cues(lines: list[str]) -> list[str]:
    """Leave out the numbers and times of subtitles, and the blank lines between them."""
    if not any("-->" in line for line in lines):
        return lines
    kept: list[str] = []
    for number, line in enumerate(lines):
        if not number and line.startswith("WEBVTT"):
            continue
        if not _CUE.fullmatch(line.strip()[:200]):
            kept.append(line)
            continue
        if kept and kept[-1].strip().isdigit():
            kept.pop()
        while kept and not kept[-1].strip():
            kept.pop()
    return kept


def without_numbers(lines: list[str]) -> list[str]:
    """Leave out numbers that count the lines or stanzas of a list."""
    sung = _sung(lines)
    for pattern, is_whole in ((_NUMBER, False), (_BARE_NUMBER, True)):
        found = {i: match for i in sung if (match := pattern.match(lines[i]))}
        numbers = [int(match[1]) for match in found.values()]
        in_order = numbers == list(range(1, len(numbers) + 1))
        if len(numbers) > 1 and in_order and (len(found) == len(sung) > 2 or not is_whole):
            return [line[found[i].end() :] if i in found else line for i, line in enumerate(lines)]
    return lines


def without_singers(lines: list[str]) -> list[str]:
    """Leave out who sings ("All:", "Ann:"); a name needs a page on which several take turns."""
    if not any(":" in line for line in lines):
        return lines
    lines = list(lines)
    sung = set(_sung(lines))
    for i in list(sung):
        if (match := _ROLE.match(lines[i])) and not lines[i][0].islower():
            lines[i] = lines[i][match.end() :].strip()
            sung.remove(i)
    marks = {i: match for i in sorted(sung) if (match := _SINGER.match(lines[i]))}
    counts = Counter(match[1] for match in marks.values())
    if len(counts) < 2 or (max(counts.values()) < 2 and len(marks) < len(sung)):
        return lines
    words = {word for line in lines for word in re.findall(r"\w+", line)}
    singers = {name for name in counts if not _is_sung(name, words)}
    if len(singers) < 2:
        return lines
    return [
        line[marks[i].end() :].strip() if i in marks and marks[i][1] in singers else line
        for i, line in enumerate(lines)
    ]


def _is_sung(name: str, words: set[str]) -> bool:
    parts = [part.lower() for part in re.findall(r"\w+", name)]
    return any(
        part in _NOT_NAMES or (part in words and part != "and") or _ACTION.search(part)
        for part in parts
    )


def _sung(lines: list[str]) -> list[int]:
    """Which lines are neither blank nor headings."""
    return [i for i, line in enumerate(lines) if line.strip() and not section_heading(line)]
