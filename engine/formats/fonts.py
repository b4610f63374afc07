"""The letters of printed files: DejaVu Sans and STIX General, which matplotlib's wheel ships.

DejaVu Sans has Latin, Greek and Cyrillic letters, the musical signs of chord names, and the small
numbers of Nashville charts. STIX General is drawn after Times, in whose widths staves are set. Both
may be embedded in documents (matplotlib's ``LICENSE_DEJAVU`` and ``LICENSE_STIX``).
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

SANS = {"": "DejaVuSans.ttf", "B": "DejaVuSans-Bold.ttf"}
SERIF = {"": "STIXGeneral.ttf", "B": "STIXGeneralBol.ttf", "I": "STIXGeneralItalic.ttf"}


@cache
def font_folder() -> Path:
    """Where the fonts lie; matplotlib, which takes a second to import, is not imported."""
    spec = find_spec("matplotlib")
    if spec is None or spec.origin is None:  # pragma: no cover - requirements.txt pins it
        raise ModuleNotFoundError("matplotlib, whose wheel has the fonts, is not installed.")
    return Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf"
