from __future__ import annotations

import io
from dataclasses import replace

import pytest
from pypdf import PageObject, PdfReader

from engine.formats import chordpro, pdf
from engine.formats.export import Export
from engine.music.lead_sheet import LeadSheet

SIGNS = "Zażółć gęślą jaźń ÄÖÜäöüß œuvre cœur Noël ça où île ÿ ŒÆ «guillemets» „Gänsefüßchen“ … –"
SONG = chordpro.read(
    "{title: Żal i œuvre}\n{artist: Łucja Müller}\n{key: Eb}\n{time: 6/8}\n{tempo: 84}\n{capo: 1}\n"
    f"{{soc}}\n[Bbm7]{SIGNS.replace(' ', ' [F#m7b5]', 1)} [Ebmaj7]end\n{{eoc}}\n"
    "{start_of_verse: Outro}\n[Ebm] [Bb/D]\n{end_of_verse}\n".encode()
)
CHORDS = ["B♭m7", "G♭m7♭5", "E♭maj7", "E♭m", "B♭/D"]
LINE = "[C]Down the [Am7]dusty road I carried [F]home the winter [G7]rain"


def pages(sheet: LeadSheet, export: Export = Export()) -> list[PageObject]:  # noqa: B008 - frozen
    return list(PdfReader(io.BytesIO(pdf.write(sheet, export))).pages)


def song(stanzas: int) -> LeadSheet:
    verse = f"{{sov}}\n{LINE}\n{LINE}\n{{eov}}\n"
    return chordpro.read(f"{{title: Rain}}\n{{key: C}}\n{verse * stanzas}".encode())


def test_every_letter_and_sign_is_read_back_in_order() -> None:
    (page,) = pages(SONG)
    text = page.extract_text()
    words = text.split()
    sung = SONG.lines[0].words
    below = words[words.index("CHORUS") :]
    assert [word for word in below if word in sung] == list(sung)
    assert "Żal i œuvre" in text
    assert "Łucja Müller" in text
    assert "6/8 · 84 bpm" in text
    assert "CHORUS" in words
    assert words.index("CHORUS") < words.index("OUTRO")
    assert [word for word in words if word in CHORDS] == CHORDS


def test_a_capo_shows_its_shapes_and_what_sounds() -> None:
    text = pages(SONG)[0].extract_text()
    assert "Key: E major" in text
    assert "Capo 1: play as in E♭ major" in text


@pytest.mark.parametrize(
    ("names", "wanted"),
    [("roman", ["iv°7", "viiø7", "♭VII", "I+"]), ("nashville", ["4°⁷", "7ø⁷", "♭7", "1+"])],
)
def test_numerals_print_with_their_signs(names: str, wanted: list[str]) -> None:
    sheet = chordpro.read(b"{key: C}\n[Fdim7]rain [Bm7b5]on [Bb]the [Caug]roof")
    words = pages(sheet, Export(names=names))[0].extract_text().split()
    assert [word for word in words if word in wanted] == wanted


def test_a_long_song_has_two_columns_and_then_numbered_pages() -> None:
    one, two, several = song(4), song(11), song(40)
    assert [len(pages(one)), len(pages(two))] == [1, 1]
    found = pages(several)
    texts = [page.extract_text() for page in found]
    assert len(found) > 1
    for number, text in enumerate(texts, start=1):
        assert f"Rain, page {number} of {len(found)}" in text
    words = " ".join(texts).split()
    assert words.count("dusty") == 80
    assert words.count("Am7") == 80


def test_large_print_has_letters_of_18_points() -> None:
    sizes: set[float] = set()
    for page in pages(song(2), Export(large_print=True)):
        page.extract_text(visitor_text=lambda text, _c, _t, _f, size: text and sizes.add(size))
    assert 18 in sizes
    assert min(sizes) >= 12


def test_a_word_wider_than_a_column_is_cut_not_lost() -> None:
    sheet = replace(SONG, lines=chordpro.read(f"[C]{'Donau' * 60}".encode()).lines)
    text = pages(sheet, Export(large_print=True))[0].extract_text()
    assert text.replace(" ", "").replace("\n", "").count("Donau") == 60


def test_letters_that_the_font_lacks_do_not_end_the_writing() -> None:
    assert len(pages(chordpro.read("[C]日本 [G]🎸 rain".encode()))) == 1


def test_equal_songs_give_equal_bytes() -> None:
    assert pdf.write(song(1)) == pdf.write(song(1))
