"""Songs: the words, every format that is read, projects, links, and what a musician types."""

from __future__ import annotations

import argparse
import hashlib
import io
import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

from engine import chords_command, formats, generator
from engine.chords_command import asked_of
from engine.errors import InputError
from engine.formats import chordpro, json_format
from engine.generator.controls import Controls
from engine.generator.palette import chords_named
from engine.generator.wishes import chords_of, lines_at, named_wish
from engine.lyrics import Lyrics, language_warning
from engine.music.chord import Chord
from engine.music.chord_numbers import chord_of_number
from engine.music.key import KEYS, Key
from engine.music.lead_sheet import LeadSheet
from engine.music.metre import Metre
from engine.project import file, link
from engine.project.controls import controls_of
from tests.fuzz import seeds
from tests.fuzz.damage import damaged, damaged_json, zipped
from tests.fuzz.fuzzing import Target

_WRITTEN = ("text", "ireal", "reaper", "midi", "musicxml", "dawproject", "svg")
_MOST_CHECKED = 400  # lines of a song that is written and read again


def text_of(data: bytes) -> str:
    """The text that a browser or a command line would hand over, halves of characters included."""
    return data.decode("utf-8", "surrogatepass" if b"\xed\xa0" in data else "replace")


def _text(data: bytes) -> str:
    try:
        return text_of(data)
    except UnicodeDecodeError:
        return data.decode("utf-8", "replace")


def lyrics(data: bytes) -> None:
    """The words of a song, from bytes and from text."""
    for given in (data, _text(data)):
        try:
            parsed = Lyrics.parse(given)
        except InputError:
            if given is data:
                continue
            raise
        assert parsed.words
        assert all(word and word.split() == [word] for word in parsed.words)
        assert "\n".join(parsed.text.split("\n")) == parsed.text
        spans = [span for line in parsed.word_spans for span in line]
        assert [parsed.text[start:end] for start, end in spans] == list(parsed.words)
        parsed.text.encode()
    if len(data) % 64 == 0:
        language_warning(parsed)


def _checked(sheet: LeadSheet, data: bytes) -> None:
    """What every song keeps: it can be written in full, and comes back as it was."""
    assert sheet.lines
    if len(sheet.lines) <= _MOST_CHECKED and hashlib.md5(data).digest()[0] % 4 == 0:  # noqa: S324
        # A capo's shapes are spelled as their own key has it: E in Eb major comes back as Fb.
        assert sheet.capo or chordpro.read(chordpro.write(sheet)) == sheet
        assert json_format.read(json_format.write(sheet)) == sheet


def song(name: str) -> Callable[[bytes], None]:
    """Reads a song of a format."""

    def read(data: bytes) -> None:
        _checked(formats.read(data, name), data)

    return read


def converted(data: bytes) -> None:
    """Whatever song was read can be written in any format."""
    sheet = chordpro.read(data)
    sheet = replace(sheet, lines=sheet.lines[:20])
    formats.write(sheet, _WRITTEN[hashlib.md5(data).digest()[0] % len(_WRITTEN)])  # noqa: S324


def any_file(data: bytes) -> None:
    """A file that says by itself what it is: its name is the first line."""
    name, _, rest = data.partition(b"\n")
    formats.read(rest, formats.format_of(_text(name), rest))


def _any_files() -> list[bytes]:
    named = {"a.txt": "text", "a.cho": "chordpro", "b": "musicxml", "c.json": "json", "d": "ireal"}
    return [f"{name}\n".encode() + seeds.songs(of)[0] for name, of in named.items()]


def project(data: bytes) -> None:
    """A project file; it comes back as it was."""
    file.is_project(data)
    read = file.read(data)
    assert file.read(file.write(read)) == read


def song_link(data: bytes) -> None:
    """A link to a song."""
    read = link.read(_text(data))
    assert file.from_json(file.as_json(read)) == read


