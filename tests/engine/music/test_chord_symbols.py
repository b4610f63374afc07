from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InputError
from engine.music.chord import Chord

TYPED = {
    "C": "C:maj",
    "Bbmaj7": "Bb:maj7",
    "F#m7b5": "F#:hdim7",
    "C/E": "C:maj/3",
    "N.C.": "N",
    "NC": "N",
    "n.c.": "N",
    "B♭": "Bb:maj",
    "F♯m": "F#:min",
    "E𝄫": "Ebb:maj",
    "C°": "C:dim",
    "Co": "C:dim",
    "C°7": "C:dim7",
    "Cdim": "C:dim",
    "Cø7": "C:hdim7",
    "Cø": "C:hdim7",
    "CΔ7": "C:maj7",
    "CΔ": "C:maj7",
    "C△9": "C:maj9",
    "C^7": "C:maj7",
    "CM7": "C:maj7",
    "CMaj7": "C:maj7",
    "CMA7": "C:maj7",
    "Cj7": "C:maj7",
    "C7M": "C:maj7",
    "C-7": "C:min7",
    "Cmi7": "C:min7",
    "CMI7": "C:min7",
    "Cmin7": "C:min7",
    "C minor 7": "C:min7",
    "Cm6": "C:min6",
    "Cm69": "C:min6(9)",
    "G7(b9)": "G:7(b9)",
    "G7b9": "G:7(b9)",
    "G7-9": "G:7(b9)",
    "G7♭9": "G:7(b9)",
    "G7#5": "G:aug(b7)",
    "G7+5": "G:aug(b7)",
    "G+7": "G:aug(b7)",
    "G7+": "G:aug(b7)",
    "Gaug7": "G:aug(b7)",
    "G9#5": "G:aug(b7,9)",
    "G7#5#9": "G:aug(b7,#9)",
    "G7b5": "G:7(*5,b5)",
    "G7b5b9": "G:7(*5,b5,b9)",
    "Caug": "C:aug",
    "C+": "C:aug",
    "C(#5)": "C:aug",
    "C(b5)": "C:maj(*5,b5)",
    "C6": "C:maj6",
    "C6/9": "C:maj6(9)",
    "C69": "C:maj6(9)",
    "C6add9": "C:maj6(9)",
    "C6/9/E": "C:maj6(9)/3",
    "Cadd9": "C:maj(9)",
    "C(add9)": "C:maj(9)",
    "C2": "C:maj(9)",
    "Cmadd9": "C:min(9)",
    "Csus": "C:sus4",
    "Csus4": "C:sus4",
    "Csus2": "C:sus2",
    "C7sus4": "C:sus4(b7)",
    "C7sus": "C:sus4(b7)",
    "C9sus4": "C:sus4(b7,9)",
    "C13sus4": "C:sus4(b7,9,11,13)",
    "C7sus4b9": "C:sus4(b7,b9)",
    "C5": "C:5",
    "C(no3)": "C:5",
    "C7(no5)": "C:7(*5)",
    "C7alt": "C:7(b9,b13)",
    "Cm(maj7)": "C:minmaj7",
    "CmM7": "C:minmaj7",
    "C-Δ7": "C:minmaj7",
    "Cm(maj9)": "C:minmaj7(9)",
    "C9": "C:9",
    "C11": "C:11",
    "C13": "C:13",
    "Cm9": "C:min9",
    "Cm11": "C:min11",
    "Cm13": "C:min13",
    "Cmaj9": "C:maj9",
    "Cmaj11": "C:maj9(11)",
    "Cmaj13": "C:maj13",
    "C7#9": "C:7(#9)",
    "C7#11": "C:7(#11)",
    "C9#11": "C:9(#11)",
    "C13b9": "C:7(b9,11,13)",
    "C13#11": "C:9(#11,13)",
    "C7(b9,#11)": "C:7(b9,#11)",
    "C7(b9 #11)": "C:7(b9,#11)",
    "C7b9b13": "C:7(b9,b13)",
    "Cm7-5": "C:hdim7",
    "Cm9b5": "C:hdim7(9)",
    "Cdim(maj7)": "C:dim(7)",
    "Cmaj7#5": "C:aug(7)",
    "Am/G": "A:min/b7",
    "Am/g": "A:min/b7",
    "D/F#": "D:maj/3",
    "F/G": "F:maj/2",
    "G/F♯": "G:maj/7",
    "Bb:min7/b3": "Bb:min7/b3",
}


