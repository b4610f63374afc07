"""The process in which verovio reads one tune (`engine.notation.abc`); it imports nothing of ours.

Reads a JSON object with ``abc`` and ``width`` from standard input, writes one with ``pages`` (SVG)
and ``midi`` (base64) to standard output; exit status 2 where the tune holds no notes.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

_SCALE = 40


def main() -> int:
    """Engrave the tune."""
    asked: dict[str, Any] = json.load(sys.stdin)
    import verovio

    verovio.enableLog(verovio.LOG_OFF)
    toolkit: Any = verovio.toolkit(False)
    toolkit.setResourcePath(str(Path(verovio.__file__).parent / "data"))
    toolkit.setOptions(
        {
            "inputFrom": "abc",
            "adjustPageHeight": True,
            "breaks": "auto",
            "footer": "none",
            "header": "none",
            "pageHeight": 60000,
            "pageWidth": round(asked["width"] * 100 / _SCALE),
            "scale": _SCALE,
            "smuflTextFont": "none",
            "svgFormatRaw": True,
            "svgRemoveXlink": True,
        }
    )
    if not toolkit.loadData(asked["abc"]) or not toolkit.getPageCount():
        return 2
    pages = [toolkit.renderToSVG(page) for page in range(1, toolkit.getPageCount() + 1)]
    json.dump({"pages": pages, "midi": toolkit.renderToMIDI()}, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
