"""Songs like one: the nearest by what the encoder makes of their words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from engine.errors import EngineError
from engine.similarity.embedding import embed
from engine.similarity.neighbours import songs_like
from ui import resources
from ui.explorer.background import UnderWay, Work, time_left
from ui.explorer.map import reading
from ui.explorer.opened import Source
from ui.plain_text import plain, show_error

if TYPE_CHECKING:
    from engine.serving.queues import Job
    from engine.similarity.neighbours import Alike
    from engine.similarity.vectors import Vectors

_WANTED = "_explorer_alike"
_WORK = Work("_explorer_alike_work", "The search", "explorer_alike_cancel")
_ALL_UP_TO = 2000
"""Sets of so many songs are read whole for this; of larger ones those that are read already."""


def songs_like_this(chosen: Source, row: int, place: str = "") -> None:
    """Offer the songs most like one, and list them once that is asked for."""
    if st.session_state.get(_WANTED) != chosen.identity:
        st.button(
            "Songs like this one",
            key=f"{place}song_alike",
            icon=":material/join_inner:",
            on_click=lambda: st.session_state.__setitem__(_WANTED, chosen.identity),
            help="The songs of this set whose words are nearest, as an encoder reads them",
        )
        return
    st.markdown("**Songs like this one**")
    _WORK.taken()
    try:
        vectors = reading.vectors_of(chosen)
        rows, places = reading.rows_read(chosen, vectors)
        of = resources.store_facts(chosen.store, chosen.identity).songs
        if of <= _ALL_UP_TO and len(rows) < _with_words(chosen):
            _read_all(chosen)
            return
        if not len(rows):
            st.info("Draw a map of these songs first: it reads them, and those are compared here.")
            return
        found = songs_like(
            chosen.store, row, rows, places, vectors.values, _vector(chosen, row, vectors)
        )
    except EngineError as error:
        show_error(error)
        return
    _show(chosen, found, place, len(rows), of)


def _with_words(chosen: Source) -> int:
    ((count,),) = chosen.store.rows("SELECT count(*) FROM songs WHERE words > 0")
    return int(count)


def _read_all(chosen: Source) -> None:
    """Read a small set in the background; follow it."""
    if _WORK.under_way() is None:

        def task(job: Job[None]) -> None:
            import numpy as np

            found = chosen.store.rows('SELECT "row" FROM songs WHERE words > 0')
            rows = np.array([one for (one,) in found], np.int32)
            turn = reading.in_turn(job.cancelled)
            vectors = reading.vectors_of(chosen)
            embed(chosen.store, rows, reading.encoder(), vectors, job.report, job.cancelled, turn)

        _WORK.begin(resources.imports_queue(), "Reading songs", task, chosen.identity)
    _WORK.follow(_told)


def _told(work: UnderWay[Any]) -> tuple[float, str]:
    job = work.job
    share = job.step / job.steps if job.steps else 0.0
    if not job.started:
        return 0.0, "Waiting for other long work to end"
    return share, f"{job.step:,} songs are read{time_left(job)}"


def _vector(chosen: Source, row: int, vectors: Vectors) -> Any:
    """The song's own vector; made for this once where it is not among those that are read."""
    import numpy as np

    from engine.similarity.vectors import song_keys

    ((words, sung),) = chosen.store.rows('SELECT words, sung FROM songs WHERE "row" = ?', [row])
    if not words:
        raise EngineError("The data set has no words of this song, so nothing is like it.")
    place = int(vectors.places(song_keys(chosen.store, np.array([row], np.int32)))[0])
    if place >= 0:
        return vectors.values[place]
    encoder = reading.encoder()
    return reading.in_turn(lambda: False)(lambda: encoder.vectors([str(sung)]))[0]


def _show(chosen: Source, found: list[Alike], place: str, read: int, of: int) -> None:
    titles = {
        int(row): (str(title) or "Untitled", str(artist), str(genre))
        for row, title, artist, genre in chosen.store.rows(
            'SELECT "row", title, artist, genre FROM songs WHERE "row" IN (SELECT unnest(?))',
            [[one.row for one in found]],
        )
    }
    same = [one for one in found if one.same_text]
    if same:
        named = "; ".join(" — ".join(part for part in titles[one.row][:2] if part) for one in same)
        st.caption(plain(f"The same text, left out below ({len(same)}): {named}", longest=600))
    others = [one for one in found if not one.same_text]
    import pandas as pd

    table = pd.DataFrame(
        [(*titles[one.row], one.cosine) for one in others],
        columns=["title", "artist", "genre", "likeness"],
    )
    event: Any = st.dataframe(
        table,
        key=f"{place}song_alike_table",
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        column_config={"likeness": st.column_config.NumberColumn(format="%.2f")},
        alt="The songs most like this one",
    )
    among = f"the {read:,} of {of:,} songs that are read" if read < of else f"all {of:,} songs"
    st.caption(
        f"The nearest among {among}; likeness is the cosine of what the encoder makes of the "
        "words, 1 for the same. Choose one to read it beside this one."
    )
    picked = [at for at in event["selection"]["rows"] if at < len(others)]
    if picked:
        song = chosen.store.song(others[picked[0]].row)
        with st.container(border=True, key=f"{place}song_alike_words"):
            st.markdown(f"**{plain(str(song['title'] or 'Untitled'))}**")
            st.text(str(song["lyrics"]))
