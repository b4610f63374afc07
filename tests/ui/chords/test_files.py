from __future__ import annotations

from dataclasses import replace

from engine import formats
from engine.formats import chordpro
from engine.formats.export import Export
from ui.chords import files

SONG = chordpro.read(b"{title: Rain}\n{key: E}\n[E]Rain on the [C#m7]roof")


def test_the_page_offers_every_format_once() -> None:
    offered = [format_name for _, group in files.GROUPS for format_name in group]
    assert sorted(offered) == sorted(formats.WRITTEN)


def test_downloads_of_a_song_have_different_names() -> None:
    endings = [formats.extension(format_name) for format_name in formats.WRITTEN]
    assert len(set(endings)) == len(endings)


def test_the_page_says_which_files_follow_capo_and_numbers() -> None:
    assert files.carried(SONG, Export()) == ""
    said = files.carried(replace(SONG, capo=4), Export(names="roman"))
    assert "have the C major shapes for the capo at fret 4" in said
    assert "Roman numerals stand in: PDF chord sheet, Plain text, ChordPro" in said


def test_what_the_page_says_of_the_capo_is_so() -> None:
    with_capo = replace(SONG, capo=4)
    for format_name in ("chordpro", "text"):
        assert b"Am7" in formats.write(with_capo, format_name)
    for format_name in ("midi", "musicxml", "ireal", "dawproject", "reaper", "svg"):
        assert formats.write(with_capo, format_name) == formats.write(SONG, format_name)
