"""A short song in a link: the project without its versions, compressed, in letters of an address.

The text is ``1`` (the way it is packed), then URL-safe base64 without padding of JSON deflated
(RFC 1951). It is read from whoever sent the link: no more than `MAX_CHARACTERS` are looked at and
no more than `MAX_UNPACKED` bytes unpacked, whatever they claim to hold.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from dataclasses import replace
from typing import Any

from engine.errors import InputError
from engine.json_text import json_value
from engine.project import file
from engine.project.values import Project

MAX_CHARACTERS = 6_000  # what browsers, chat programs and mail pass on whole
MAX_UNPACKED = 200_000  # bytes
_PACKED = "1"
_BROKEN = "The link holds no song that can be read; it may have been cut off on its way."


def write(project: Project) -> str:
    """Pack a project for an address.

    Raises
    ------
    InputError
        If it is too long for a link.
    """
    alone = replace(project, versions=())
    data = json.dumps(file.as_json(alone), ensure_ascii=False, separators=(",", ":")).encode()
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(data) + packer.flush()
    text = _PACKED + base64.urlsafe_b64encode(packed).decode().rstrip("=")
    if len(text) > MAX_CHARACTERS or len(data) > MAX_UNPACKED:
        raise InputError(
            f"The song is too long for a link ({len(text):,} characters; {MAX_CHARACTERS:,} are "
            "passed on safely); send its project file instead."
        )
    return text


def read(text: str) -> Project:
    """Unpack a project.

    Raises
    ------
    InputError
        If the text is too long, or holds no project.
    """
    if len(text) > MAX_CHARACTERS:
        raise InputError(
            f"The link has {len(text):,} characters; at most {MAX_CHARACTERS:,} are accepted."
        )
    if not text.startswith(_PACKED):
        raise InputError(_BROKEN)
    try:
        packed = base64.b64decode(
            text[1:].encode("ascii") + b"=" * (-(len(text) - 1) % 4), b"-_", validate=True
        )
        unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
        data = unpacker.decompress(packed, MAX_UNPACKED)
        if unpacker.unconsumed_tail or not unpacker.eof:
            raise InputError(_BROKEN)
        value: Any = json_value(data)
    except (UnicodeError, binascii.Error, zlib.error):
        raise InputError(_BROKEN) from None
    except ValueError as error:
        raise (error if isinstance(error, InputError) else InputError(_BROKEN)) from None
    return file.from_json(value)