def link_holding(data: bytes) -> None:
    """A link whose packing is right, whatever it holds."""
    import base64
    import zlib

    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    whole = packer.compress(data) + packer.flush()
    link.read("1" + base64.urlsafe_b64encode(whole).decode().rstrip("="))


def _project_objects() -> list[bytes]:
    return [json.dumps(file.as_json(project)).encode() for project in seeds.projects()]


def wishes(data: bytes) -> None:
    """Wishes as a project keeps them."""
    try:
        value: Any = json.loads(data)
    except (ValueError, RecursionError):
        return
    found = controls_of(value)
    if found is not None and found.title == "":
        _lyric_of_wishes()
        chords_command.check_wishes(_lyric_of_wishes().lines, found)


@cache
def _lyric_of_wishes() -> Lyrics:
    return Lyrics.parse("[Verse]\nthe rain came down\non the river\n\n[Chorus]\nmorning light")


def chord_symbol(data: bytes) -> None:
    """A chord as it is written anywhere; its own names are read back."""
    text = _text(data)
    for read in (Chord.parse, Chord.harte):
        try:
            chord = read(text)
        except InputError as error:
            _one_sentence(error)
            continue
        assert Chord.parse(chord.symbol).symbol == chord.symbol
        assert Chord.harte(str(chord)) == chord
        _ = chord.pitch_classes, chord.roman(KEYS[0]), chord.nashville(KEYS[-1])
    chords_named([text])


def _one_sentence(error: InputError) -> None:
    from tests.fuzz.fuzzing import wrong_sentence

    assert not wrong_sentence(str(error)), str(error)[:500]


def chord_number(data: bytes) -> None:
    """Nashville numbers and Roman numerals, and progressions of them."""
    text = _text(data)
    key = KEYS[len(text) % len(KEYS)]
    for read in (chord_of_number, chords_of):
        try:
            read(text, key)
        except InputError as error:
            _one_sentence(error)
    chord_of_number(text.strip(), key)


def key_or_metre(data: bytes) -> None:
    """A key, and a time signature; both come back."""
    text = _text(data)
    try:
        key = Key.parse(text)
        assert Key.parse(str(key)) == Key.parse(key.symbol) == key
    except InputError as error:
        _one_sentence(error)
    Metre.parse(text)


def place_or_lock(data: bytes) -> None:
    """What a command line names: a place, a lock, a place for alternatives, a genre."""
    text = _text(data)
    lyric = _lyric_of_wishes()
    asked: list[Callable[[], object]] = [
        lambda: lines_at(text, lyric.lines),
        lambda: named_wish(text),
        lambda: asked_of(argparse.Namespace(lock=[text], alternatives=None), lyric, Controls()),
        lambda: asked_of(
            argparse.Namespace(lock=[text], alternatives=text),
            lyric,
            Controls(key=KEYS[0], cadences=(named_wish(text, "end"),)),
        ),
        lambda: generator.checked_genre(text),
    ]
    for ask in asked:
        try:
            ask()
        except InputError as error:
            _one_sentence(error)


def editor_act(data: bytes) -> None:
    """What the editor in the browser asks for."""
    from ui.chords.acts import View, edited

    try:
        asked: Any = json.loads(data)
    except (ValueError, RecursionError):
        return
    if not isinstance(asked, dict):
        return
    sheet = seeds.sheets()[0]
    after = edited(sheet, asked, View(sheet.key, 2))
    assert json_format.read(json_format.write(after)) is not None


def _acts() -> list[bytes]:
    acts: list[dict[str, Any]] = [
        {"act": "set", "chord": "Am7", "place": [0, 1]},
        {"act": "add", "chord": "G", "line": 1, "word": 2},
        {"act": "move", "place": [0, 0], "line": 1, "word": 1},
        {"act": "delete", "places": [[0, 0], [1, 0]]},
        {"act": "lock", "places": [[0, 0]]},
        {"act": "transpose", "places": [[0, 0], [0, 1]], "semitones": -2},
        {"act": "words", "line": 1, "text": "rain on the road"},
        {"act": "insert", "line": 2, "text": "la la", "new_section": True},
        {"act": "remove", "line": 1},
        {"act": "shift", "line": 1, "to": 3},
        {"act": "heading", "section": 0, "kind": "chorus"},
        {"act": "like", "section": 1, "model": 0},
    ]
    return [json.dumps(act).encode() for act in acts]


