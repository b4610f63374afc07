"""What a user may ask of a chord generator."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import InputError
from engine.music.key import Key
from engine.music.lead_sheet import TEMPO_RANGE
from engine.music.metre import Metre

COMPLEXITIES = ("triads", "sevenths", "extended")
# What most songs of a style have. Of the 2,497 songs the chord model learned from: pop 231 triads,
# 122 sevenths, 53 extended; rock 218, 81, 27; country 72, 23, 2; hip-hop 27, 12, 2; jazz 0, 44, 46;
# folk 15, 19, 2; gospel 59, 82, 43; r&b 0, 5, 2; blues 0, 6, 0. Of the others there are too few to
# count: metal and punk are written in power chords, reggae and electronic music mostly in triads.
_USUAL = {
    **dict.fromkeys(("pop", "rock", "country", "hip-hop", "metal", "punk"), "triads"),
    **dict.fromkeys(("reggae", "electronic"), "triads"),
    "jazz": "extended",
}
MAX_CHORDS_PER_LINE = 16
MOST_BORROWED = 4
MAX_TITLE = 200


@dataclass(frozen=True)
class Controls:
    """The wishes that generation obeys.

    Attributes
    ----------
    key : Key or None
        None lets the generator choose mode and tonic.
    genre : str or None
        A genre name; one the model did not learn counts as its nearest neighbour, or as unknown.
    chords_per_line : int or None
        Exactly this many chords on each lyric line (fewer only where a line is too short: at most
        two chords per word and two after the last word); None leaves the number to the words.
    complexity : str
        ``"triads"``, ``"sevenths"`` (also sixths and suspensions) or ``"extended"`` (all).
    temperature : float
        0 takes the most probable chord each time; 0.8 is lively; at most 2.
    seed : int
        Same lyrics, controls and seed give the same lead sheet on the same machine.
    tempo : int or None
        Beats per minute written on the lead sheet; None takes `LeadSheet`'s default.
    time_signature : str
        Written on the lead sheet, and heard by the model.
    title : str
        Written on the lead sheet.
    decoder : bool
        Whether the language model that reads the words is asked beside the memory; without it
        chords come about five times as fast.
    variety : float
        0 leans on what the song has done before, 1 on what songs in general do; 0 to 1.
    borrowed : float
        Times as many chords from outside the key as songs have: 1 as usual, 0 none, at most 4.
    allow : tuple of str
        Only these chords: one of `engine.generator.instruments.INSTRUMENTS` or chord symbols as
        they sound; none allows all.
    form : str or None
        One of `engine.music.form.templates.TEMPLATES`; None lets the words tell.
    progressions : tuple of (str, str)
        A place (see `engine.generator.wishes`) and the chords to be played there, as Roman
        numerals or chord symbols.
    cadences : tuple of (str, str)
        A place and the cadence its lines come to rest on, one of
        `engine.generator.cadences.CADENCES`.
    keys : tuple of (str, Key)
        A place and the key it is in, of the song's own mode; needs `key`.
    alike : tuple of (str, str)
        A place and the earlier one whose harmony its sections follow; "" for one of their own.

    Raises
    ------
    InputError
        If a value is outside its range.
    """

    key: Key | None = None
    genre: str | None = None
    chords_per_line: int | None = None
    complexity: str = "sevenths"
    temperature: float = 0.8
    seed: int = 0
    tempo: int | None = None
    time_signature: str = "4/4"
    title: str = ""
    decoder: bool = True
    variety: float = 0.5
    borrowed: float = 1.0
    allow: tuple[str, ...] = ()
    form: str | None = None
    progressions: tuple[tuple[str, str], ...] = ()
    cadences: tuple[tuple[str, str], ...] = ()
    keys: tuple[tuple[str, Key], ...] = ()
    alike: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if self.complexity not in COMPLEXITIES:
            raise InputError(
                f"Complexity '{self.complexity}' is not known; "
                f"{', '.join(COMPLEXITIES)} are accepted."
            )
        count = self.chords_per_line
        if count is not None and not 1 <= count <= MAX_CHORDS_PER_LINE:
            raise InputError(
                f"Chords per line is {count}; "
                f"1 to {MAX_CHORDS_PER_LINE} are accepted, or none given."
            )
        if not 0 <= self.temperature <= 2:
            raise InputError(f"Temperature is {self.temperature}; 0 to 2 are accepted.")
        if not 0 <= self.variety <= 1:
            raise InputError(f"Variety is {self.variety}; 0 to 1 are accepted.")
        if not 0 <= self.borrowed <= MOST_BORROWED:
            raise InputError(
                f"Borrowed chords are asked for {self.borrowed} times as often; 0 to "
                f"{MOST_BORROWED} times are accepted."
            )
        if self.keys and self.key is None:
            raise InputError("A section has a key of its own, but the song has none; give both.")
        if not 0 <= self.seed < 2**63:
            raise InputError(f"Seed is {self.seed}; 0 to 2**63 - 1 are accepted.")
        slowest, fastest = TEMPO_RANGE
        if self.tempo is not None and not slowest <= self.tempo <= fastest:
            raise InputError(
                f"Tempo is {self.tempo}; {slowest} to {fastest} beats per minute are accepted."
            )
        Metre.parse(self.time_signature)
        if len(self.title) > MAX_TITLE:
            raise InputError(
                f"The title has {len(self.title):,} characters; at most {MAX_TITLE} are accepted."
            )


def usual_complexity(genre: str | None) -> str:
    """How rich the chords of a style usually are: one of `COMPLEXITIES`."""
    return _USUAL.get((genre or "").lower(), "sevenths")
