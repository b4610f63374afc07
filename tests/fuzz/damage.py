"""Valid input made invalid: what a damaged disk, another program or a joker makes of a file.

Every function takes a `Random` and valid inputs, and gives one that may be damaged; the same seed
gives the same bytes. Nothing here knows a format but JSON, gzip and zip: what others are made of
comes from their valid files, of which pieces are cut, repeated, nested and put elsewhere.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import warnings
import zipfile
from collections.abc import Callable, Sequence
from functools import cache
from random import Random
from typing import Any

Damage = Callable[[Random, Sequence[bytes]], bytes]

_HALVES = ["\ud800", "\udfff", "\ud83d"]
_TEXTS = [
    *(
        "",
        " ",
        "\x00",
        "\x07",
        "\x1b[31m",
        "\x85",
        "\ufeff",
        "\u202e",
        "\u2028",
        "\u2029",
        "\ufffd",
    ),
    *(
        "e" + "\u0301" * 40,
        "👩‍👩‍👧",
        "日本",
        "𝕮",
        "ﷺ",
        "ß",
        "İ",
        "ﬁ",
        "½",
        "٣",
        "²",
        "①",
        "\u200b",
        "\u3000",
    ),
    *("[", "]", "{", "}", "(", ")", "<", ">", "&amp;", "&#1114112;", "&#0;", "<!--", "-->", "|"),
    *("<!DOCTYPE a [<!ENTITY b 'c'>]>", "&b;", "<![CDATA[", "<?xml version='1.0'?>", "/>", "</"),
    *("{c:", "{soc}", "{eoc}", "{chorus}", "{new_song}", "{transpose: 99}", "{key: ", "{capo: -3}"),
    *("[C]", "[^]", "[*x]", "[N.C.]", "[1]", "[Verse]", "Chorus:", "[Chorus x3]", "x2", "(x99)"),
    *(
        "%{title}",
        "%{a|%{b|",
        " - ",
        "\\",
        "\\n",
        '"',
        "'",
        ",",
        ";",
        "\t",
        "=c",
        "=1+1",
        "@a",
        "#",
    ),
    *(
        "rain",
        "la ",
        "C  G7  Am\n",
        "V7/V",
        "bVII",
        "#IVø7",
        "C/E",
        "Cmaj7#11",
        "H",
        "N",
        "X",
        "\n",
    ),
    *("\r", "\r\n", "\n\n", "%", "1.", "../", "..\\", "C:\\", "/etc/passwd", "NaN", "Infinity"),
    *(
        "null",
        "true",
        "[]",
        "{}",
        "!!python/object:a",
        "&a [*a]",
        "---\n",
        "key: |",
        "SELECT",
        "--",
    ),
]
_NUMBERS = [
    *("0", "-1", "1", "1.5", "-0.0", "1e999", "-1e999", "1e-400", "9" * 20, "9" * 400, "9" * 5000),
    *("2147483647", "2147483648", "-9223372036854775809", "18446744073709551616", "NaN", "0x10"),
    *("1_000", "٣", "²", "00", "256", "65536", "3.0000000000000001", "1/0", "4/0", "0/4", "99/64"),
]
_SIGNS = [
    *(text.encode("utf-8", "surrogatepass") for text in _TEXTS + _HALVES),
    *(number.encode() for number in _NUMBERS),
    *(b"\xff", b"\xfe\xff", b"\xff\xfe", b"\xc3", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\x81"),
    *(b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x80\0\0\0", b"\x1f\x8b", b"PK\3\4"),
]
_BRACKETS = [(b"[", b"]"), (b"{", b"}"), (b"(", b")"), (b"<a>", b"</a>"), (b'{"a":', b"}")]
_BYTES = [0, 1, 9, 10, 13, 31, 32, 34, 39, 44, 47, 58, 91, 92, 123, 127, 128, 192, 254, 255]
_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?")
_MOST = 200_000  # bytes
# How often a piece is repeated, and how much may come of it: mostly little, for speed.
_TIMES = (1, 1, 2, 3, 8, 30, 100, 1000, 3000)
_GROWTH = (*(200,) * 4, *(500,) * 4, *(1000, 1000, 2000, 2000, 4000, 4000, 20_000, 100_000))


def unchanged(random: Random, seeds: Sequence[bytes]) -> bytes:
    """One of the valid inputs."""
    return random.choice(seeds)


def damaged(random: Random, seeds: Sequence[bytes]) -> bytes:
    """Bytes changed, cut, repeated, nested and mixed in one to six ways."""
    data = bytearray(random.choice(seeds))
    for _ in range(random.choice((1, 1, 1, 2, 2, 3, 6))):
        random.choice(_ACTS)(random, data, seeds)
        del data[_MOST:]
    return bytes(data)


def damaged_json(random: Random, seeds: Sequence[bytes]) -> bytes:
    """A JSON value with values replaced, doubled, wrapped, left out or under another's name."""
    if random.random() < 0.2:
        return damaged(random, seeds)
    try:
        value: Any = json.loads(random.choice(seeds))
    except (ValueError, RecursionError):  # a line between others, or a damaged one
        return damaged(random, seeds)
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        places = _places(value)
        if not places:
            break
        within, key = random.choice(places)
        _change(random, within, key, places)
        if random.random() < 0.02:
            value = random.choice(([value], {"": value}, None, 1, "a", []))
    if _is_large(value):
        return damaged(random, seeds)
    ascii_only = random.random() < 0.7
    try:
        text = json.dumps(value, ensure_ascii=ascii_only)
    except (ValueError, RecursionError):  # it holds itself, or is too deep to be written
        return damaged(random, seeds)
    return text.encode("utf-8", "surrogatepass")


