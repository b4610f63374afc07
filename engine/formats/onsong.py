"""OnSong: charts of worship and bar bands, read: a head such as ``Key: G``, then words and chords.

OnSong takes chords in brackets and chords over words, and ChordPro's directives; the reader is that
of ChordPro, which knows all three. What OnSong adds is taken away here: signs that style a line
(``*bold``, ``/italic``), colours (``&red:``) and highlighting.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from engine.formats.chordpro_song import song_of
from engine.formats.decoding import text_lines

if TYPE_CHECKING:
    from engine.music.lead_sheet import LeadSheet

NAME = "OnSong"
EXTENSION = ".onsong"
MIME = "text/plain"

_STYLE = re.compile(r"(?:[*/!_](?=[A-Za-z\[])|&\w+:\s*|>\w+:\s*)")


def read(data: bytes) -> LeadSheet:
    """Read a chart; what is not said is filled in as `engine.formats.chordpro` does.

    Raises
    ------
    InputError
        If there are no words and no chords, or the data is binary.
    """
    return song_of(
        [_STYLE.sub("", line, count=1) if _STYLE.match(line) else line for line in text_lines(data)]
    ).sheet()
