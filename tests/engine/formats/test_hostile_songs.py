"""Files made to be slow or endless end in one sentence, at once."""

from __future__ import annotations

import time

import pytest

from engine import formats
from engine.errors import InputError
from engine.formats.chordpro import MAX_LINE, MAX_LINES

HOSTILE = {
    "one line of many words": b"la " * 120_000,
    "one line of many chords": b"[C]" * 600_000,
    "many lines": b"[C]la\n" * (MAX_LINES + 1),
    "many headings": b"[verse]\n" * 200_000,
    "very wide": b" " * 1_900_000 + b"C\nla",
    "nothing but brackets": b"[" * 1_900_000,
    "nothing but braces": b"{" * 1_900_000,
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("format_name", ["chordpro", "text"])
def test_what_no_song_is_is_refused_at_once(name: str, format_name: str) -> None:
    began = time.process_time()
    with pytest.raises(InputError, match="accepted"):
        formats.read(HOSTILE[name], format_name)
    assert time.process_time() - began < 1


def test_a_chorus_repeated_without_end_is_refused() -> None:
    song = b"{soc}\n" + b"[C]la la\n" * 3000 + b"{eoc}\n" + b"{chorus}\n" * 2000
    with pytest.raises(InputError, match="choruses repeated"):
        formats.read(song, "chordpro")


def test_the_longest_song_accepted_is_read() -> None:
    line = b"la " * (MAX_LINE // 3)
    assert len(formats.read(line + b"\n" + b"[C]la\n" * 2000, "chordpro").lines) == 2001