def damaged_lines(of: Damage) -> Damage:
    """Some lines damaged, each as `of` damages a whole, or the file as bytes."""

    def damage(random: Random, seeds: Sequence[bytes]) -> bytes:
        if random.random() < 0.3:
            return damaged(random, seeds)
        lines = random.choice(seeds).splitlines()
        for _ in range(random.choice((1, 1, 2))):
            place = random.randrange(len(lines))
            lines[place] = of(random, [lines[place]])
        return b"\n".join(lines)

    return damage


def packed(of: Damage) -> Damage:
    """Damage within gzip, or of the packed bytes."""

    def damage(random: Random, seeds: Sequence[bytes]) -> bytes:
        whole = [gzip.decompress(seed) for seed in seeds]
        data = gzip.compress(of(random, whole), 1, mtime=0)
        return damaged(random, [data]) if random.random() < 0.3 else data

    return damage


def zipped(of: Damage) -> Damage:
    """Damage of a file within a zip, of names, or of the zip's own bytes."""

    def damage(random: Random, seeds: Sequence[bytes]) -> bytes:
        with zipfile.ZipFile(io.BytesIO(random.choice(seeds))) as archive:
            members = [(name, archive.read(name)) for name in archive.namelist()]
        place = random.randrange(len(members))
        name, data = members[place]
        if random.random() < 0.3:
            name = of(random, [name.encode()]).decode("utf-8", "replace")[:60_000]
        else:
            data = of(random, [data])
        members[place] = (name, data)
        if random.random() < 0.2:
            random.shuffle(members)
            del members[random.randrange(1, len(members) + 1) :]
        if random.random() < 0.02:
            members.append((random.choice(members)[0], bytes(9_000_000)))
        buffer = io.BytesIO()
        with warnings.catch_warnings():  # of names that stand there twice
            warnings.simplefilter("ignore")
            with zipfile.ZipFile(buffer, "w", random.choice((0, 8, 8))) as archive:
                for name, data in members:
                    archive.writestr(zipfile.ZipInfo(name or "a"), data)
        whole = buffer.getvalue()
        return damaged(random, [whole]) if random.random() < 0.3 else whole

    return damage


