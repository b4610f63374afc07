"""The songbook: as many songs of each genre, each of its own words, read by us and by others."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

import chordsketch
import pytest

from engine import formats
from engine.classifiers.prediction import GENRES
from engine.corpora.songbook import song_files, songbook, songbook_folder
from engine.music.lead_sheet import LeadSheet

TITLES = [sheet.title for sheet in songbook()]
MISPLACED = re.compile(rb"\S\[|\] +[^\s\[]")  # a chord inside a word, or away from its word


def letters(text: str) -> str:
    """What is sung of a text, however it is punctuated."""
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def test_there_are_ten_songs_of_every_genre() -> None:
    assert Counter(sheet.genre for sheet in songbook()) == dict.fromkeys(GENRES, 10)


def test_no_two_songs_have_one_title() -> None:
    assert [title for title, count in Counter(map(letters, TITLES)).items() if count > 1] == []


def test_no_two_songs_share_a_line() -> None:
    sung: defaultdict[str, set[str]] = defaultdict(set)
    for sheet in songbook():
        for line in sheet.lines:
            sung[letters("".join(line.words))].add(sheet.title)
    sung.pop("", None)  # lines that are played only
    assert {line: titles for line, titles in sung.items() if len(titles) > 1} == {}


def test_every_line_has_a_section_and_every_sung_stanza_a_chord() -> None:
    for sheet in songbook():
        assert all(line.section for line in sheet.lines), sheet.title
        chords = Counter[int]()
        for line in sheet.lines:
            chords[line.stanza] += len(line.chords)
        assert min(chords[line.stanza] for line in sheet.lines) > 0, sheet.title


def test_every_file_is_chordpro_to_the_letter() -> None:
    for path in song_files(songbook_folder()):
        data = path.read_bytes()
        assert chordsketch.validate(data.decode()) == [], path.name
        assert b"{artist: Lyric Lab}\n" in data, path.name
        assert b"{copyright: CC0 1.0}\n" in data, path.name
        assert not MISPLACED.search(data), path.name


def test_a_file_is_named_by_its_genre() -> None:
    for path, sheet in zip(song_files(songbook_folder()), songbook(), strict=True):
        assert path.name.startswith((sheet.genre or "").replace("r&b", "rnb") + "-"), path.name


@pytest.mark.parametrize("sheet", songbook(), ids=TITLES)
def test_every_song_comes_back_from_the_formats_that_are_read(sheet: LeadSheet) -> None:
    for name in ("chordpro", "json"):
        assert formats.read(formats.write(sheet, name), name) == sheet
    again = formats.read(formats.write(sheet, "text"), "text")
    assert again.chords == sheet.chords
    assert [line.words for line in again.lines] == [line.words for line in sheet.lines]


def test_the_table_names_every_song_as_it_is() -> None:
    table = (songbook_folder() / "README.md").read_text()
    listed = re.findall(
        r"^\| (\S+) \| \[(.+)\]\((\S+)\) \| (\S+) \| (\S+) \| (\d+) \|$", table, re.M
    )
    assert sorted(listed) == sorted(
        (
            sheet.genre,
            sheet.title,
            path.name,
            sheet.key.symbol,
            sheet.time_signature,
            str(sheet.tempo),
        )
        for path, sheet in zip(song_files(songbook_folder()), songbook(), strict=True)
    )
