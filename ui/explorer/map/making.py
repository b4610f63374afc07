"""Making a map: how many songs, how long it will take, and the long work in the background."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from engine.corpora.store import Filters
from engine.errors import EngineError
from engine.similarity.clusters import usual_count
from engine.similarity.embedding import SAMPLE, TRIAL, embed, sample_of
from engine.similarity.layout import HOW_TO_ADD, umap_available
from engine.similarity.maps import FEWEST_SONGS, SongMap, make_map
from engine.similarity.revision import encoder_base
from ui import resources
from ui.explorer.background import UnderWay, Work, time_left
from ui.explorer.map import reading
from ui.explorer.opened import Source

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engine.serving.queues import Job

SIZES = (1000, SAMPLE, 50_000, 100_000, 250_000)
_MADE, _RATE = "_explorer_map", "_explorer_map_rate"
_WORK = Work("_explorer_map_work", "The map", "explorer_map_cancel")
_TOLD_FROM = 500
"""Of fewer songs to read nobody needs to know how long it takes."""
_LAID_OUT_A_SECOND = 165  # songs: UMAP took 61 s of a shared core for 10,000


@dataclass
class _Stage:
    """What is being done of a map; the work writes it, the page reads it."""

    identity: str
    songs: int
    name: str = "reading"


def made_map(chosen: Source, passing: Filters, songs: int) -> SongMap | None:
    """Let the user make a map of what passes; the last one that was made of the open songs."""
    if (done := _WORK.taken()) is not None:
        stage, made = done
        st.session_state[_MADE] = (stage.identity, made)
    if _WORK.under_way() is not None:
        _WORK.follow(_told)
    else:
        _offer(chosen, passing, songs)
    identity, made = st.session_state.get(_MADE, ("", None))
    return made if identity == chosen.identity else None


def _offer(chosen: Source, passing: Filters, songs: int) -> None:
    left, right, button = st.columns([2, 2, 1], vertical_alignment="bottom")
    sizes = [*(size for size in SIZES if size < songs), songs]
    usual = next((size for size in sizes if size >= min(SAMPLE, songs)), songs)
    most = left.selectbox(
        "Songs on the map",
        sizes,
        index=sizes.index(usual),
        format_func=lambda size: f"all {size:,}" if size == songs else f"{size:,}, by chance",
        key=f"explorer_map_size_{songs}",
    )
    rows = _sample(chosen, passing, int(most))
    groups = right.slider(
        "Groups", 2, 30, usual_count(len(rows)), key=f"explorer_map_groups_{len(rows)}"
    )
    with button:
        st.button(
            "Draw the map",
            key="explorer_map_draw",
            type="primary",
            icon=":material/scatter_plot:",
            width="stretch",
            disabled=len(rows) < FEWEST_SONGS,
            on_click=partial(_begin, chosen, rows, int(groups)),
        )
    if len(rows) < FEWEST_SONGS:
        st.info(f"A map needs at least {FEWEST_SONGS} songs with words that pass the filters.")
        return
    if int(most) < songs:
        st.caption(
            f"{len(rows):,} of the {songs:,} songs that pass are drawn by chance, always the same "
            "ones; a larger map has them too."
        )
    _duration(chosen, rows)
    if not umap_available():
        st.caption(f"{HOW_TO_ADD} Until then songs lie by their two main directions (PCA).")


def _duration(chosen: Source, rows: NDArray[np.int32]) -> None:
    """How long a map will take, told by reading a few of its songs."""
    vectors = reading.vectors_of(chosen)
    wanted = reading.missing(chosen, vectors, rows)
    parts: list[str] = []
    told_by = ""
    if wanted > _TOLD_FROM:
        rate = _rate(chosen, rows)
        if rate:
            parts.append(f"reading {wanted:,} songs takes about {_minutes(wanted / rate)}")
            told_by = f" ({TRIAL} songs were read to tell)"
    if umap_available() and len(rows) >= SAMPLE:
        parts.append(
            f"laying {len(rows):,} out about {_minutes(len(rows) / _LAID_OUT_A_SECOND)} of a core"
        )
    if parts:
        told = " and ".join(parts)
        st.caption(
            f"On this machine {told}{told_by}. It goes on in the background, can be cancelled, "
            "and what is read is kept."
        )


def _rate(chosen: Source, rows: NDArray[np.int32]) -> float:
    """Songs a second that are read here, told once for a set of songs; 0 if it cannot be told."""
    kept: dict[str, float] = st.session_state.setdefault(_RATE, {})
    if chosen.identity not in kept:
        with st.spinner("Reading a few songs to tell how long all of them take"):
            try:
                encoder = reading.encoder()
                vectors = reading.vectors_of(chosen)
                # The last of the sample: the first are there if a smaller map was made.
                kept[chosen.identity] = embed(
                    chosen.store,
                    rows[-TRIAL:],
                    encoder,
                    vectors,
                    turn=reading.in_turn(lambda: False),
                )
            except EngineError:
                return 0.0  # the map itself will say why
    return kept[chosen.identity]


def _begin(chosen: Source, rows: NDArray[np.int32], groups: int) -> None:
    """Put the map in the line (a callback: it draws nothing)."""
    stage = _Stage(chosen.identity, len(rows))

    def task(job: Job[SongMap]) -> SongMap:
        encoder = reading.encoder()
        turn = reading.in_turn(job.cancelled)
        vectors = reading.vectors_of(chosen)
        embed(chosen.store, rows, encoder, vectors, job.report, job.cancelled, turn)
        stage.name = "laying out"
        job.report(0, 0)
        vectors = reading.vectors_of(chosen)
        return make_map(chosen.store, rows, vectors, groups, job.report, job.cancelled)

    _WORK.begin(resources.imports_queue(), "A map", task, stage)


def _told(work: UnderWay[Any]) -> tuple[float, str]:
    job, stage = work.job, work.about
    share = job.step / job.steps if job.steps else 0.0
    if not job.started:
        return 0.0, "Waiting for other long work to end"
    if stage.name == "laying out":
        told = f"round {job.step:,} of {job.steps:,}" if job.steps else "looking for neighbours"
        return 0.5 + share / 2, f"Laying {stage.songs:,} songs out: {told}"
    if not job.steps:
        return 0.0, f"Loading {encoder_base().label}"
    return share / 2, f"{job.step:,} of {job.steps:,} songs are read{time_left(job)}"


def _sample(chosen: Source, passing: Filters, most: int) -> NDArray[np.int32]:
    return _sample_of(chosen.store, chosen.identity, passing, most)


@st.cache_data(show_spinner=False, max_entries=16)
def _sample_of(_store: Any, identity: str, passing: Filters, most: int) -> NDArray[np.int32]:
    return sample_of(_store, passing, most)


def _minutes(seconds: float) -> str:
    if seconds < 90:
        return f"{max(seconds, 1):.0f} s"
    return f"{seconds / 60:.0f} minutes"
