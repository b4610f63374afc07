from __future__ import annotations

from engine.corpora.line_differences import Run, beside


def test_equal_lines_stand_beside_each_other_whatever_their_case_and_commas() -> None:
    assert beside("Low rain,\n\nhigh sun", "low RAIN\nhigh sun!") == [
        ((Run("Low rain,", False),), (Run("low RAIN", False),)),
        ((Run("high sun", False),), (Run("high sun!", False),)),
    ]


def test_words_that_differ_are_marked_and_no_others() -> None:
    ((left, right),) = beside("I walk the long road home", "I walk a long road")
    assert left == (
        *(Run("I walk", False), Run("the", True), Run("long road", False), Run("home", True)),
    )
    assert right == (Run("I walk", False), Run("a", True), Run("long road", False))


def test_a_line_that_one_lacks_stands_alone() -> None:
    pairs = beside("one line\nanother here", "one line\nquite new\nanother here")
    assert pairs[1] == ((), (Run("quite new", True),))
    assert len(pairs) == 3
    assert beside("", "") == []
