"""Headings of songbooks in other languages, and words that only look like them."""

from __future__ import annotations

import pytest

from engine.lyrics.lines import section_heading, section_number


@pytest.mark.parametrize(
    ("line", "section", "number"),
    [
        *(("[Estrofa 2]", "verse", 2), ("Refrão", "chorus", None), ("Pont :", "bridge", None)),
        *(("Strophe 3", "verse", 3), ("2. Strophe:", "verse", 2), ("[Припев]", "chorus", None)),
        *(("(Puente)", "bridge", None), ("2ème couplet", "verse", 2), ("Vers 1:", "verse", 1)),
        *(
            ("[Couplet 1: Ann]", "verse", 1),
            ("Refräng x2", "chorus", None),
            ("1st Verse", "verse", 1),
        ),
        *(
            ("Vorspiel:", "intro", None),
            ("MELLOMSPILL:", "other", None),
            ("Stick:", "bridge", None),
        ),
    ],
)
def test_a_heading_in_another_language_names_its_section(
    line: str, section: str, number: int | None
) -> None:
    assert (section_heading(line), section_number(line)) == (section, number)


@pytest.mark.parametrize(
    "line",
    [
        *("Pont", "Stick", "Vers", "Coro", "(Stick with me)", "(Stick around)", "[Stick around]"),
        *("Vers le soir", "Most of all:", "1st love", "2 hearts", "Bro, come on"),
    ],
)
def test_a_word_that_is_a_name_of_a_section_elsewhere_is_sung(line: str) -> None:
    assert section_heading(line) is None
