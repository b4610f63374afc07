"""Songs that are there twice, and what parts of the data share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.explorer.copies import doubles, leaks
from ui.explorer.views import view_chosen

if TYPE_CHECKING:
    from engine.corpora.store import Filters
    from ui.explorer.opened import Source

DOUBLES, LEAKS = "Songs that are there twice", "Leaks between parts"


def copies(chosen: Source, passing: Filters) -> None:
    """Choose what is looked for, and draw it."""
    view = view_chosen("What is looked for", (DOUBLES, LEAKS), "explorer_copies_view", told=False)
    (leaks.show if view == LEAKS else doubles.show)(chosen, passing)
