"""What was heard in a recording: its pitch classes over time, with the chords under them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from engine.figures.style import CHALK, INK, PALETTE, SEQUENTIAL, laid_out, mixed

if TYPE_CHECKING:
    from engine.listening.heard import Heard, HeardChord

_SHOWN_SECONDS = 45  # a longer recording is drawn further to the right: drag it
_GLYPHS = str.maketrans({"#": "♯"})


def chroma_with_chords(heard: Heard) -> go.Figure:
    """How strong each pitch class is over time, and the chords heard, on one time axis."""
    figure = make_subplots(
        rows=2, cols=1, shared_xaxes=True, row_heights=[0.8, 0.2], vertical_spacing=0.03
    )
    laid_out(figure, 380, showlegend=False, dragmode="pan", bargap=0.0)
    figure.add_heatmap(
        row=1,
        col=1,
        x=list(heard.edges),
        y=[_named(heard.key.spell(pitch)) for pitch in range(12)],
        z=[[span[pitch] for span in heard.chroma] for pitch in range(12)],
        zmin=0,
        zmax=1,
        colorscale=[list(stop) for stop in SEQUENTIAL],
        showscale=False,
        hovertemplate="%{y} from %{x:.1f} s: %{z:.2f}<extra></extra>",
    )
    sounding = [one for one in heard.chords if not one.chord.is_no_chord]
    figure.add_bar(
        row=2,
        col=1,
        orientation="h",
        base=[one.start for one in sounding],
        x=[one.end - one.start for one in sounding],
        y=["chord"] * len(sounding),
        marker={"color": _grounds(sounding), "line": {"width": 0}},
        text=[_named(one.chord.symbol) for one in sounding],
        textposition="inside",
        insidetextanchor="start",
        textangle=0,
        constraintext="none",
        cliponaxis=True,
        textfont={"color": INK},
        hovertemplate="%{text}, %{base:.1f} to %{value:.1f} s<extra></extra>",
    )
    figure.update_yaxes(title="pitch class", dtick=1, showgrid=False, fixedrange=True, row=1)
    figure.update_yaxes(title=None, showticklabels=False, fixedrange=True, row=2)
    shown = min(heard.seconds, _SHOWN_SECONDS)
    figure.update_xaxes(range=[0, shown], showgrid=False)
    figure.update_xaxes(title="seconds", row=2)
    return figure


def _grounds(chords: list[HeardChord]) -> list[str]:
    """Two light grounds in turn, so that neighbours are told apart."""
    tints = [mixed(colour, CHALK, 0.55) for colour in PALETTE[:2]]
    return [tints[number % 2] for number in range(len(chords))]


def _named(symbol: str) -> str:
    """A note or chord with typographic accidentals on its root: B♭, F♯m7."""
    head, rest = symbol[:1], symbol[1:]
    accidentals = rest[: len(rest) - len(rest.lstrip("b#"))]
    return head + accidentals.replace("b", "♭").translate(_GLYPHS) + rest[len(accidentals) :]
