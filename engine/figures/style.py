"""What all figures share: the palette, the layout, how they leave the page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import plotly.graph_objects as go

from engine.plain_text import one_line

if TYPE_CHECKING:
    import pandas as pd

    from engine.classifiers.prediction import Prediction

PALETTE = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#8C8C8C", "#A6761D")
"""Okabe and Ito 2008 (jfly.uni-koeln.de/color), told apart by colour-blind readers; its black and
yellow, unreadable on dark or light pages, are left out for a grey and a brown."""

TEXT_BY_DAY, TEXT_BY_NIGHT = "#5f544c", "#c9bdb0"
"""Letters on the page's own ground, as ``ui/style.css`` colours them."""
_FILE_WIDTH, _FILE_HEIGHT = 1000, 450  # pixels

NEUTRAL = "#8C8C8C"
MINUS = "\u2212"
GRID = "rgba(128,128,128,0.25)"
SEQUENTIAL = ((0.0, "#eef3f6"), (0.5, "#86b7d6"), (1.0, "#00507d"))
"""From none to all, the same by day and by night: an even ground on which the texts stand out."""
INK, CHALK = "#000000", "#ffffff"
CHALK_FROM = 0.79
"""How strong a cell is from which white is easier to read on it than black."""

_MODELS = {
    name: PALETTE[place]
    for place, names in enumerate(
        (
            ("llama", "tinyllama"),
            ("roberta", "trigram"),
            ("bilstm-gru", "commonest progression"),
            ("combined",),
            ("tf-idf",),
            ("tf-idf, balanced",),
            ("majority class",),
        )
    )
    for name in names
}
"""One colour a model, wherever it is drawn; models of unlike tasks never meet in one figure."""

_ENTITIES = (("<", "&lt;"), (">", "&gt;"), ("{", "&#123;"))
_ENTITY = re.compile(r"&(?=#?\w+;)")
_LONGEST = 120


def label(text: object, longest: int = _LONGEST) -> str:
    """Text of others as plotly draws it letter by letter.

    Plotly obeys a few HTML tags in every text, links among them, and in hover texts braces.
    """
    shown = _ENTITY.sub("&amp;", one_line(text, longest))
    for character, entity in _ENTITIES:
        shown = shown.replace(character, entity)
    return shown


def labelled(table: pd.DataFrame) -> pd.DataFrame:
    """The same table with every text in it as `label` gives it."""
    texts = {
        str(name): [label(value) if isinstance(value, str) else value for value in column.tolist()]
        for name, column in table.items()
        if column.dtype.kind == "O"
    }
    return table.assign(**texts)


def labelled_predictions(predictions: Iterable[Prediction]) -> list[Prediction]:
    """The same predictions with names and genres as `label` gives them."""
    return [
        replace(p, model=label(p.model), base=label(p.base), labels=tuple(map(label, p.labels)))
        for p in predictions
    ]


def colours(names: Iterable[str]) -> dict[str, str]:
    """Give a colour to each name: a known model its own, others the first that is still free.

    A part of a model ("LLaMA, network alone") has the model's, or a tint of it where the model or
    another part of it has that already.
    """
    found = {name: _MODELS.get(name.lower(), "") for name in names}
    for name in [name for name, colour in found.items() if not colour]:
        whole = _MODELS.get(name.lower().partition(",")[0], "")
        tints = [whole, mixed(whole, CHALK, 0.5), mixed(whole, INK, 0.4)] if whole else []
        found[name] = next((tint for tint in tints if tint not in found.values()), "")
    free = [colour for colour in PALETTE if colour not in found.values()] or list(PALETTE)
    others = (name for name, colour in found.items() if not colour)
    for place, name in enumerate(list(others)):
        found[name] = free[place % len(free)]
    return found