def patches(whole: Callable[[], bytes]) -> Damage:
    """Where another file than the input is changed: places of four bytes, and eight put there.

    Places are such where that file is not empty; what is put there comes from elsewhere in it, or
    is what numbers are at their ends.
    """

    @cache
    def places() -> list[int]:
        return [at for at, byte in enumerate(whole()) if byte]

    def damage(random: Random, _seeds: Sequence[bytes]) -> bytes:
        pieces: list[bytes] = []
        for _ in range(random.choice((1, 1, 2, 3, 6))):
            at, other = random.choice(places()), random.choice(places())
            piece = random.choice(
                (whole()[other : other + 8], b"\xff" * 8, bytes(8), random.randbytes(8))
            )
            here = whole()[at : at + 8]
            kept = random.randrange(8)
            pieces.append(
                at.to_bytes(4, "big") + piece.ljust(8, b"\0")[: 8 - kept] + here[8 - kept :]
            )
        return b"".join(pieces)

    return damage


def patched(whole: bytes, data: bytes) -> bytes:
    """The other file, changed as `patches` says."""
    changed = bytearray(whole)
    for at in range(0, len(data) - 11, 12):
        place = int.from_bytes(data[at : at + 4], "big") % len(whole)
        changed[place : place + 8] = data[at + 4 : at + 12]
    return bytes(changed)


def mixed(*ways: Damage) -> Damage:
    """One of several kinds of damage."""
    return lambda random, seeds: random.choice(ways)(random, seeds)


def _piece(random: Random, data: bytes | bytearray) -> tuple[int, int]:
    """Where a piece begins and ends: mostly short, sometimes to the end."""
    if not data:
        return 0, 0
    start = random.randrange(len(data))
    most = random.choice((1, 2, 4, 16, 64, 1000, len(data)))
    return start, min(len(data), start + random.randrange(most) + 1)


def _flip(random: Random, data: bytearray, _seeds: Sequence[bytes]) -> None:
    if data:
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)


def _replace(random: Random, data: bytearray, _seeds: Sequence[bytes]) -> None:
    if data:
        data[random.randrange(len(data))] = random.choice(_BYTES)


def _cut(random: Random, data: bytearray, _seeds: Sequence[bytes]) -> None:
    start, end = _piece(random, data)
    del data[start:end]


def _end(random: Random, data: bytearray, _seeds: Sequence[bytes]) -> None:
    del data[random.randrange(len(data) + 1) :]


def _insert(random: Random, data: bytearray, _seeds: Sequence[bytes]) -> None:
    place = random.randrange(len(data) + 1)
    data[place:place] = _many(random, random.choice(_SIGNS))


def _overwrite(random: Random, data: bytearray, _seeds: Sequence[bytes]) -> None:
    start, end = _piece(random, data)
    data[start:end] = random.choice(_SIGNS)


def _double(random: Random, data: bytearray, _seeds: Sequence[bytes]) -> None:
    start, end = _piece(random, data)
    data[end:end] = _many(random, bytes(data[start:end]))


def _splice(random: Random, data: bytearray, seeds: Sequence[bytes]) -> None:
    other = random.choice(seeds)
    start, end = _piece(random, data)
    first, last = _piece(random, other)
    data[start:end] = other[first:last]


def _number(random: Random, data: bytearray, seeds: Sequence[bytes]) -> None:
    if found := list(_NUMBER.finditer(data, 0, 20_000)):
        start, end = random.choice(found).span()
        data[start:end] = random.choice(_NUMBERS).encode()
    else:
        _insert(random, data, seeds)


def _line(random: Random, data: bytearray, seeds: Sequence[bytes]) -> None:
    lines = bytes(data).split(b"\n")
    at = random.randrange(len(lines))
    line = lines.pop(at)
    match random.randrange(4):
        case 0:
            lines[at:at] = [line] * random.choice(_TIMES)
        case 1:
            lines.insert(random.randrange(len(lines) + 1), line)
        case 2:
            lines[at:at] = random.choice(seeds).split(b"\n")[:50]
        case _:
            pass
    data[:] = b"\n".join(lines)[:_MOST]