@pytest.mark.parametrize(("symbol", "label"), TYPED.items())
def test_what_musicians_type_is_understood(symbol: str, label: str) -> None:
    assert Chord.parse(symbol).label == label


@pytest.mark.parametrize("symbol", TYPED)
def test_a_printed_symbol_reads_back_as_the_same_chord(symbol: str) -> None:
    chord = Chord.parse(symbol)
    assert Chord.parse(chord.symbol) == chord
    assert chord.symbol.isascii()


@pytest.mark.parametrize(
    ("label", "symbol"),
    [
        ("N", "N.C."),
        ("C:maj", "C"),
        ("Bb:min7/b3", "Bbm7/Db"),
        ("C:hdim7", "Cm7b5"),
        ("C:sus4(b7)", "C7sus4"),
        ("C:maj6(9)/3", "C6/9/E"),
        ("C:aug(b7)", "C7#5"),
        ("C:aug(b7,b9)", "C7(#5,b9)"),
        ("C:minmaj7", "Cm(maj7)"),
        ("C:min(9)", "Cm(add9)"),
        ("C:7(b9,11,13)", "C13b9"),
        ("C:7(b9,#11)", "C7(b9,#11)"),
        ("C:dim7", "Cdim7"),
        ("F#:5", "F#5"),
        ("C:maj(9)", "Cadd9"),
    ],
)
def test_symbols_look_as_players_expect(label: str, symbol: str) -> None:
    assert Chord.harte(label).symbol == symbol


@pytest.mark.parametrize(
    "symbol",
    [
        "",
        " ",
        "Cfoo",
        "c",
        "C/X",
        "C79",
        "Cm5",
        "X",
        "[C]",
        "C7(",
        "C//E",
        "Cmaj7x" * 99,
        "C\n:",
        "Emma",
    ],
)
def test_what_is_no_chord_is_refused_in_one_short_line(symbol: str) -> None:
    with pytest.raises(InputError, match="accepted") as caught:
        Chord.parse(symbol)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 200


@given(st.one_of(st.text(max_size=12), st.text("ABCGb#m7/()+-°ø,suadj913Δ ", max_size=12)))
def test_any_typing_gives_a_chord_or_one_clear_refusal(text: str) -> None:
    try:
        chord = Chord.parse(text)
    except InputError as error:
        assert "\n" not in str(error)
    else:
        assert Chord.parse(chord.symbol) == chord


@pytest.mark.parametrize(
    ("symbol", "label"),
    [
        ("Ah", "A:hdim7"),
        ("Dh7", "D:hdim7"),
        ("Fsus7", "F:sus4(b7)"),
        ("GSus2", "G:sus2"),
        ("BbADD9", "Bb:maj(9)"),
        ("Dsus4(7)", "D:sus4(b7)"),
        ("F6/7", "F:maj6(b7)"),
        ("D7(5+)", "D:aug(b7)"),
        ("Gm7(5-)", "G:hdim7"),
        ("A7(9-)", "A:7(b9)"),
        ("G711", "G:7(11)"),
        ("Am9maj7", "A:minmaj7(9)"),
        ("Em#7", "E:minmaj7"),
        ("D0", "D:dim"),
        ("D7(b9,13)", "D:7(b9,13)"),
        ("D(add9,13)", "D:maj(9,13)"),
        ("D(9)", "D:maj(9)"),
        ("Dm(11)", "D:min(11)"),
        ("D7(4)", "D:sus4(b7)"),
        ("Dm7(4)", "D:min7(11)"),
        ("Dsus9", "D:sus4(b7,9)"),
        ("Dsuspended", "D:sus4"),
        ("D5+", "D:aug"),
        ("D(5-)", "D:maj(*5,b5)"),
        ("Dmaj7(#4)", "D:maj7(#11)"),
        ("D(no3rd)", "D:5"),
        ("Ddom9", "D:9"),
        ("D7altered", "D:7(b9,b13)"),
        ("Ddiminished7", "D:dim7"),
        ("Daugmented", "D:aug"),
        ("D half-diminished", "D:hdim7"),
    ],
)
def test_spellings_of_other_programs_are_read(symbol: str, label: str) -> None:
    assert Chord.parse(symbol) == Chord.harte(label)
