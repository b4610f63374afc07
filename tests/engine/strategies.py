"""Random music for property-based tests: every valid chord, line and lead sheet may come up."""

from __future__ import annotations

from hypothesis import strategies as st

from engine.lyrics import SECTIONS
from engine.music.chord import Chord
from engine.music.chord_degrees import QUALITY_DEGREES
from engine.music.form.templates import TEMPLATES
from engine.music.key import KEYS, Key
from engine.music.lead_sheet import LeadSheet, Line, PlacedChord

NOTES = [letter + accidental for letter in "CDEFGAB" for accidental in ("", "b", "#", "bb", "##")]
_DEGREES = [sign + str(n) for n in range(1, 14) for sign in ("", "b", "#", "bb", "##")]
_AWKWARD_WORDS = [
    *["[", "]", "[G]", "{", "}", "{soc}", "{title:", "x}", "\\", "\\\\", "\\[", "a\\", "#", "#1"],
    *["Chorus:", "Verse", "[Chorus]", "(Bridge)", "Other", "N.C.", "A", "Am", "|", "x2", "//", '"'],
    *[
        "don't",
        "rock-and-roll",
        "naïve",
        "naÃ¯ve",
        "e\u0301",
        "日本",
        "🎸",
        "<b>",
        "&amp;",
        "hap[py",
        "\ufeff",
    ],
]


def _is_word(text: str) -> bool:
    return text.split() == [text]


@st.composite
def chords(draw: st.DrawFn) -> Chord:
    """Any chord: also with odd added and omitted degrees and odd basses."""
    if draw(st.integers(0, 19)) == 0:
        return Chord(None, "")
    degrees = draw(st.lists(st.sampled_from(_DEGREES), max_size=3, unique=True))
    signs = draw(st.lists(st.sampled_from(["", "", "*"]), min_size=3, max_size=3))
    return Chord(
        draw(st.sampled_from(NOTES)),
        draw(st.sampled_from(sorted(QUALITY_DEGREES))),
        tuple(sign + degree for sign, degree in zip(signs, degrees, strict=False)),
        draw(st.sampled_from(["1", "1", "3", "b3", "5", "b7", *_DEGREES])),
    )


@st.composite
def keys(draw: st.DrawFn) -> Key:
    """Any key with a signature of at most seven accidentals."""
    return draw(
        st.sampled_from([*KEYS, Key("Gb", "major"), Key("C#", "major"), Key("Ab", "minor")])
    )


words = st.one_of(
    st.sampled_from(_AWKWARD_WORDS),
    st.text(
        st.characters(exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]), min_size=1, max_size=9
    ),
).filter(_is_word)


@st.composite
def lines(draw: st.DrawFn) -> Line:
    """A sung or played line."""
    texts = tuple(draw(st.lists(words, max_size=6)))
    places = draw(
        st.lists(st.integers(0, len(texts)), min_size=0 if texts else 1, max_size=5).map(sorted)
    )
    section = draw(st.sampled_from([None, None, *SECTIONS]))
    return Line(
        texts,
        tuple(PlacedChord(place, draw(chords())) for place in places),
        section,
        draw(st.integers(0, 2)),
        draw(st.sampled_from([None, None, 1, 2, 12])) if section else None,
    )


@st.composite
def lead_sheets(draw: st.DrawFn) -> LeadSheet:
    """A whole song."""
    text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
    return LeadSheet(
        title=draw(
            st.one_of(text, st.sampled_from(["{a} [b] #c", "a: b", ":x", "\\", "}", "", "Ã©Â¡"]))
        ),
        key=draw(keys()),
        lines=tuple(draw(st.lists(lines(), min_size=1, max_size=6))),
        time_signature=draw(st.sampled_from(["4/4", "3/4", "6/8", "2/2", "12/8", "5/4"])),
        tempo=draw(st.integers(20, 400)),
        genre=draw(st.one_of(st.none(), st.sampled_from(["r&b", "hip-hop", "new wave"]), text)),
        artist=draw(st.one_of(st.none(), text)),
        form=draw(st.sampled_from([None, None, *TEMPLATES])),
    )
