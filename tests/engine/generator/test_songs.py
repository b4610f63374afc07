from __future__ import annotations

from pathlib import Path

from engine.generator.encoding import Header
from engine.generator.songs import vocabulary_of
from tests.engine.generator.rows import corpus_row, corpus_songs


def test_songs_come_home_without_repeats_and_restatements(tmp_path: Path) -> None:
    (song,) = corpus_songs(tmp_path, corpus_row())
    assert song.key_given
    vocabulary = vocabulary_of([song])
    lines = song.model_lines(vocabulary)
    shown = [[(at, vocabulary.chords[index]) for at, index in line.chords] for line in lines]
    assert shown == [[(0, "C:maj")], [(0, "B:hdim7"), (2, "C:maj")]]
    assert [line.section for line in lines] == ["verse", "final"]
    assert song.header(vocabulary) == Header("genre:unknown", "complexity:sevenths", "metre:3/4")


def test_songs_with_chords_for_one_verse_only_do_not_teach_silence(tmp_path: Path) -> None:
    row = corpus_row()
    silent = [{"section": None, "words": [f"word{n}"], "chords": []} for n in range(3)]
    row["lines"] = [*row["lines"], *silent]  # pyright: ignore
    (song,) = corpus_songs(tmp_path, row)
    assert len(song.lines) == 2


def test_a_line_knows_the_chords_of_the_line_that_it_follows(tmp_path: Path) -> None:
    verses = (
        ("the river took the morning slow", "the ferryman forgot to row"),
        ("the lantern on the harbour wall", "was lit for no one there at all"),
    )
    lines = [
        {"section": "verse", "stanza": stanza, "words": text.split(), "chords": [[0, chord]]}
        for stanza, verse in enumerate(verses)
        for text, chord in zip(verse, ("G:maj", "D:7"), strict=True)
    ]
    (song,) = corpus_songs(tmp_path, corpus_row(lines=lines))
    vocabulary = vocabulary_of([song])

    told = [
        [vocabulary.chords[chord] for chord in line.source]
        for line in song.model_lines(vocabulary, sources=True)
    ]

    assert told == [[], [], ["C:maj"], ["G:7"]]
    assert not any(line.source for line in song.model_lines(vocabulary))
