"""Editing a song: every act maps a `LeadSheet` to another one. Pure.

Conventions
-----------
- A chord is named by its line and its number in that line (`Place`), both 0-based; a place to put
  one is a line and a word, the number of words standing for the place after the last word.
- What cannot be done raises `InputError` with one sentence; the sheet is never changed in part.
- A locked chord is neither changed, moved nor deleted: single acts refuse, acts on many chords
  leave it as it is. New words of its line and another key of the whole song take it along.
- A section is a stanza of the sheet, named by its number there.
"""

from engine.music.editing.chords import (
    Place,
    free_chord,
    with_added,
    with_chord,
    with_chords_transposed,
    with_locks,
    with_moved,
    without_chords,
    without_locks,
)
from engine.music.editing.comparison import LineChange, line_changes
from engine.music.editing.history import History
from engine.music.editing.likeness import with_section_like
from engine.music.editing.lines import (
    with_heading,
    with_line,
    with_line_moved,
    with_words,
    without_line,
)
from engine.music.editing.rewriting import with_chord_rewritten, with_lines_rewritten
from engine.music.editing.sections import lines_of_section, section_names

__all__ = [
    "History",
    "LineChange",
    "Place",
    "free_chord",
    "line_changes",
    "lines_of_section",
    "section_names",
    "with_added",
    "with_chord",
    "with_chord_rewritten",
    "with_chords_transposed",
    "with_heading",
    "with_line",
    "with_line_moved",
    "with_lines_rewritten",
    "with_locks",
    "with_moved",
    "with_section_like",
    "with_words",
    "without_chords",
    "without_line",
    "without_locks",
]
