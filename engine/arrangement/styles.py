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

KICK, RIM, SNARE, CLAP, CLOSED_HAT, PEDAL_HAT, OPEN_HAT = 36, 37, 38, 39, 42, 44, 46
LOW_TOM, MID_TOM, HIGH_TOM, CRASH, RIDE, TAMBOURINE, CABASA = 43, 47, 50, 49, 51, 54, 69


@dataclass(frozen=True)
class Pattern:
    """One bar, or a part of one, of an accompaniment."""

    piano: str
    bass: str
    drums: dict[int, str] = field(default_factory=dict[int, str])


@dataclass(frozen=True)
class Manner:
    """How a drummer goes through a song.

    Parameters
    ----------
    fills
        Which of `FILLS` end a section.
    lifted
        What is played in a chorus instead of what.
    crash
        What opens a chorus.
    turn
        What ends the last of four bars.
    last
        What is struck in the last bar.
    """

    fills: str = "kit"
    lifted: dict[int, int] = field(default_factory=dict[int, int])
    crash: int | None = CRASH
    turn: int | None = OPEN_HAT
    last: tuple[int, ...] = (KICK, CRASH)


@dataclass(frozen=True)
class Balance:
    """How much louder each part is made than its sound comes, in decibels.

    Set by measuring each part alone: chords come to about -20 LUFS, bass and drums to -22, the
    drums of quiet genres to less. So all genres are about equally loud.
    """

    chords: float = 0.0
    bass: float = 0.0
    drums: float = 0.0


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
    manner
        How the drums go through a song.
    balance
        Loudness of the parts.
    """

    four: Pattern
    three: Pattern
    compound: Pattern
    keys: int = 0
    bass: int = 33
    swing: bool = False
    manner: Manner = Manner()
    balance: Balance = Balance()


# What ends a section: the last slots of its last bar, four at most.
FILLS: dict[str, tuple[dict[int, str], ...]] = {
    "kit": (
        {SNARE: "xx..", HIGH_TOM: "..x.", LOW_TOM: "...X"},
        {KICK: "x...", SNARE: "x.xX"},
        {HIGH_TOM: "xx..", MID_TOM: "..x.", LOW_TOM: "...X"},
        {KICK: "x.x.", SNARE: ".x.X", OPEN_HAT: "..x."},
    ),
    "light": (
        {KICK: "x...", TAMBOURINE: ".xxX"},
        {KICK: "x...", CABASA: "xxxx", TAMBOURINE: "..xX"},
        {TAMBOURINE: "x.xX", KICK: "..x."},
    ),
    "brushes": (
        {RIDE: "x.x.", SNARE: ".x.X", KICK: "..x."},
        {SNARE: "x.xx", PEDAL_HAT: "..x."},
        {RIDE: "xx..", MID_TOM: "..x.", SNARE: "...X"},
    ),
    "machine": (
        {SNARE: "x.xX", CLOSED_HAT: "xxxx"},
        {CLAP: "x.xX", KICK: "x..."},
        {SNARE: "..xX", KICK: "xx..", OPEN_HAT: ".x.."},
    ),
}

_LIGHT = Manner("light", {}, None, None, (KICK, TAMBOURINE))
_BRUSHES = Manner("brushes", {}, None, SNARE, (KICK, RIDE))
_ROCK = Manner(lifted={CLOSED_HAT: RIDE})
_COUNTRY = Manner(lifted={RIM: SNARE})
_MACHINE = Manner("machine", {}, CRASH, OPEN_HAT, (KICK, CRASH))
_HEAVY = Manner(lifted={OPEN_HAT: RIDE, RIDE: OPEN_HAT}, turn=SNARE)
_ISLAND = Manner(lifted={RIM: SNARE}, turn=KICK)

_HATS = "xxxxxxxx"
_WALTZ = Pattern("--x.x.", "R.....", {KICK: "x.....", CLOSED_HAT: "..x.x."})
_BALLAD = Pattern("123212", "R.....", {KICK: "x.....", CABASA: "..xx.x", TAMBOURINE: "...x.."})
_SIX = Pattern("X..x..", "R..R..", {KICK: "x.....", SNARE: "...x..", CLOSED_HAT: "xxxxxx"})
_TRIPLETS = Pattern("Xxxxxx", "R..R..", {KICK: "x....x", SNARE: "...x..", RIDE: "xxxxxx"})
_POWER_SIX = Pattern("PPPPPP", "RRRRRR", {KICK: "x..x.x", SNARE: "...x..", CRASH: "x....."})

PLAIN = Style(
    Pattern("X...x...", "R...R..."),
    Pattern("X...x.", "R....."),
    Pattern("X..x..", "R..R.."),
    balance=Balance(3.0, -1.5),
)

STYLES: dict[str, Style] = {
    "folk": Style(
        Pattern(
            "12321232",
            "R...5...",
            {KICK: "x...x...", CABASA: ".xxx.xxx", TAMBOURINE: "..x...x."},
        ),
        Pattern("123232", "R.....", {KICK: "x.....", CABASA: ".xxxxx", TAMBOURINE: "..x.x."}),
        _BALLAD,
        keys=25,
        bass=32,
        manner=_LIGHT,
        balance=Balance(4.0, 1.0, -1.0),
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
        manner=_COUNTRY,
        balance=Balance(6.0, -1.5, 4.0),
    ),
    "pop": Style(
        Pattern(
            "X..x..x.",
            "R..R..R.",
            {KICK: "x..x....", SNARE: "..x...x.", CLOSED_HAT: _HATS},
        ),
        _WALTZ,
        _SIX,
        balance=Balance(3.0, -1.5, 4.5),
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
        manner=_ROCK,
        balance=Balance(2.0, -0.5, 3.5),
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
        manner=_HEAVY,
        balance=Balance(-4.0, -0.5, 2.5),
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
        manner=_HEAVY,
        balance=Balance(-6.5, -0.5, 3.5),
    ),
    "jazz": Style(
        Pattern("p..p....", "W.W.W.W.", {RIDE: "x.xxx.xx", PEDAL_HAT: "..x...x."}),
        Pattern("--p.p.", "W.W.W.", {RIDE: "x.xx.x", PEDAL_HAT: "..x.x."}),
        Pattern("p..p..", "W..W..", {RIDE: "x.xx.x", PEDAL_HAT: "...x.."}),
        bass=32,
        swing=True,
        manner=_BRUSHES,
        balance=Balance(5.5, 0.5, 9.0),
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
        manner=_ROCK,
        balance=Balance(4.5, 0.0, 3.0),
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
        manner=_ISLAND,
        balance=Balance(1.0, 0.0, 6.5),
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
        manner=_MACHINE,
        balance=Balance(-4.0, 1.0, 6.0),
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
        manner=_MACHINE,
        balance=Balance(1.0, 1.0, 6.0),
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
        balance=Balance(-4.5, -0.5, 4.0),
    ),
}


def style(genre: str | None) -> Style:
    """Return the style of a genre; block chords without drums where there is none."""
    return STYLES.get((genre or "").lower(), PLAIN)
