"""Ways to take a figure along: PNG and SVG, made in the browser, and a page that can be zoomed."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from ui.components import component


def save_figure(figure: Any, name: str) -> None:
    """Offer a plotly figure that is on the page as PNG, SVG and HTML.

    Parameters
    ----------
    name : str
        Of the file, and of the widgets.
    """
    from engine import figures

    with st.popover("Save this figure", icon=":material/download:", type="tertiary"):
        component("save_figure")(key=f"save_{name}", data=figures.as_file(figure, name))
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
