from __future__ import annotations

from dataclasses import replace

import chordsketch
import pytest

from engine import formats
from engine.corpora.songbook import songbook
from engine.errors import InputError
from engine.formats import chordpro, text
from engine.formats.export import Export
from engine.music.lead_sheet import LeadSheet

SONG = chordpro.read(b"{title: Rust}\n{key: C}\n{tempo: 300}\n[C]la [Am7]la [G]la")
CHOICES = {"names": "roman", "parts": "full", "large_print": True}
SLOW = {"wav", "ogg", "mp3"}


@pytest.mark.parametrize("name", [name for name in formats.WRITTEN if name not in SLOW])
def test_a_format_follows_the_choices_it_names_and_no_others(name: str) -> None:
    plain = formats.write(SONG, name)
    for field, value in CHOICES.items():
        changed = formats.write(SONG, name, Export(**{field: value})) != plain
        assert changed == (field in formats.options(name)), field


@pytest.mark.parametrize("name", [name for name in formats.WRITTEN if name not in SLOW])
def test_every_format_is_written_in_the_key_that_is_shown(name: str) -> None:
    moved = formats.write(SONG, name, Export(transpose=3, capo=0))
    assert moved == formats.write(SONG.transpose(3), name)
    assert moved != formats.write(SONG, name)


@pytest.mark.parametrize("name", ["chordpro", "text"])
def test_a_capo_given_when_writing_is_in_the_file(name: str) -> None:
    again = formats.read(formats.write(SONG, name, Export(capo=2)), name)
    assert again == replace(SONG, capo=2, lines=again.lines)
    assert [chord.pitch_classes for chord in again.chords] == [c.pitch_classes for c in SONG.chords]


def numbered(sheet: LeadSheet) -> list[tuple[object, ...]]:
    return [
        (line.words, [(placed.word, placed.chord.pitch_classes) for placed in line.chords])
        for line in sheet.lines
    ]


@pytest.mark.parametrize("names", ["roman", "nashville"])
def test_numbers_in_chordpro_are_valid_and_mean_the_same_chords(names: str) -> None:
    for song in songbook()[::4]:
        data = chordpro.write(song, Export(names=names))
        assert chordsketch.validate(data.decode()) == []
        assert numbered(chordpro.read(data)) == numbered(song)


def test_text_has_numbers_over_the_words() -> None:
    lines = text.write(SONG, Export(names="nashville")).decode().splitlines()
    assert lines[-2:] == ["1  6-⁷ 5", "la la  la"]


def test_unknown_choices_are_refused() -> None:
    with pytest.raises(InputError, match="chords, roman, nashville are accepted"):
        Export(names="solfege")
    with pytest.raises(InputError, match="lead, full, slash are accepted"):
        Export(parts="tuba")
    with pytest.raises(InputError, match="0 to 11"):
        Export(capo=12)
