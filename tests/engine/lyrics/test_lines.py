"""Remarks and marks of single lines are told from what is sung."""

from __future__ import annotations

import pytest

from engine.lyrics.lines import is_remark, section_heading, without_label, without_marks


@pytest.mark.parametrize(
    "line",
    [
        *(
            "(sax solo)",
            "(short guitar solo)",
            "(fades)",
            "(Fade out...)",
            "(whispered)",
            "(laughter)",
        ),
        *("(drum fill)", "(piano interlude)", "(key change)", "(ad lib)", "(humming)", "(4 times)"),
        *(
            "*guitar riff*",
            "-- fiddle solo --",
            "Guitar Solo",
            "Instrumental break",
            "~ applause ~",
        ),
        *(
            "(repeat to fade)",
            "( * repeat )",
            "*repeat",
            "- repeat to the end",
            "Repeat x3",
            "(x 2)",
        ),
        *("Repeat and fade", "(repeat first half of the chorus)", "{*2X*}", "(band cheers)"),
    ],
)
def test_what_is_played_or_repeated_is_a_remark(line: str) -> None:
    assert is_remark(line)


@pytest.mark.parametrize(
    "line",
    [
        *(
            "(oh no)",
            "(hold me close)",
            "(fade away)",
            "(break my heart)",
            "(solo tonight)",
            "(guitar)",
        ),
        *(
            "(repeat after me)",
            "Repeat",
            "Fade out",
            "- Fade",
            "(three times)",
            "(the band plays on)",
        ),
        *("play that guitar", "laughs", "*oh*", "(drums of war)", "(I whistle)"),
    ],
)
def test_what_could_be_sung_is_no_remark(line: str) -> None:
    assert not is_remark(line)


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("Roll the stone x3", "Roll the stone"),
        ("Roll the stone (x3)", "Roll the stone"),
        ("Roll the stone 3X.", "Roll the stone"),
        ("Roll the stone × 2", "Roll the stone"),
        ("Roll the stone x2 x4", "Roll the stone"),
        ("Roll (2x) the stone (repeat 4x)", "Roll the stone"),
        ("Roll the stone (2 times)", "Roll the stone"),
        ("Roll the stone {*2X*}", "Roll the stone"),
        ("||: Roll the stone :||", "Roll the stone"),
        ("(spoken) Roll it", "Roll it"),
        ("x2", ""),
    ],
)
def test_marks_of_repetition_go_and_words_stay(line: str, left: str) -> None:
    assert " ".join(without_marks(line).split()) == left


@pytest.mark.parametrize(
    "line",
    [
        "I drive a 4x4",
        "I knocked two times",
        "We are the X",
        "Malcolm X 2",
        "Once more (one more time)",
        "Sung (three times)",
        "6 x 6",
        "At ten: go",
    ],
)
def test_numbers_that_are_sung_stay(line: str) -> None:
    assert without_marks(line) == line


@pytest.mark.parametrize(
    ("line", "section"),
    [
        ("**Chorus**", "chorus"),
        ("## Verse 2:", "verse"),
        ("--- Bridge ---", "bridge"),
        ("~ Intro ~", "intro"),
        ("Verse3", "verse"),
        ("- hook up -", None),
        ("Verse " * 100, None),
    ],
)
def test_ornaments_around_a_heading(line: str, section: str | None) -> None:
    assert section_heading(line) == section


def test_a_label_is_parted_from_its_words() -> None:
    assert without_label("Chorus: Lift the anchor") == ("Chorus: ", "Lift the anchor")
    assert without_label("Verse 2 - Lift") == ("Verse 2 - ", "Lift")
    assert without_label("Lift the chorus: now") is None
