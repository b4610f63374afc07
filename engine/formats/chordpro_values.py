"""What ``%{key}`` stands for in a ChordPro file: a field of the song, or a text about it. Pure.

``%{title}`` is the field; ``%{artist|by %{}|unknown}`` is the second part where there is such a
field (``%{}`` being its value), else the third.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_VALUE = re.compile(r"%\{([\w.=-]*)(?:\|([^{}|]*))?(?:\|([^{}|]*))?\}")
_INNER = re.compile(r"%\{\}")
_MOST_NESTED = 5
_LONGEST = 4_000


def with_values(text: str, fields: Mapping[str, str]) -> str:
    """The text with the values of fields written out, the innermost first."""
    if "%{" not in text:
        return text
    text = _INNER.sub("\0", text)  # its own value, which only the field around it knows
    for _ in range(_MOST_NESTED):
        written = _VALUE.sub(lambda match: _value(match, fields), text)
        if written == text or len(written) > _LONGEST:
            break
        text = written
    return text.replace("\0", "")


def _value(match: re.Match[str], fields: Mapping[str, str]) -> str:
    name, if_there, if_not = match[1], match[2], match[3]
    value = fields.get(name.partition("=")[0], "")
    if value:
        return value if if_there is None else if_there.replace("\0", value)
    return if_not or ""
