from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.lyrics.casing import sentence_case


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("down by the river\ni wait and i'm cold", "Down by the river\nI wait and I'm cold"),
        ("DOWN BY THE RIVER\nI'M COLD", "Down by the river\nI'm cold"),
        ("'cause i said so", "'Cause I said so"),
        ("down by the River\nand i wait", "down by the River\nand i wait"),
        ("sing it, i-i-i", "Sing it, i-i-I"),
        ("", ""),
    ],
)
def test_lines_in_one_case_are_read_as_they_are_printed(typed: str, printed: str) -> None:
    assert sentence_case(typed) == printed


@given(st.text(max_size=60))
def test_every_letter_keeps_its_place(text: str) -> None:
    found = sentence_case(text)
    assert len(found) == len(text)
    assert found.casefold() == text.casefold() or len(text.casefold()) != len(text)
