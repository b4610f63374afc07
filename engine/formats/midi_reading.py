"""MIDI in: lyric events, chord names and markers of a file as a lead sheet.

Chord names are text events that hold a chord symbol and Yamaha's XF chord events; what notes sound
is not guessed at. Karaoke files (``.kar``) begin a line with ``/`` and a stanza with a backslash,
others end a line with a carriage return or a line feed, those that use both a stanza with the
latter (RP-017); a word goes on until a blank.
"""

from __future__ import annotations

import io
from typing import Any

from engine.errors import InputError
from engine.formats.timed import Sung, Timed
from engine.formats.xf_chords import xf_chord
from engine.music.chord import Chord
from engine.music.key import Key
from engine.music.key_estimate import estimated_key
from engine.music.lead_sheet import TEMPO_RANGE, LeadSheet
from engine.music.metre import Metre

MAX_BYTES = 300_000
# What mido raises of a damaged file, beside an error of its own.
_OF_MIDO = (OSError, EOFError, ValueError, KeyError, IndexError, TypeError)
_HELD = 4.0  # quarter notes a word is held at most, as far as a file tells


def lead_sheet(data: bytes) -> LeadSheet:
    """Read a file; `InputError` if it is no MIDI, or holds neither words nor chord names."""
    if len(data) > MAX_BYTES:
        raise InputError(
            f"The file has {len(data):,} bytes; a MIDI song of at most {MAX_BYTES:,} is accepted."
        )
    events = _events(data)
    timed = Timed(_words(events), _chords(events))
    timed.sections = [(at, m.text) for at, m in events if m.type == "marker" and m.text.strip()]
    if not timed.words and not timed.chords:
        raise InputError(
            "The file has no lyric events and no chord names; a MIDI file with words or named "
            "chords is accepted."
        )
    first = {m.type: m for _, m in reversed(events)}
    metre, key, tempo = (first.get(n) for n in ("time_signature", "key_signature", "set_tempo"))
    time = f"{metre.numerator}/{metre.denominator}" if metre else "4/4"
    quarters = 60e6 / tempo.tempo if tempo and tempo.tempo else 100.0
    try:
        pulse = Metre.parse(time).pulse
    except InputError:
        time, pulse = "4/4", 1.0
    names = [m.name for _, m in events if m.type == "track_name" and m.name.strip()]
    return LeadSheet(
        title="" if not names or names[0] == "Untitled" else names[0],
        key=Key.parse(key.key) if key else estimated_key([chord for _, chord in timed.chords]),
        lines=timed.lines(),
        time_signature=time,
        tempo=min(max(round(quarters / pulse), TEMPO_RANGE[0]), TEMPO_RANGE[1]),
    )


def _events(data: bytes) -> list[tuple[float, Any]]:
    """All meta events at their quarter notes, in order."""
    import mido
    from mido.midifiles.meta import KeySignatureError

    try:
        file: Any = mido.MidiFile(file=io.BytesIO(data), charset=_charset(data), clip=True)
        found: list[tuple[int, Any]] = []
        for track in file.tracks:
            at = 0
            for message in track:
                at += message.time
                if message.is_meta:
                    found.append((at, message))
        ticks = file.ticks_per_beat or 480
    except (KeySignatureError, *_OF_MIDO):
        raise InputError(
            "The file is no whole MIDI file; a standard MIDI file is accepted."
        ) from None
    found.sort(key=lambda pair: pair[0])
    return [(at / ticks, message) for at, message in found]


def _charset(data: bytes) -> str:
    """UTF-8 where the bytes of the file's texts can be that, else Western European."""
    import mido
    from mido.midifiles.meta import KeySignatureError

    try:
        mido.MidiFile(file=io.BytesIO(data), charset="utf-8", clip=True)
    except (KeySignatureError, *_OF_MIDO):
        return "cp1252" if b"\x81" not in data else "latin-1"
    return "utf-8"


def _words(events: list[tuple[float, Any]]) -> list[Sung]:
    sung = [(at, m.text) for at, m in events if m.type == "lyrics"]
    if not sung:  # karaoke files of the first kind keep the words as text
        texts = [(at, m.text) for at, m in events if m.type == "text"]
        is_karaoke = any(text.startswith(("@K", "@T", "\\", "/")) for _, text in texts)
        sung = [pair for pair in texts if is_karaoke and not pair[1].startswith("@")]
    returns = any(text.rstrip(" \t").endswith("\r") for _, text in sung)
    words: list[Sung] = []
    goes_on = False
    for at, raw in sung:
        text = raw
        if text.startswith(("\\", "/")) and words:
            words[-1].ends_line, words[-1].ends_stanza = True, text.startswith("\\")
            goes_on = False
        text = text.lstrip("\\/")
        goes_on = goes_on and not text[:1].isspace()
        for piece in text.replace("=", "").split():
            if goes_on and words:
                words[-1].text += piece.lstrip("-")
            else:
                words.append(Sung(at, at, piece))
            goes_on = False
        end = text.rstrip(" \t")[-1:]
        if end in {"\r", "\n"} and words:
            feeds = text.count("\n") + text.count("\r\r")
            words[-1].ends_line = True
            words[-1].ends_stanza |= feeds > 1 or (returns and end == "\n")
        if text.endswith("-") and len(text) > 1 and words:
            words[-1].text = words[-1].text.removesuffix("-")
        goes_on = bool(text) and not text[-1].isspace()
    for index, word in enumerate(words):
        after = words[index + 1].start if index + 1 < len(words) else word.start + _HELD
        word.end = min(after, word.start + (1.0 if word.ends_line else _HELD))
    return words


def _chords(events: list[tuple[float, Any]]) -> list[tuple[float, Chord]]:
    named: list[tuple[float, Chord]] = []
    coded: list[tuple[float, Chord]] = []
    for at, message in events:
        if message.type == "text":
            try:
                named.append((at, Chord.parse(message.text.strip())))
            except InputError:
                continue
        elif message.type == "sequencer_specific" and (chord := xf_chord(message.data)):
            coded.append((at, chord))
    return named or coded
