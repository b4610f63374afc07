"""Whether a visitor may name files on the machine that the app runs on.

Someone who started the app for themselves may; someone else's visitor never. So the server must be
told that it is started for one's own use (`SETTING` is "on", as `make run` sets it) and must listen
on this machine alone (``server.address`` is a loopback address).
"""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path

import streamlit as st

from engine.errors import InputError

SETTING = "LYRICLAB_LOCAL_FILES"
_NAMES = {"on": True, "off": False, "": False}


def allowed() -> bool:
    """Whether files on this machine may be named on a page.

    Raises
    ------
    InputError
        If the setting is neither "on" nor "off".
    """
    setting = os.environ.get(SETTING, "").strip().lower()
    if setting not in _NAMES:
        raise InputError(f"{SETTING} is '{setting}'; it is set to on or off.")
    return _NAMES[setting] and _is_loopback(st.get_option("server.address"))


def path_named(text: str) -> Path:
    """The file or folder a visitor named.

    Raises
    ------
    InputError
        If none may be named here, or the text cannot be a path.
    """
    if not allowed():
        raise InputError("Files on this machine are not read here; upload a file.")
    try:
        path = Path(text.strip()).expanduser()
        there = path.exists()
    except (OSError, RuntimeError, ValueError):  # too long, no such home, a NUL character
        there, path = False, Path(text.strip()[:200].replace("\0", ""))
    if not there:
        raise InputError(
            f"There is no '{path}' on this machine; name a file, or a folder with a file "
            "called test."
        )
    return path


def _is_loopback(address: str | None) -> bool:
    """Whether a server at this address is reached from its own machine alone."""
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address or "").is_loopback
    except ValueError:
        return False
