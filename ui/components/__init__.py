"""Our own browser components: files of HTML, CSS and JavaScript here, mounted by `component`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

_FOLDER = Path(__file__).parent


@st.cache_resource(show_spinner=False)
def component(name: str, *scripts: str) -> Any:
    """A component by its name, registered once; call it to mount it.

    Parameters
    ----------
    name : str
        Its HTML, CSS and JavaScript are the files of that name, as far as there are such files.
    scripts : str
        Names of scripts to be put together instead of its own.
    """
    from streamlit.components import v2

    def asset(stem: str, ending: str) -> str | None:
        path = _FOLDER / f"{stem}.{ending}"
        return path.read_text("utf-8") if path.exists() else None

    parts = [asset(script, "js") for script in scripts or (name,)]
    return v2.component(
        f"lyric_lab_{name}",
        html=asset(name, "html"),
        css=asset(name, "css"),
        js="\n".join(part for part in parts if part),
    )
