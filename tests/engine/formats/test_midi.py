from __future__ import annotations

import io
from typing import Any

import pretty_midi
import pytest
from hypothesis import given, settings

from engine.formats import chordpro, midi
from engine.music.lead_sheet import LeadSheet
from tests.engine.strategies import lead_sheets

SONG = """{{title: Paper Lanterns}}
{{key: Em}}
{{time: {time}}}
{{tempo: {tempo}}}
{{meta: genre {genre}}}

{{start_of_verse: Intro}}
[Em] [D]
{{end_of_verse}}

{{start_of_verse}}
The [Em]lanterns on the [C]harbour wall are [G]swinging in the [D]rain
And [Em]every one is [C]naïve, [N.C.]so [Em]slow
{{end_of_verse}}
"""


def song(genre: str = "pop", time: str = "4/4", tempo: int = 120) -> LeadSheet:
    return chordpro.read(SONG.format(genre=genre, time=time, tempo=tempo).encode())


def heard(sheet: LeadSheet) -> Any:
    return pretty_midi.PrettyMIDI(io.BytesIO(midi.write(sheet)), charset="utf-8")


def messages(sheet: LeadSheet, kind: str) -> list[Any]:
    import mido

    file = mido.MidiFile(file=io.BytesIO(midi.write(sheet)), charset="utf-8")
    return [message for track in file.tracks for message in track if message.type == kind]


@given(lead_sheets())
@settings(max_examples=40, deadline=None)
def test_any_song_comes_back_with_all_its_words(sheet: LeadSheet) -> None:
    found = [lyric.text[:-1] for lyric in heard(sheet).lyrics]
    assert found == [midi.typewritten(word) for line in sheet.lines for word in line.words]


def test_chord_names_are_texts_and_events_of_their_own() -> None:
    names = [message.text for message in messages(song(), "text")]
    assert names[:4] == ["Em", "D", "Em", "C"]
    assert len(messages(song(), "sequencer_specific")) == len([n for n in names if n != "N.C."])


def test_words_end_in_a_space_and_lines_in_a_return() -> None:
    texts = [message.text for message in messages(song(), "lyrics")]
    assert texts[0] == "The "
    assert [text for text in texts if text.endswith("\r")] == ["rain\r", "slow\r"]
    assert "naïve, " in texts


def test_the_first_track_says_title_tempo_metre_key_and_sections() -> None:
    sheet = song(time="6/8", tempo=60)
    assert messages(sheet, "track_name")[0].name == "Paper Lanterns"
    assert messages(sheet, "set_tempo")[0].tempo == pytest.approx(60e6 / 90, abs=1)
    metre = messages(sheet, "time_signature")[0]
    assert (metre.numerator, metre.denominator) == (6, 8)
    assert messages(sheet, "key_signature")[0].key == "Em"
    assert [marker.text for marker in messages(sheet, "marker")] == ["Intro", "Verse"]


def test_the_words_sound_no_note() -> None:
    names = [instrument.name for instrument in heard(song()).instruments]
    assert names == ["Chords", "Bass", "Drums", "Block chords"]
    silence = [m.value for m in messages(song(), "control_change") if m.control == 7]
    assert silence == [0]  # the block chords are for programs, not for the ear


def test_a_pickup_is_filled_to_a_bar_so_that_downbeats_are_found() -> None:
    sheet = chordpro.read(b"{tempo: 60}\n[G]\n\nThe [C]rain").lines[1:]
    pickup = LeadSheet("Pickup", song().key, sheet, tempo=60)
    midi_song = heard(pickup)
    assert midi_song.lyrics[0].time == pytest.approx(3.5)
    assert midi_song.instruments[0].notes[0].start == pytest.approx(4.0)


def test_equal_songs_give_equal_bytes() -> None:
    assert midi.write(song()) == midi.write(song())
