from __future__ import annotations

from engine.generator.memory.outline import Outline

OUTLINE = Outline.of(
    ["a", "b", "hook", "c", "d", "e", "hook"],
    ["verse", "verse", "chorus", "verse", "verse", "verse", "chorus"],
    [0, 0, 1, 2, 2, 2, 3],
)


def test_repeats_have_the_chords_of_their_first_time() -> None:
    assert [line.first for line in OUTLINE.lines] == [0, 1, 2, 3, 4, 5, 2]
    assert [line.run for line in OUTLINE.lines] == [0, 0, 1, 2, 2, 2, 3]


def test_a_line_looks_back_by_distance_and_by_its_place_in_like_sections() -> None:
    assert OUTLINE.place(4) == (1, 3)
    # One and three lines before; same place from the front, from the back, in the first verse.
    assert OUTLINE.sources(4, (1, 3)) == [3, 1, 1, 0, 1]
    # The verse before has no third line; the last line of both verses agrees.
    assert OUTLINE.sources(5, (1,)) == [4, -1, 1, -1]


def test_nothing_stands_before_the_first_line() -> None:
    assert OUTLINE.sources(0, (1, 2)) == [-1] * 5
