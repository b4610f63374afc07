"""How a genre is accompanied: patterns of piano, bass and drums as strings, one sign a slot.

A pattern of 8 slots is a bar of 4/4, of 6 a bar of 3/4 or of 6/8 (eighth notes); longer bars repeat
it. ``.`` holds, ``-`` is silence.

- piano: ``X`` accented chord, ``x`` chord, ``p`` short chord, ``1 2 3`` a single note of the hand
  counted from below (``3`` is always the top), ``P`` power chord (root, fifth, octave)
- bass: ``R`` the bass note, ``5`` the fifth, ``W`` walking (the line is made by
  `engine.arrangement.performance`), ``B`` boogie (root, third, fifth, sixth)
- drums: ``x`` a stroke, ``X`` an accent
"""

from __future__ import annotations

from dataclasses import dataclass, field

KICK, RIM, SNARE, CLAP, CLOSED_HAT, PEDAL_HAT, OPEN_HAT, CRASH, RIDE = (
    36,
    37,
    38,
    39,
    42,
    44,
    46,
    49,
    51,
)


@dataclass(frozen=True)
class Pattern:
    """One bar, or a part of one, of an accompaniment."""

    piano: str
    bass: str
    drums: dict[int, str] = field(default_factory=dict[int, str])


@dataclass(frozen=True)
class Style:
    """The patterns and sounds of a genre.

    Parameters
    ----------
    four, three, compound
        The pattern of 4/4, of 3/4, and of 6/8 and its kin.
    keys, bass
        General MIDI programs, 0-127, of the chord instrument and the bass.
    swing
        Whether the second eighth of a beat comes at two thirds of it (4/4 only).
    """

    four: Pattern
    three: Pattern
    compound: Pattern
    keys: int = 0
    bass: int = 33
    swing: bool = False


_HATS = "xxxxxxxx"
_WALTZ = Pattern("--x.x.", "R.....", {KICK: "x.....", CLOSED_HAT: "..x.x."})
_BALLAD = Pattern("123212", "R.....")
_SIX = Pattern("X..x..", "R..R..", {KICK: "x.....", SNARE: "...x..", CLOSED_HAT: "xxxxxx"})
_TRIPLETS = Pattern("Xxxxxx", "R..R..", {KICK: "x....x", SNARE: "...x..", RIDE: "xxxxxx"})
_POWER_SIX = Pattern("PPPPPP", "RRRRRR", {KICK: "x..x.x", SNARE: "...x..", CRASH: "x....."})

PLAIN = Style(
    Pattern("X...x...", "R...R..."), Pattern("X...x.", "R....."), Pattern("X..x..", "R..R..")
)

STYLES: dict[str, Style] = {
    "folk": Style(
        Pattern("12321232", "R...5..."), Pattern("123232", "R....."), _BALLAD, keys=25, bass=32
    ),
    "country": Style(
        Pattern(
            "--p---p-",
            "R...5...",
            {KICK: "x...x...", RIM: "..x...x.", CLOSED_HAT: "x.x.x.x."},
        ),
        _WALTZ,
        _SIX,
        keys=25,
    ),
    "pop": Style(
        Pattern(
            "X..x..x.",
            "R..R..R.",
            {KICK: "x..x....", SNARE: "..x...x.", CLOSED_HAT: _HATS},
        ),
        _WALTZ,
        _SIX,
    ),
    "rock": Style(
        Pattern(
            "X.xxX.x.",
            "RRRRRRRR",
            {KICK: "x...xx..", SNARE: "..X...X.", CLOSED_HAT: _HATS},
        ),
        _WALTZ,
        _SIX,
        keys=27,
        bass=34,
    ),
    "punk": Style(
        Pattern(
            "PPPPPPPP",
            "RRRRRRRR",
            {KICK: "x.x.x.x.", SNARE: ".X.X.X.X", OPEN_HAT: "x.x.x.x."},
        ),
        Pattern("PPPPPP", "RRRRRR", {KICK: "x.x.x.", SNARE: ".X.X.X", OPEN_HAT: "x.x.x."}),
        _POWER_SIX,
        keys=29,
        bass=34,
    ),
    "metal": Style(
        Pattern(
            "PPPPPPPP",
            "RRRRRRRR",
            {KICK: _HATS, SNARE: "....X...", RIDE: "x.x.x.x."},
        ),
        Pattern("PPPPPP", "RRRRRR", {KICK: "xxxxxx", SNARE: "..X.X.", RIDE: "x.x.x."}),
        _POWER_SIX,
        keys=30,
        bass=34,
    ),
    "jazz": Style(
        Pattern("p..p....", "W.W.W.W.", {RIDE: "x.xxx.xx", PEDAL_HAT: "..x...x."}),
        Pattern("--p.p.", "W.W.W.", {RIDE: "x.xx.x", PEDAL_HAT: "..x.x."}),
        Pattern("p..p..", "W..W..", {RIDE: "x.xx.x", PEDAL_HAT: "...x.."}),
        bass=32,
        swing=True,
    ),
    "blues": Style(
        Pattern(
            "x.px..px",
            "B.B.B.B.",
            {KICK: "x...x...", SNARE: "..x...x.", RIDE: "x.xxx.xx"},
        ),
        _WALTZ,
        _TRIPLETS,
        bass=32,
        swing=True,
    ),
    "reggae": Style(
        Pattern(
            "--p---p-",
            "R..R5...",
            {KICK: "....x...", RIM: "....x...", CLOSED_HAT: "x.x.x.x."},
        ),
        _WALTZ,
        _SIX,
        keys=16,
    ),
    "hip-hop": Style(
        Pattern(
            "X.......",
            "R..R..5.",
            {KICK: "x..x.x..", SNARE: "..x...x.", CLOSED_HAT: _HATS},
        ),
        _WALTZ,
        _SIX,
        keys=4,
        bass=38,
    ),
    "electronic": Style(
        Pattern(
            "-p-p-p-p",
            "-R-R-R-R",
            {KICK: "x.x.x.x.", CLAP: "..x...x.", OPEN_HAT: ".x.x.x.x"},
        ),
        Pattern("-p-p-p", "R.R.R.", {KICK: "x.x.x.", OPEN_HAT: ".x.x.x"}),
        _SIX,
        keys=81,
        bass=38,
    ),
    "r&b": Style(
        Pattern(
            "X....x..",
            "R....R.5",
            {KICK: "x....x..", SNARE: "..x...x.", CLOSED_HAT: _HATS},
        ),
        _WALTZ,
        _SIX,
        keys=4,
    ),
}


def style(genre: str | None) -> Style:
    """Return the style of a genre; block chords without drums where there is none."""
    return STYLES.get((genre or "").lower(), PLAIN)
