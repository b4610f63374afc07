"""Forms that a listener waits for: blues and AABA, kept and lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.evaluation.metrics.kept_forms import keeps_blues, last_a_returns
from engine.evaluation.metrics.song_harmony import SungLine, sections, sung_lines
from engine.formats import chordpro
from engine.lyrics import Lyrics

LYRICS = Path(__file__).parents[4] / "bench" / "lyrics"


def lines(text: str) -> list[SungLine]:
    return sung_lines(chordpro.read(f"{{key: E}}\n{text}".encode()))


FIRST = "[E7]River's rising, [E7]washed the bridge away\n"


@pytest.mark.parametrize(
    ("rest", "kept"),
    [
        ("[A7]River's rising, [E7]washed the bridge away\n[B7]Woman's on the [A7]other [E]side", 1),
        ("[A7]River's rising, [E]washed it\n[B7]Woman's on the [A7]other [E]side to[B7]day", 1),
        ("[E7]River's rising, [E]washed it\n[B7]Woman's on the [A7]other [E]side", 0),
        ("[A7]River's rising, [E]washed it\n[B7]Woman's on the [A7]other side", 0),
        ("[A7]River's rising, [E]washed it\n[B7]Woman's on the other side", 0),
    ],
    ids=["twelve bars", "with a turnaround", "never to IV", "left on IV", "left on V"],
)
def test_a_blues_goes_out_and_comes_home(rest: str, kept: bool) -> None:
    assert keeps_blues(lines(FIRST + rest)) == kept


def test_a_blues_in_half_lines() -> None:
    halves = "[E]River's rising\nwashed away\n[A]River's rising\n[E]washed away\n"
    assert keeps_blues(lines(halves + "[B7]Woman's over\n[E]there"))
    assert not keeps_blues(lines(halves + "[B7]Woman's over\nthere"))
    with pytest.raises(ValueError, match="3 lines or 6"):
        keeps_blues(lines(FIRST))


A, B = "[C]one two [F]three\n[G]four five [C]six", "[F]one two [Fm]three\n[G]four five"


def test_the_last_a_returns() -> None:
    other_end = "[C]one two [F]three\n[G]four five [Am]six"
    assert last_a_returns(lines("\n\n".join((A, A, B, A))))
    assert last_a_returns(lines("\n\n".join((A, A, B, other_end))))
    assert last_a_returns(lines("\n\n".join((A, A, B, A.replace("[C]one two", "one [C]two", 1)))))
    assert not last_a_returns(lines("\n\n".join((A, A, B, B))))
    with pytest.raises(ValueError, match="4 sections"):
        last_a_returns(lines(A))


@pytest.mark.parametrize(
    ("name", "songs", "stanzas", "lengths"),
    [("blues-verses.txt", 29, 1, {3, 6}), ("aaba-songs.txt", 20, 4, {16})],
)
def test_the_lyrics_have_the_form(name: str, songs: int, stanzas: int, lengths: set[int]) -> None:
    parsed = [Lyrics.parse(text) for text in (LYRICS / name).read_text("utf-8").split("\n---\n")]
    assert len(parsed) == songs
    for one in parsed:
        assert len({line.stanza for line in one.lines}) == stanzas
        assert len(one.lines) in lengths


def test_the_blues_song_has_three_lines_a_verse() -> None:
    lyrics = Lyrics.parse((LYRICS / "aab-blues.txt").read_text("utf-8"))
    bare = "\n\n".join(
        "\n".join(line.text for line in lyrics.lines if line.stanza == stanza)
        for stanza in range(4)
    )
    assert [len(verse) for verse in sections(lines(bare))] == [3, 3, 3, 3]
