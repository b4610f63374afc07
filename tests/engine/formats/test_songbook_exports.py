"""Songs come in as ChordPro, are edited, go out in every format, and are opened again."""

from __future__ import annotations
