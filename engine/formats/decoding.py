"""Text files of any age as lines: their encoding, their line ends, and how much is read."""

from __future__ import annotations

from engine.errors import InputError
from engine.files import wide_encoding
from engine.lyrics.markup import WINDOWS_SIGNS, decoded_once_more

MAX_CHARACTERS = 250_000
MAX_LINES = 10_000
MAX_LINE = 4_000  # characters


def decoded(data: bytes) -> str:
    """Decode a text file of any age, every line end a newline; `InputError` for binary data."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = data.decode("utf-16", errors="replace").encode()
    elif wide := wide_encoding(data[:4096]):
        data = data.decode(wide, errors="replace").encode()
    if b"\x00" in data:
        raise InputError("This looks like binary data; a text file is accepted.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(WINDOWS_SIGNS)
    return decoded_once_more(text)


def text_lines(data: bytes) -> list[str]:
    """The lines of a text file of any age; `InputError` for binary data or what no song is."""
    text = decoded(data)
    if len(text) > MAX_CHARACTERS:
        raise InputError(
            f"The file has {len(text):,} characters; a song of at most {MAX_CHARACTERS:,} is "
            "accepted."
        )
    lines = text.split("\n")
    if len(lines) > MAX_LINES:
        raise InputError(
            f"The file has {len(lines):,} lines; a song of at most {MAX_LINES:,} is accepted."
        )
    for number, line in enumerate(lines, 1):
        if len(line) > MAX_LINE:
            raise InputError(
                f"Line {number} has {len(line):,} characters; at most {MAX_LINE:,} are accepted."
            )
    return lines
