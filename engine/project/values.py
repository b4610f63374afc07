"""What a project is made of. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.errors import InputError

if TYPE_CHECKING:
    from engine.generator.controls import Controls
    from engine.music.lead_sheet import LeadSheet

MAX_TEXT = 100_000  # characters of a lyric
MAX_NAME = 200  # characters of a title, a version's name or a source
MAX_VERSIONS = 50
MOST_SEMITONES = 11


@dataclass(frozen=True)
class Take:
    """A song with chords, and where it came from.

    Attributes
    ----------
    sheet : LeadSheet
        With the locks of its chords.
    lyric : str
        The words it was written for, as they were typed.
    source : str
        Who wrote it, for the screen.
    controls : Controls or None
        What was asked for; None for a song that no model wrote.
    edited : bool
        Whether somebody has changed it since.
    """

    sheet: LeadSheet
    lyric: str = ""
    source: str = ""
    controls: Controls | None = None
    edited: bool = False

    def __post_init__(self) -> None:
        _check_length("The words of a song", self.lyric, MAX_TEXT)
        _check_length("The source of a song", self.source, MAX_NAME)


@dataclass(frozen=True)
class Version:
    """A song put by under a name.

    Attributes
    ----------
    name : str
    kept : str
        When it was put by (UTC, ISO 8601).
    take : Take
    """

    name: str
    kept: str
    take: Take

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise InputError("A version has no name; at least one character is accepted.")
        _check_length("The name of a version", self.name, MAX_NAME)
        _check_length("The date of a version", self.kept, MAX_NAME)


@dataclass(frozen=True)
class Project:
    """Everything of one song that somebody works on.

    Attributes
    ----------
    title, lyric : str
        As they stand in their boxes; the lyric need not have chords yet.
    controls : Controls or None
        The wishes as they stand; None for those nobody touched.
    take : Take or None
        The song with chords, as it stands.
    versions : tuple of Version
        Oldest first, at most `MAX_VERSIONS`.
    transpose, capo : int
        How the song is shown: moved by semitones, -11 to 11, and fingered behind a fret, 0 to 11.
    """

    title: str = ""
    lyric: str = ""
    controls: Controls | None = None
    take: Take | None = None
    versions: tuple[Version, ...] = ()
    transpose: int = 0
    capo: int = 0

    def __post_init__(self) -> None:
        _check_length("The title", self.title, MAX_NAME)
        _check_length("The lyric", self.lyric, MAX_TEXT)
        if len(self.versions) > MAX_VERSIONS:
            raise InputError(
                f"The project has {len(self.versions)} versions; at most {MAX_VERSIONS} are kept."
            )
        if not -MOST_SEMITONES <= self.transpose <= MOST_SEMITONES:
            raise InputError(
                f"The project is shown {self.transpose} semitones higher; "
                f"-{MOST_SEMITONES} to {MOST_SEMITONES} are accepted."
            )
        if not 0 <= self.capo <= MOST_SEMITONES:
            raise InputError(f"A capo at fret {self.capo} is out of range; 0 to 11 are accepted.")


def _check_length(what: str, text: str, most: int) -> None:
    if len(text) > most:
        raise InputError(
            f"{what} has {len(text):,} characters; at most {most:,} characters are accepted."
        )
