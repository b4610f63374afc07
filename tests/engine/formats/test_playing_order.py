from __future__ import annotations

from xml.etree.ElementTree import fromstring

import pytest

from engine.formats import musicxml
from engine.formats.playing_order import MOST_BARS, playing_order
from engine.music.chord import Chord
from tests.engine.formats.test_musicxml_reading import NOTE, harmony_of, lyric, score

FORWARD = '<barline location="left"><repeat direction="forward"/></barline>'
BACK = '<barline location="right"><repeat direction="backward"/></barline>'
SEGNO = "<direction><direction-type><segno/></direction-type></direction>"
CODA = "<direction><direction-type><coda/></direction-type></direction>"


def said(words: str, sound: str = "") -> str:
    told = f"<sound {sound}/>" if sound else ""
    return f"<direction><direction-type><words>{words}</words></direction-type>{told}</direction>"


def ending(number: str, *, repeats: bool) -> str:
    back = '<repeat direction="backward"/>' if repeats else ""
    return (
        f'<barline location="left"><ending number="{number}" type="start"/></barline>'
        f'<barline location="right"><ending number="{number}" type="stop"/>{back}</barline>'
    )


@pytest.mark.parametrize(
    ("bars", "played"),
    [
        (["", "", ""], "abc"),
        (["", BACK, ""], "ababc"),
        (["", FORWARD, BACK, ""], "abcbcd"),
        ([FORWARD, BACK.replace("/></", ' times="3"/></')], "ababab"),
        ([FORWARD, ending("1", repeats=True), ending("2", repeats=False), ""], "abacd"),
        ([FORWARD, ending("1, 2", repeats=True), ending("3", repeats=False)], "abab" + "ac"),
        (["", SEGNO, said("To Coda", 'tocoda="c"'), said("D.S. al Coda"), CODA], "abcdbce"),
        (["", SEGNO, CODA, said("D.S. al Coda"), CODA], "abcdbce"),
        (["", said("Fine"), said("D.C. al Fine")], "abcab"),
        ([FORWARD, BACK, said("D.C.", 'dacapo="yes"')], "ababcabc"),
        ([SEGNO, "", said("D.S. al Coda")], "abcabc"),
        (["", FORWARD, ending("1", repeats=True), ending("2", repeats=False), said("D.C.")],
         "abcbde" + "abde"),
    ],
)  # fmt: skip
def test_bars_follow_each_other_as_musicians_play_them(bars: list[str], played: str) -> None:
    root = fromstring(score(*bars))  # noqa: S314 - our own file
    order = playing_order(root.findall("part/measure"))
    assert "".join("abcdefg"[number] for number in order) == played


def test_signs_that_never_end_are_played_for_a_while() -> None:
    bars = [f"{FORWARD}{BACK}".replace("backward", 'backward" times="99999999')] * 2_000
    order = playing_order(fromstring(score(*bars)).findall("part/measure"))  # noqa: S314
    assert len(order) <= MOST_BARS


def test_each_pass_has_its_verse_and_the_chords_of_its_bars() -> None:
    attributes = "<attributes><divisions>1</divisions></attributes>"

    def bar(chord: str, words: str, signs: str = "") -> str:
        note = NOTE.format(length=4, lyric=words)
        return harmony_of(chord, "major") + note + signs

    data = score(
        attributes + FORWARD + bar("C", lyric("rain") + lyric("snow", number=2)),
        bar("G", lyric("falls"), ending("1", repeats=True)),
        bar("F", lyric("stays"), ending("2", repeats=False)),
    )
    sheet = musicxml.read(data)
    assert [word for line in sheet.lines for word in line.words] == [
        *("rain", "falls"),
        *("snow", "stays"),
    ]
    assert [str(chord) for chord in sheet.chords] == [
        str(Chord.parse(name)) for name in ("C", "G", "C", "F")
    ]