def mixed(first: str, second: str, share: float) -> str:
    """The colour between two ("#rrggbb"), this share of the way to the second."""
    parts = [(int(first[at : at + 2], 16), int(second[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(one + share * (other - one)):02x}" for one, other in parts)


def ink_on(colour: str) -> str:
    """Black or white, whichever is easier to read on a ground of this colour ("#rrggbb")."""
    return INK if contrast(INK, colour) >= contrast(CHALK, colour) else CHALK


def contrast(first: str, second: str) -> float:
    """How far two colours stand apart, 1 to 21 (WCAG 2.1, contrast ratio)."""
    dark, light = sorted(map(_luminance, (first, second)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.1)."""
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        share / 12.92 if share <= 0.03928 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def empty_figure(height: int, **layout: Any) -> go.Figure:
    """A figure with the shared layout and no traces; `height` in pixels."""
    return laid_out(go.Figure(), height, **layout)


def laid_out(figure: go.Figure, height: int, **layout: Any) -> go.Figure:
    """The same figure with the shared layout on all its axes; `height` in pixels."""
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 32, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        legend={
            "orientation": "h",
            "x": 0,
            "y": 1.0,
            "yanchor": "bottom",
            "title": None,
            "itemsizing": "constant",
        },
        hoverlabel={"align": "left"},
    )
    lines: dict[str, Any] = {"gridcolor": GRID, "zerolinecolor": GRID, "linecolor": GRID}
    figure.update_xaxes(automargin=True, **lines)
    figure.update_yaxes(automargin=True, ticklabelstandoff=4, **lines)
    figure.update_layout(**layout)
    return figure


def add_cell_texts(
    figure: go.Figure,
    columns: Sequence[str],
    rows: Sequence[str],
    strengths: Sequence[Sequence[float]],
    texts: Sequence[Sequence[str]],
    place: dict[str, int] | None = None,
) -> None:
    """Write texts into the cells of a heat map of `SEQUENTIAL`, none larger than its cell.

    Plotly fits the size of a heat map's own texts to its cells; so the texts are two more heat
    maps without a ground, one a colour. `strengths` go from 0 to 1.
    """
    for colour, strong in ((INK, False), (CHALK, True)):
        chosen = [[(strength >= CHALK_FROM) is strong for strength in line] for line in strengths]
        figure.add_heatmap(
            **(place or {}),
            x=list(columns),
            y=list(rows),
            z=[[0 if kept else None for kept in line] for line in chosen],
            text=[
                [word if kept else "" for word, kept in zip(*pair, strict=True)]
                for pair in zip(texts, chosen, strict=True)
            ],
            texttemplate="%{text}",
            textfont={"color": colour},
            colorscale=[[0, "rgba(0,0,0,0)"], [1, "rgba(0,0,0,0)"]],
            showscale=False,
            hoverinfo="skip",
        )


def rows_where(table: pd.DataFrame, kept: Any) -> pd.DataFrame:
    """Take the rows marked true."""
    return cast("pd.DataFrame", table.loc[kept])


def as_html(figure: go.Figure) -> str:
    """Write the figure as one HTML page that works offline (some 4 MB)."""
    return str(figure.to_html(include_plotlyjs=True, full_html=True))


def as_file(figure: go.Figure, name: str) -> dict[str, Any]:
    """What plotly.js needs to draw a figure for a file, in dark ink on white.

    Returns
    -------
    dict
        ``name``, ``figure`` (JSON), and ``width`` and ``height`` in pixels.
    """
    paper = go.Figure(figure)
    paper.update_layout(
        template="plotly_white",
        paper_bgcolor=CHALK,
        plot_bgcolor=CHALK,
        font={"color": TEXT_BY_DAY, "size": 14},
        margin={"l": 24, "r": 24, "t": 48, "b": 24},
    )
    height = int(paper.layout["height"] or _FILE_HEIGHT) + 40
    return {"name": name, "figure": paper.to_json(), "width": _FILE_WIDTH, "height": height}


def download_settings(name: str, *, camera: bool = True) -> dict[str, Any]:
    """Make the ``config`` of a chart whose camera button, if there is one, saves `name`.png."""
    removed = ["lasso2d", "select2d", "autoScale2d"]
    return {
        "displaylogo": False,
        "toImageButtonOptions": {"filename": name, "format": "png", "scale": 2},
        "modeBarButtonsToRemove": removed if camera else [*removed, "toImage"],
    }


def shade(share: float) -> tuple[str, str]:
    """The ground of a cell by `SEQUENTIAL`, 0 to 1, and the ink that is read on it."""
    share = min(max(share, 0.0), 1.0)
    (low, first), (high, second) = SEQUENTIAL[:2] if share < SEQUENTIAL[1][0] else SEQUENTIAL[1:]
    ground = mixed(first, second, (share - low) / (high - low))
    return ground, ink_on(ground)
