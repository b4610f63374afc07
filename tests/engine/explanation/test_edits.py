from __future__ import annotations

from engine.explanation import numbered_lines, swapped, without_line

TEXT = "[Verse]\nRain on the roof\n\nRAIN, rainbow rain\n"


def test_a_line_is_taken_out_and_the_others_keep_their_places() -> None:
    lines = numbered_lines(TEXT)
    assert lines == [(1, "Rain on the roof"), (3, "RAIN, rainbow rain")]
    assert without_line(TEXT, 1) == "[Verse]\n\nRAIN, rainbow rain\n"
    assert without_line(TEXT, 99) == TEXT


def test_a_word_is_swapped_wherever_it_stands_whole_and_keeps_its_case() -> None:
    assert swapped(TEXT, " rain ", "iron") == (
        "[Verse]\nIron on the roof\n\nIRON, rainbow iron\n",
        3,
    )
    assert swapped("I walk", "i", "we") == ("We walk", 1)
    assert swapped("Don't don", "don't", "won't") == ("Won't don", 1)


def test_what_is_not_there_changes_nothing_and_signs_are_letters() -> None:
    assert swapped(TEXT, "snow", "ice") == (TEXT, 0)
    assert swapped(TEXT, " ", "ice") == (TEXT, 0)
    assert swapped("a.c abc", "a.c", r"\1") == (r"\1 abc", 1)
    assert swapped("go now", "now", "")[0] == "go "
