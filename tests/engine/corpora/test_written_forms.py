"""A song in the ways people write it down is still the song."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.corpora.written_forms import FORMS, written
from engine.errors import InputError
from engine.lyrics import Lyrics

VERSE = "Rain on the harbour wall,\nboats come in before it falls\n"
CHORUS = "Carry the light, Mary, carry the light!\nCarry the light, Mary, carry the light!\nHome\n"
SONG = Lyrics.parse(
    f"{VERSE}\n{CHORUS}\nNets hang dry from the morning's lee\nsalt on the sill and a cup of tea\n"
    f"\n{CHORUS}\nOne more bell\n\n{CHORUS}"
)


def lines(form: str, song: Lyrics = SONG) -> list[str]:
    return [line.text for line in written(song, form).lines]


def test_a_draft_has_each_stanza_once_and_says_what_it_is() -> None:
    draft = written(SONG, "headings")
    assert [line.text for line in draft.lines].count("Home") == 1
    assert [line.section for line in draft.lines] == [
        *("verse", "verse", "chorus", "chorus", "chorus", "verse", "verse", "verse")
    ]


def test_whole_songs_keep_every_word_whatever_surrounds_them() -> None:
    def words(song: Lyrics) -> list[str]:
        return [word.strip(",!").lower() for word in song.words]

    once = [line.text for line in SONG.lines]
    assert lines("whole") == once
    assert words(written(SONG, "plain")) == words(SONG)
    block = written(SONG, "one block")
    assert {line.stanza for line in block.lines} == {0}
    assert set(block.words) == set(SONG.words) == set(written(SONG, "chord sheet").words)
    assert lines("one block").count("Carry the light, Mary, carry the light!") == 3


@pytest.mark.parametrize(
    ("form", "most"), [("12 lines", 12), ("8 lines", 8), ("4 lines", 4), ("1 line", 1)]
)
def test_excerpts_are_lines_in_a_row(form: str, most: int) -> None:
    texts = [line.text for line in SONG.lines]
    found = lines(form)
    assert len(found) == min(most, len(texts))
    assert any(texts[i : i + len(found)] == found for i in range(len(texts)))


def test_the_opening_is_first_verse_and_chorus() -> None:
    first, *_, last = lines("verse and chorus")
    assert (first, last) == ("Rain on the harbour wall,", "Home")
    assert len(lines("verse and chorus")) == 5


def test_the_seed_draws_the_excerpt() -> None:
    song = Lyrics.parse("\n\n".join(f"line {i} is new\nof a long song\nand on" for i in range(9)))
    drawn = {written(song, "4 lines", seed).text for seed in range(20)}
    assert len(drawn) > 1
    assert written(song, "4 lines", 3) == written(song, "4 lines", 3)


@given(st.text("ab A\n!,'", min_size=1), st.sampled_from(list(FORMS)), st.integers(0, 5))
def test_any_lyric_has_every_form(text: str, form: str, seed: int) -> None:
    try:
        song = Lyrics.parse(text)
    except InputError:
        assume(False)
        return
    assert written(song, form, seed).words