def _nest(random: Random, data: bytearray, _seeds: Sequence[bytes]) -> None:
    opening, closing = random.choice(_BRACKETS)
    depth = random.choice((1, 2, 30, 70, 700, 3000, 20_000))
    start, end = _piece(random, data)
    closed = closing * depth if random.random() < 0.7 else b""
    data[start:end] = opening * depth + data[start:end] + closed


def _recode(random: Random, data: bytearray, _seeds: Sequence[bytes]) -> None:
    text = data.decode("utf-8", "replace")
    name = random.choice(("utf-16", "utf-8-sig", "cp1252", "utf-32", "utf-7", "cp037"))
    data[:] = text.encode(name, "replace")


def _many(random: Random, piece: bytes) -> bytes:
    most = max(1, random.choice(_GROWTH) // max(1, len(piece)))
    return piece * min(random.choice(_TIMES), most)


_ACTS = (
    *(_flip, _replace, _cut, _end, _insert, _insert, _overwrite, _overwrite, _double, _double),
    *(_splice, _splice, _number, _number, _line, _line, _nest, _recode),
)


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Every value within lists and objects: what holds it, and its place there."""
    found: list[tuple[Any, Any]] = []
    left = [value]
    while left and len(found) < 5000:
        within = left.pop()
        if isinstance(within, dict):
            found += [(within, key) for key in within]
            left += within.values()
        elif isinstance(within, list):
            found += [(within, place) for place in range(len(within))]
            left += within
    return found


def _is_large(value: Any) -> bool:
    """Whether it would be written as more than `_MOST` bytes; what holds itself is endless."""
    left, size = [value], 0
    while left and size <= _MOST:
        item = left.pop()
        size += 1 + (len(item) if isinstance(item, str) else 0)
        if isinstance(item, dict):
            left += [*item.keys(), *item.values()]
        elif isinstance(item, list):
            left += item
    return size > _MOST


def _change(random: Random, within: Any, key: Any, places: list[tuple[Any, Any]]) -> None:
    match random.randrange(8):
        case 0:
            del within[key]
        case 1:
            other, its = random.choice(places)
            within[key] = other[its] if _is_there(other, its) else None
        case 2:
            depth = random.choice((1, 1, 2, 60, 70, 600))
            for _ in range(depth):
                within[key] = [within[key]] if random.random() < 0.9 else {"a": within[key]}
        case 3 if isinstance(within, list):
            within[key:key] = [within[key]] * random.choice(_TIMES)
        case 3:
            within[_odd_text(random)] = within[key]
        case 4 if isinstance(within[key], str):
            text = within[key].encode("utf-8", "surrogatepass")
            within[key] = damaged(random, [text]).decode("utf-8", "replace")[:20_000]
        case _:
            within[key] = _odd(random)


def _is_there(within: Any, key: Any) -> bool:
    return key in within if isinstance(within, dict) else key < len(within)


def _odd_text(random: Random) -> str:
    return random.choice(_TEXTS + _HALVES + _NUMBERS[:-12]) * random.choice((1, 1, 1, 2, 300))


def _odd(random: Random) -> Any:
    odd: list[Callable[[], Any]] = [
        *(lambda: None, lambda: True, lambda: [], lambda: {}, lambda: "", lambda: 0, lambda: -1),
        *(lambda: 0.5, lambda: float("nan"), lambda: float("inf"), lambda: 1e308, lambda: 10**400),
        *(lambda: 2**63, lambda: -(2**63), lambda: 2**31, lambda: 1e-320, lambda: 10**20),
        *(lambda: {"a": [1]}, lambda: [[], []], lambda: [None], lambda: ["a", 1], lambda: {"": 0}),
        *(lambda: random.randrange(-5, 300), lambda: _odd_text(random), lambda: _odd_text(random)),
    ]
    return random.choice(odd)()
