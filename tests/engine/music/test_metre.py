from __future__ import annotations

import pytest

from engine.errors import InputError
from engine.music.metre import BEAT, DOWNBEAT, HALF_BAR, OFFBEAT, Metre


@pytest.mark.parametrize(
    ("text", "slots", "beats", "half", "pulse"),
    [
        ("4/4", 8, (0, 2, 4, 6), 4, 1.0),
        ("3/4", 6, (0, 2, 4), None, 1.0),
        ("2/4", 4, (0, 2), 2, 1.0),
        ("6/8", 6, (0, 3), 3, 1.5),
        ("9/8", 9, (0, 3, 6), None, 1.5),
        ("12/8", 12, (0, 3, 6, 9), 6, 1.5),
        ("2/2", 8, (0, 2, 4, 6), 4, 2.0),
        ("5/4", 10, (0, 2, 4, 6, 8), 6, 1.0),
        ("5/8", 5, (0, 3), 3, 1.0),
        ("7/8", 7, (0, 3, 5), None, 1.0),
        ("1/16", 1, (0,), None, 1.0),
    ],
)
def test_the_grid_of_each_metre(
    text: str, slots: int, beats: tuple[int, ...], half: int | None, pulse: float
) -> None:
    metre = Metre.parse(text)
    assert (metre.slots, metre.beats, metre.half, metre.pulse) == (slots, beats, half, pulse)


@pytest.mark.parametrize("text", ["4", "4/3", "0/4", "33/4", "waltz", "4/4/4"])
def test_what_is_no_time_signature_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="time signature"):
        Metre.parse(text)


def test_strengths_repeat_in_every_bar_before_and_after_the_first() -> None:
    metre = Metre.parse("4/4")
    bar = [DOWNBEAT, OFFBEAT, BEAT, OFFBEAT, HALF_BAR, OFFBEAT, BEAT, OFFBEAT]
    assert [metre.strength(slot) for slot in range(-8, 16)] == bar * 3


@pytest.mark.parametrize(
    ("text", "span", "pieces"),
    [
        ("4/4", (0, 8), [(0, 8)]),
        ("4/4", (0, 6), [(0, 6)]),
        ("4/4", (2, 6), [(2, 4), (4, 6)]),
        ("4/4", (1, 3), [(1, 3)]),  # eighth, quarter, eighth
        ("4/4", (3, 5), [(3, 4), (4, 5)]),  # never over the middle of the bar
        ("4/4", (6, 10), [(6, 8), (8, 10)]),  # never over a bar line
        ("4/4", (-2, 2), [(-2, 0), (0, 2)]),
        ("3/4", (0, 6), [(0, 6)]),
        ("3/4", (2, 6), [(2, 6)]),
        ("6/8", (0, 6), [(0, 6)]),
        ("6/8", (1, 6), [(1, 3), (3, 6)]),
        ("6/8", (2, 4), [(2, 3), (3, 4)]),
        ("12/8", (0, 9), [(0, 6), (6, 9)]),
        ("12/8", (0, 12), [(0, 12)]),
    ],
)
def test_a_span_is_written_so_that_the_beats_show(
    text: str, span: tuple[int, int], pieces: list[tuple[int, int]]
) -> None:
    assert Metre.parse(text).pieces(*span) == pieces


@pytest.mark.parametrize("text", ["4/4", "3/4", "6/8", "12/8", "5/4", "7/8", "3/2", "1/4", "5/16"])
def test_pieces_are_note_values_that_fill_the_span(text: str) -> None:
    metre = Metre.parse(text)
    for start in range(-3, 2 * metre.slots):
        for end in range(start + 1, 3 * metre.slots):
            pieces = metre.pieces(start, end)
            edges = [edge for piece in pieces for edge in piece]
            assert (edges[0], edges[-1]) == (start, end)
            assert edges[1:-1:2] == edges[2:-1:2]
            assert all(b - a in {1, 2, 3, 4, 6, 8, 12, 16} for a, b in pieces)
            assert all(a // metre.slots == (b - 1) // metre.slots for a, b in pieces)
