"""Ways to take a figure along: PNG and SVG, made in the browser, and a page that can be zoomed."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

_FOLDER = Path(__file__).parent / "components"


def save_figure(figure: Any, name: str) -> None:
    """Offer a plotly figure that is on the page as PNG, SVG and HTML.

    Parameters
    ----------
    name : str
        Of the file, and of the widgets.
    """
    from engine import figures

    with st.popover("Save this figure", icon=":material/download:", type="tertiary"):
        _component()(key=f"save_{name}", data=figures.as_file(figure, name))
        st.download_button(
            "Download as HTML",
            partial(figures.as_html, figure),
            f"{name}.html",
            "text/html",
            key=f"html_{name}",
            icon=":material/html:",
            on_click="ignore",
            help="One page that can be zoomed and hovered over, also without a network (5 MB)",
        )


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    from streamlit.components import v2

    html, css, js = (
        (_FOLDER / f"save_figure.{ending}").read_text("utf-8") for ending in ("html", "css", "js")
    )
    return v2.component("lyric_lab_save_figure", html=html, css=css, js=js)
