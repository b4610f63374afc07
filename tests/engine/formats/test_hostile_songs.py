"""Files made to be slow or endless end in one sentence, at once."""

from __future__ import annotations

import contextlib

import pytest

from engine import formats
from engine.errors import InputError
from engine.formats.decoding import MAX_LINE, MAX_LINES
from tests.effort import effort

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
    def refuse() -> None:
        with pytest.raises(InputError, match="accepted"):
            formats.read(HOSTILE[name], format_name)

    assert effort(refuse, 100) <= 100


def test_a_chorus_repeated_without_end_is_refused() -> None:
    song = b"{soc}\n" + b"[C]la la\n" * 3000 + b"{eoc}\n" + b"{chorus}\n" * 2000
    with pytest.raises(InputError, match="choruses repeated"):
        formats.read(song, "chordpro")


def test_the_longest_song_accepted_is_read() -> None:
    line = b"la " * (MAX_LINE // 3)
    assert len(formats.read(line + b"\n" + b"[C]la\n" * 2000, "chordpro").lines) == 2001


SLOW = {
    "hyphens": b"[C]la - " + b"lo - " * 700 + b"la\n",
    "chords over words": b"C  " * 1300 + b"\n" + b"la " * 1300 + b"\n",
    "values": b"{c: " + b"%{a|%{b|" * 400 + b"}\n",
    "tags": b"<a" * 1900 + b"\n",
    "labels": b"Intro: [C" + b" - C" * 900 + b"]\n",
    "remarks": b"(x2) " * 700 + b"\n",
    "entities": b"&#1234567" * 400 + b"\n",
}


@pytest.mark.parametrize("name", SLOW)
@pytest.mark.parametrize("format_name", ["chordpro", "text"])
def test_lines_made_to_be_slow_are_read_in_time(name: str, format_name: str) -> None:
    def read() -> None:
        with contextlib.suppress(InputError):
            formats.read(SLOW[name] * 10, format_name)

    assert effort(read, 100) <= 100
