from __future__ import annotations

import pytest

from engine.corpora.songbook import songbook
from engine.errors import InputError
from engine.lyrics import Lyrics
from engine.music.form import COPY, HOME, NEW, OPEN, TURNAROUND, VARY, Form
from engine.music.form.templates import TEMPLATES, form_of

BLUES = """The rent man came a-knocking, knocking on my door
The rent man came a-knocking, he was knocking on my door
I ain't got a dollar, he can't take it if I'm poor

My baby caught the morning train, she never said goodbye
My baby caught the morning train, never said goodbye
I sat down by the railroad and I watched the engine cry
"""
AABA = """The city sleeps beneath the rain
I hear your footsteps once again
The lamps are low, the hour late
And I still wait

The band has packed away its songs
The night goes on where it belongs
The moon is leaning on the gate
And I still wait

You told me love was only weather
A sudden cloud, a change of wind
Yet we were walking on together
So where do I begin

The stars go out above the square
I half believe that you are there
They tell me that it is too late
And I still wait
"""


def form(text: str, template: str | None = None, genre: str | None = None) -> Form:
    return form_of(Lyrics.parse(text).lines, template, genre)


def test_a_blues_goes_to_the_fourth_over_the_words_of_its_first_line() -> None:
    found = form(BLUES)

    assert found.template == "blues"
    assert [line.plan for line in found.lines] == [NEW, NEW, NEW, COPY, COPY, VARY]
    assert found.lines[1].bars == (("IV",), ("IV",), ("I",), ("I",))
    assert [len(line.bars) for line in found.lines] == [4] * 6
    assert found.lines[2].ending == TURNAROUND
    assert found.lines[5].ending == HOME
    assert found.lines[5].bars[-1] == ("I",)


def test_a_blues_of_six_lines_has_two_bars_a_line() -> None:
    text = """Woke up this morning
    with the blues around my bed
    Woke up this morning
    with the blues around my bed
    Had no one to talk to
    so I talked to them instead"""
    found = form(text)

    assert found.template == "blues"
    assert [line.bars[0] for line in found.lines] == [
        *(("I",), ("I",), ("IV",), ("I",), ("V",), ("I",))
    ]
    assert {line.plan for line in found.lines} == {NEW}


def test_equal_words_in_one_blues_chorus_never_copy() -> None:
    line = "Rain keep falling on my head"
    found = form(f"{line}\n{line}\nWish I was in my bed")

    assert found.lines[1].plan == NEW


def test_three_lines_without_a_repetition_are_a_blues_by_genre_alone() -> None:
    text = "The dog is barking at the moon\nThe cat is on the wall\nAnd I am home too soon"

    assert form(text).template == "free"
    assert form(text, genre="blues").template == "blues"


def test_a_repeated_line_makes_no_blues_of_a_hymn() -> None:
    line = "Holy is the morning light"

    assert form(f"{line}\n{line}\nHoly is the night", genre="gospel").template == "free"


def test_every_a_of_an_aaba_returns_and_the_second_comes_home() -> None:
    found = form(AABA)

    assert (found.template, found.letters) == ("aaba", "A A B A")
    assert [line.source for line in found.lines[12:16]] == [0, 1, 2, 7]
    assert [found.lines[part.stop - 1].ending for part in found.parts] == [OPEN, HOME, OPEN, HOME]
    assert found.lines[7].plan == VARY
    assert sum(len(line.bars) for line in found.lines) == 32


def test_long_lines_get_a_frame_with_room_for_them() -> None:
    long = AABA.replace("\n", " and I am walking all the way from here\n").replace(
        "\n and I am walking all the way from here\n", "\n\n"
    )

    assert sum(len(line.bars) for line in form(long).lines) == 64


def test_an_aaba_that_is_told_needs_four_stanzas() -> None:
    with pytest.raises(InputError, match="four stanzas"):
        form(BLUES, "aaba")


def test_stanzas_of_other_lengths_are_no_aaba_though_their_words_are_alike() -> None:
    song = next(sheet for sheet in songbook() if sheet.title == "Moonlight on Account")
    found = form_of(song.lines, genre=song.genre)

    assert found.letters == "A A B A"
    assert [len(part.lines) for part in found.parts] == [4, 4, 4, 5]
    assert found.template != "aaba"


def test_a_blues_that_is_told_needs_threes() -> None:
    with pytest.raises(InputError, match="stanzas of 4, 4, 4, 4"):
        form(AABA, "blues")


def test_an_eight_bar_blues_is_two_lines_of_four_bars_or_four_of_two() -> None:
    couplets = form(
        "down by the river\nwhere the water goes\n\nup on the hill\nwhere the wind blows"
    )
    assert couplets.template != "8-bar-blues"  # it is never guessed
    told = form(
        "down by the river\nwhere the water goes\n\nup on the hill\nwhere the wind blows",
        "8-bar-blues",
    )
    assert [plan.bars[:2] for plan in told.lines[:2]] == [(("I",), ("V",)), (("I",), ("V",))]
    assert [plan.plan for plan in told.lines] == [NEW, NEW, COPY, VARY]
    assert (told.lines[1].ending, told.lines[3].ending) == (TURNAROUND, HOME)
    four = form("one\ntwo\nthree\nfour", "8-bar-blues")
    assert [len(plan.bars) for plan in four.lines] == [2, 2, 2, 2]
    with pytest.raises(InputError, match="two or four lines; this lyric has stanzas of 3"):
        form("one\ntwo\nthree", "8-bar-blues")


def test_strophic_gives_every_stanza_the_music_of_the_first() -> None:
    found = form(AABA, "strophic")

    assert found.letters == "A A A A"
    assert [line.source for line in found.lines[8:12]] == [0, 1, 2, 3]


def test_stanzas_of_one_measure_are_strophic() -> None:
    text = AABA.split("\n\n")
    assert form("\n\n".join([text[0], text[1], text[3]])).template == "strophic"


def test_a_chorus_is_found_by_its_label_or_by_coming_again() -> None:
    verse, chorus = "A long road\nA cold rain", "Sing with me all night long\nSing the old song"
    other = "A high wind\nA slow train"

    assert form(f"[Verse]\n{verse}\n\n[Chorus]\n{chorus}").template == "verse-chorus"
    assert form(f"{verse}\n\n{chorus}\n\n{other}\n\n{chorus}").template == "verse-chorus"
    with pytest.raises(InputError, match=r"\[Chorus\]"):
        form(verse, "verse-chorus")


def test_no_template_is_taken_by_force() -> None:
    found = form(BLUES, "free")

    assert found.template == "free"
    assert not any(line.bars for line in found.lines)


def test_an_unknown_form_is_refused_with_those_there_are() -> None:
    with pytest.raises(InputError, match="blues, aaba, strophic, verse-chorus, free"):
        form(BLUES, "sonata")


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_single_line_gives_a_form_or_one_clear_sentence(template: str) -> None:
    try:
        assert len(form("Hello", template).lines) == 1
    except InputError as error:
        assert str(error).count("\n") == 0
