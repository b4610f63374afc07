from __future__ import annotations

from engine.listening.beats import bars_of
from engine.listening.heard import Heard, HeardChord
from engine.music.chord import Chord
from engine.music.key import Key


def heard(*symbols: str, beats_in_bar: int = 4, downbeat: int = 0) -> Heard:
    """A chord a beat, a beat a second; "." holds the one before."""
    chords: list[HeardChord] = []
    for second, symbol in enumerate(symbols):
        if symbol == ".":
            chords[-1] = HeardChord(chords[-1].start, second + 1, chords[-1].chord)
        else:
            chords.append(HeardChord(second, second + 1, Chord.parse(symbol)))
    count = len(symbols)
    return Heard(
        seconds=count,
        tempo=60.0,
        beats=tuple(map(float, range(count + 1))),
        beats_in_bar=beats_in_bar,
        downbeat=downbeat,
        key=Key("C", "major"),
        chords=tuple(chords),
        edges=tuple(map(float, range(count + 1))),
        chroma=((0.0,) * 12,) * count,
    )


def bars(text: str) -> list[str]:
    """ "C|Am F" as beats of 4/4."""
    return [
        beat
        for bar in text.split("|")
        for chords in [bar.split()]
        for chord in chords
        for beat in [chord, *["."] * (4 // len(chords) - 1)]
    ]


def test_bars_hold_their_chords_and_those_that_go_on() -> None:
    assert heard(*bars("C|G|Am F")).chord_line == "| C | G | Am F |"
    assert heard("C", *["."] * 7, "G").chord_line == "| C | C |"


def test_bars_begin_on_the_downbeat_and_silence_around_is_left_out() -> None:
    found = heard("N.C.", "N.C.", *bars("N.C.|C|G|N.C."), downbeat=2)
    assert found.chord_line == "| C | G |"


def test_a_loop_is_told_once_and_a_longer_song_line_by_line() -> None:
    loop = bars("C|G|Am|F")
    assert heard(*loop, *loop, *loop).progression == "C G Am F"
    other = bars("F|F|C|G7")
    assert heard(*loop, *other, *loop, *other).progression == "C G Am F; F C G7"
    assert heard(*loop, *other).progression == "C G Am F; F C G7"


def test_one_chord_heard_wrong_does_not_break_a_loop() -> None:
    loop, wrong = bars("C|G|Am|F"), bars("C|Em|Am|F")
    assert heard(*loop, *wrong, *loop, *loop).progression == "C G Am F"


def test_silence_has_no_bars_and_no_progression() -> None:
    found = heard("N.C.", ".", ".", ".")
    assert (found.chord_line, found.progression) == ("", "")


def test_chord_changes_tell_the_downbeat_and_the_metre() -> None:
    assert bars_of([False, False, True, False, False, False] * 6) == (3, 2)
    assert bars_of([False, True, False, False] * 6) == (4, 1)
    assert bars_of([]) == (4, 0)
    assert bars_of([True] * 16) == (4, 0)
