"""A song as somebody works on it: words, wishes, chords with their locks, and versions kept.

Conventions
-----------
- A `Project` is everything that has to be there again tomorrow; what a reader, a player or another
  program needs of a song is its `LeadSheet` alone, and `engine.formats` writes that.
- One file holds one project (`engine.project.file`, JSON). A link holds a short one without its
  versions (`engine.project.link`).
- Both are read as what a stranger sent: sizes are bounded, every field is checked, and what is
  wrong raises `InputError` with one sentence.
"""

from engine.project.values import (
    MAX_TEXT,
    MAX_VERSIONS,
    Project,
    Take,
    Version,
)

__all__ = ["MAX_TEXT", "MAX_VERSIONS", "Project", "Take", "Version"]
