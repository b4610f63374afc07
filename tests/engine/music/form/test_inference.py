from __future__ import annotations

import pytest

from engine.errors import InputError
from engine.lyrics import Lyrics
from engine.music.form import COPY, NEW, VARY
from engine.music.form.inference import inferred_form

LABELLED = """[Verse 1]
The river took the morning slow
The ferryman forgot to row
And every bell along the shore
Was ringing for the boats no more

[Chorus]
So carry me, carry me
Over the water home

[Verse 2]
The lantern on the harbour wall
Was lit for no one there at all
And all the letters that I wrote
Are sailing in a paper boat

[Chorus]
So carry me, carry me
Over the water home

[Bridge]
If the tide should turn tonight
I will not be long

[Chorus]
So carry me, carry me
Over the water home
"""


def plans(text: str) -> list[tuple[str, int | None]]:
    form = inferred_form(Lyrics.parse(text).lines)
    return [(line.plan, line.source) for line in form.lines]


def test_a_second_verse_follows_the_first_line_by_line() -> None:
    form = inferred_form(Lyrics.parse(LABELLED).lines)

    assert form.letters == "A B A B C B"
    assert [line.source for line in form.lines[6:10]] == [0, 1, 2, 3]
    assert {line.plan for line in form.lines[:6]} == {NEW}
    assert {line.plan for line in form.lines[6:12]} == {COPY}


def test_the_true_last_line_may_close_otherwise_than_the_chorus_it_repeats() -> None:
    form = inferred_form(Lyrics.parse(LABELLED).lines)

    assert form.final == 15
    assert (form.lines[15].plan, form.lines[15].source) == (VARY, 5)
    assert (form.lines[11].plan, form.lines[11].source) == (COPY, 5)
    assert form.last_lines == {3, 5, 9, 11, 13, 15}


def test_a_song_without_labels_has_the_same_form() -> None:
    bare = "\n".join(line for line in LABELLED.split("\n") if not line.startswith("["))

    form = inferred_form(Lyrics.parse(bare).lines)

    assert form.letters == "A B A B C B"
    assert [line.source for line in form.lines[6:10]] == [0, 1, 2, 3]


def test_a_song_without_blank_lines_is_parted_at_what_comes_again() -> None:
    bare = "\n".join(line for line in LABELLED.split("\n") if line and not line.startswith("["))

    form = inferred_form(Lyrics.parse(bare).lines)

    assert [part.start for part in form.parts] == [0, 4, 6, 10, 12, 14]
    assert form.letters == "A B A B C B"


def test_a_hymn_without_blank_lines_is_parted_into_quatrains() -> None:
    lines = """Lord of the morning, lift the sun
    And let the day begin
    The weary night at last is done
    Come open and come in
    Lord of the harvest, bless the field
    And let the labour end
    The golden corn the hillsides yield
    Is yours to give and lend
    Lord of the evening, light the star
    And let the shadows lie
    The ones we love, however far
    Are under that same sky"""
    form = inferred_form(Lyrics.parse(lines).lines)

    assert form.letters == "A A A"
    assert form.lines[5].source == 1
    assert form.lines[11].plan == VARY


def test_a_line_sung_twice_in_a_row_moves_on() -> None:
    assert plans("Roll on, you river\nRoll on, you river\nRoll me home tonight")[1] == (NEW, None)


def test_a_refrain_line_keeps_its_chords_wherever_it_stands() -> None:
    text = """[Verse]
    I walked the town from end to end and nobody knew my name
    Singing hey for the open road

    [Verse]
    Rain
    And a dog that would not come
    Singing, hey for the open road!

    [Outro]
    Goodbye
    """
    assert plans(text)[4] == (COPY, 1)


@pytest.mark.parametrize(
    ("third", "letters"),
    [
        ("I think of you again", "A A B A"),  # one word is another
        ("Think of you again", "A A B A"),  # one is missing
        ("I never think of her again", "A A B B"),
    ],
)
def test_a_refrain_is_one_though_a_word_of_it_is_another(third: str, letters: str) -> None:
    text = f"""The streetlights flicker on at nine
    I pour a glass of table wine
    And think of you again

    A tune we heard in early May
    I hum the words you used to say
    And think of you again

    They tell me time is kind
    But time can't change my mind
    It only learns to bend

    The moon slides off the windowsill
    I said I won't, I always will
    {third}"""

    assert inferred_form(Lyrics.parse(text).lines).letters == letters


def test_verses_of_other_lengths_follow_as_far_as_they_go_and_end_alike() -> None:
    first = "The road is long\nThe night is cold\nMy coat is thin\nMy shoes are old"
    shorter = "The wind is high\nThe moon is low\nThe moon is gone"

    assert plans(f"[Verse]\n{first}\n\n[Verse]\n{shorter}\n\n[Outro]\nSo farewell my friend")[
        4:7
    ] == [
        (COPY, 0),
        (COPY, 1),
        (COPY, 3),
    ]


def test_verses_of_other_measure_have_their_own_harmony() -> None:
    first = "The road is long\nThe night is cold"
    other = "Somebody called in the middle of the night\nSomebody called and I never came back"

    assert plans(f"[Verse]\n{first}\n\n[Verse]\n{other}")[2:] == [(NEW, None), (NEW, None)]


def test_unlabelled_verse_and_chorus_of_one_measure_are_told_apart_by_what_comes_again() -> None:
    verses = [
        "The road is long and dark tonight\nThe wind is in the wheat",
        "The town has put out every light\nThere is no one to meet",
    ]
    chorus = "But I will find you in the end\nI will find you, my friend"
    form = inferred_form(Lyrics.parse("\n\n".join([verses[0], chorus, verses[1], chorus])).lines)

    assert form.letters == "A B A B"


def test_a_song_without_lines_is_refused() -> None:
    with pytest.raises(InputError, match="at least one line"):
        inferred_form([])