def recording(data: bytes) -> None:
    """A recording, decoded and checked before anything listens to it."""
    from engine.listening.clip import clip

    clip(data)


def _recordings() -> list[bytes]:
    import numpy as np
    import soundfile

    tone = np.sin(np.arange(5 * 8000) * 0.3).astype(np.float32) / 2
    found: list[bytes] = []
    for kind, subtype in (
        ("WAV", "PCM_U8"),
        ("FLAC", "PCM_16"),
        ("OGG", "VORBIS"),
        ("WAV", "FLOAT"),
    ):
        buffer = io.BytesIO()
        soundfile.write(buffer, tone, 8000, format=kind, subtype=subtype)
        found.append(buffer.getvalue())
    return found


SONGS = {
    "lyrics": Target(lyrics, lambda: [seeds.LYRICS, seeds.TEXT, seeds.CHORDPRO], share=600),
    "chordpro": Target(
        song("chordpro"), lambda: [seeds.CHORDPRO, *seeds.songs("chordpro")], share=450
    ),
    "text": Target(song("text"), lambda: [seeds.TEXT, *seeds.songs("text")], share=250),
    "onsong": Target(song("onsong"), lambda: [seeds.ONSONG, seeds.CHORDPRO], share=350),
    "json": Target(song("json"), lambda: seeds.songs("json"), damaged_json, share=1300),
    "musicxml": Target(song("musicxml"), lambda: seeds.songs("musicxml"), share=110),
    "mxl": Target(song("mxl"), lambda: seeds.songs("mxl"), zipped(damaged), share=70),
    "midi": Target(song("midi"), lambda: seeds.songs("midi"), share=140),
    "ireal": Target(song("ireal"), lambda: [seeds.IREAL, *seeds.songs("ireal")], share=500),
    "any-file": Target(any_file, _any_files, share=120),
    "converted": Target(converted, lambda: [seeds.CHORDPRO, *seeds.songs("chordpro")], share=60),
    "project": Target(project, seeds.project_files, damaged_json, share=900),
    "link": Target(song_link, seeds.links, share=800),
    "link-holding": Target(link_holding, _project_objects, damaged_json, share=600),
    "wishes": Target(
        wishes,
        lambda: [
            json.dumps(json.loads(one)["controls"]).encode() for one in seeds.project_files()[:1]
        ],
        damaged_json,
        share=1800,
    ),
    "chord": Target(
        chord_symbol,
        lambda: seeds.words(
            "F#m7b5/C", "Bb:min7(9,*5)/b3", "Ebmaj9#11", "Cdim7", "N.C.", "Hm", "D♭6/9"
        ),
        share=1700,
    ),
    "chord-number": Target(
        chord_number,
        lambda: seeds.words(
            "6-7/5", "bVIImaj7", "V7/ii", "viiø7", "I V vi IV | ii", "I-V-vi-IV", "C, G"
        ),
        share=1000,
    ),
    "key-or-metre": Target(
        key_or_metre,
        lambda: seeds.words("F#:minor", "Bbm", "G major", "6/8", "3+2/8", "C|"),
        share=1500,
    ),
    "place-or-lock": Target(
        place_or_lock,
        lambda: seeds.words(
            "verse 1=I V", "lines 1-2", "2=C@1 G7@2", "1:3=Am7", "1:2", "end = plagal", "folk"
        ),
        share=300,
    ),
    "editor-act": Target(editor_act, _acts, damaged_json, share=1500, needs="streamlit"),
    "recording": Target(recording, _recordings, share=60, needs="soundfile"),
}
