from __future__ import annotations

import io

import mido
import pytest

from engine import formats
from engine.errors import InputError
from engine.formats import chordpro, midi
from tests.engine.formats.test_midi import song


def written(*messages: mido.MetaMessage) -> bytes:
    file = mido.MidiFile(type=0, ticks_per_beat=480)
    file.tracks.append(mido.MidiTrack(messages))
    data = io.BytesIO()
    file.save(file=data)
    return data.getvalue()


def lyric(text: str, time: int = 240) -> mido.MetaMessage:
    return mido.MetaMessage("lyrics", text=text, time=time)


@pytest.mark.parametrize("metre", ["4/4", "6/8"])
def test_a_song_comes_back_from_midi(metre: str) -> None:
    sheet = song(time=metre)
    again = midi.read(midi.write(sheet))
    assert again.lines == sheet.lines
    assert (again.title, again.key, again.tempo) == (sheet.title, sheet.key, sheet.tempo)
    assert again.time_signature == metre


def test_syllables_of_karaoke_files_make_words_lines_and_stanzas() -> None:
    words = ["\\Lan", "terns ", "burn", "/In ", "the ", "rain", "\\Slow"]
    sheet = midi.read(written(*map(lyric, words)))
    assert [line.text for line in sheet.lines] == ["Lanterns burn", "In the rain", "Slow"]
    assert [line.stanza for line in sheet.lines] == [0, 0, 1]


def test_stanzas_without_a_heading_come_back() -> None:
    text = "{key: G}\n[G]Rain on the\nlong road\n\n[C]Sun\n\n[D]Snow at\n[G]last"
    sheet = chordpro.read(text.encode())
    assert [line.stanza for line in sheet.lines] == [0, 0, 1, 2, 2]
    assert midi.read(midi.write(sheet)).lines == sheet.lines


def test_xf_chords_are_read_where_no_text_names_them() -> None:
    chord = mido.MetaMessage("sequencer_specific", data=(0x43, 0x7B, 1, 0x32, 10, 0x34, 0x7F))
    (line,) = midi.read(written(chord, lyric("Rain ", 0))).lines
    assert [placed.chord.symbol for placed in line.chords] == ["Dm7/F"]


def test_typographic_apostrophes_are_read_by_any_program() -> None:
    import pretty_midi

    data = midi.write(chordpro.read("[C]Don’t [G]go".encode()))
    heard = pretty_midi.PrettyMIDI(io.BytesIO(data))  # as most programs: Latin-1
    assert [word.text.strip() for word in heard.lyrics] == ["Don't", "go"]


@pytest.mark.parametrize("data", [b"MThd", b"MThd\0\0\0\x06\0\1\xff\xff\0\x60", b"", b"no"])
def test_what_is_no_midi_song_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match="MIDI"):
        formats.read(data, "midi")
