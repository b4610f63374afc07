from __future__ import annotations

import pytest

from engine.errors import InputError
from engine.generator.controls import Controls
from engine.generator.wishes import chords_of, line_wishes, lines_at, wished_form
from engine.lyrics import Lyrics
from engine.music.form import COPY, NEW
from engine.music.key import Key

SONG = Lyrics.parse(
    """[Verse]
one two
three four

[Chorus]
sing it out
sing it loud

[Verse]
five six
seven eight

[Chorus]
sing it out
sing it loud
"""
).lines
C = Key("C", "major")


@pytest.mark.parametrize(
    ("place", "lines"),
    [
        ("all", [0, 1, 2, 3, 4, 5, 6, 7]),
        ("verse", [0, 1, 4, 5]),
        ("Verses", [0, 1, 4, 5]),
        ("verse 2", [4, 5]),
        ("chorus 1-2", [2, 3, 6, 7]),
        ("stanza 3", [4, 5]),
        ("line 3", [2]),
        ("lines 2 - 4", [1, 2, 3]),
        ("end", [7]),
    ],
)
def test_places_as_musicians_name_them(place: str, lines: list[int]) -> None:
    assert lines_at(place, SONG) == lines


@pytest.mark.parametrize(
    "place", ["", "coda", "verse 3", "line 0", "line 9", "bridge", "verse x", "line " + "9" * 5000]
)
def test_places_that_are_not_there_are_named(place: str) -> None:
    with pytest.raises(InputError, match="song"):
        lines_at(place, SONG)


def asked(*progressions: tuple[str, str]) -> list[str]:
    wishes = line_wishes(SONG, C, progressions, (), ())
    return [" ".join(chord.symbol for chord in wish.chords or ()) for wish in wishes]


def test_a_short_progression_is_on_every_line_and_a_long_one_spread() -> None:
    assert asked(("verse", "I V vi IV"))[:3] == ["C G Am F", "C G Am F", ""]
    assert asked(("verse", "C G Am F Dm G"))[:2] == ["C G Am", "F Dm G"]


def test_semicolons_say_what_belongs_to_which_line() -> None:
    assert asked(("chorus", "C F; G7"))[2:4] == ["C F", "G7"]


def test_a_later_wish_goes_before_an_earlier_one() -> None:
    assert asked(("all", "C"), ("line 2", "F G"))[:3] == ["C", "F G", "C"]


def test_numerals_are_of_the_key_of_their_section() -> None:
    wishes = line_wishes(SONG, C, [("chorus", "I IV")], (), [("chorus 2", Key("D", "major"))])
    assert [chord.symbol for chord in wishes[2].chords or ()] == ["C", "F"]
    assert [chord.symbol for chord in wishes[6].chords or ()] == ["D", "G"]


def test_a_cadence_ends_the_last_line_of_every_section_it_names() -> None:
    wishes = line_wishes(SONG, C, (), [("verse", "half")], ())
    assert [wish.cadence for wish in wishes] == [None, "half", None, None, None, "half", None, None]


@pytest.mark.parametrize(
    ("progressions", "cadences", "keys", "told"),
    [
        ([("verse", "H$ ?")], [], [], "not a chord symbol"),
        ([("verse", " | ")], [], [], "empty"),
        ([("line 1", "C; " + "C " * 20)], [], [], None),
        ([], [("verse", "perfect")], [], "no cadence"),
        ([], [], [("verse", Key("A", "minor"))], "major key"),
    ],
)
def test_what_cannot_be_is_told(
    progressions: list[tuple[str, str]],
    cadences: list[tuple[str, str]],
    keys: list[tuple[str, Key]],
    told: str | None,
) -> None:
    if told is None:
        assert line_wishes(SONG, C, progressions, cadences, keys)[0].chords
        return
    with pytest.raises(InputError, match=told):
        line_wishes(SONG, C, progressions, cadences, keys)


@pytest.mark.parametrize("text", ["I-V-vi-IV", "I V vi IV", "| C | G | Am | F |", "C, G, Am, F"])
def test_progressions_as_they_are_typed(text: str) -> None:
    assert [chord.symbol for chord in chords_of(text, C)] == ["C", "G", "Am", "F"]


def test_sections_are_alike_or_their_own_as_wished() -> None:
    form = wished_form(SONG, Controls(alike=(("chorus", "verse 1"), ("verse 2", ""))))

    assert form.letters == "A A B A"
    assert [(plan.plan, plan.source) for plan in form.lines[2:6]] == [
        (COPY, 0),
        (COPY, 1),
        (NEW, None),
        (NEW, None),
    ]
    with pytest.raises(InputError, match="cannot follow"):
        wished_form(SONG, Controls(alike=(("verse 1", "chorus"),)))
