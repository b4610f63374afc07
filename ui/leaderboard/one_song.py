"""One song of a test set: its truth, every model's answer, and the way to the song's own page."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from engine.music.chord_names import with_accidentals
from ui import boards, known_songs, state
from ui.boards import Choice
from ui.leaderboard.charts import chart
from ui.leaderboard.numbers import written
from ui.plain_text import plain

if TYPE_CHECKING:
    import pandas as pd

_CHORD_METRICS = ("placement-f1", "placement-f1-near", "majmin", "sevenths", "bertscore-f1")


def chosen_row(
    table: pd.DataFrame,
    identity: Sequence[str],
    forms: Mapping[str, str],
) -> str | None:
    """Draw a table of songs with an ``id``; give the id of the row chosen.

    `identity` tells one table from another: a choice made in one does not stand in the next.
    `forms` tells how `written` writes the numbers of a column.
    """
    digest = hashlib.sha256("|".join(identity).encode("utf-8")).hexdigest()[:12]
    year = {"year": st.column_config.NumberColumn(format="%d")} if "year" in table else {}
    event: Any = st.dataframe(
        written(table, forms),
        key=f"songs_{digest}",
        hide_index=True,
        height=min(380, 38 + 35 * max(len(table), 1)),
        on_select="rerun",
        selection_mode="single-row",
        column_config=year,
        alt="Table of songs; choose a row to see every model's answer below.",
    )
    rows = [row for row in event["selection"]["rows"] if row < len(table)]
    return str(table["id"].iloc[rows[0]]) if rows else None


def show_song(chosen: Choice, tables: dict[str, pd.DataFrame], identity: str) -> None:
    """Draw one song: what is known of it, every model's answer, and where to open it."""
    rows = [table.loc[table["id"] == identity] for table in tables.values()]
    row: Any = next((found.iloc[0] for found in rows if len(found)), None)
    if row is None:
        st.info(plain(f"No model answered a song whose id is '{identity}'."))
        return
    truth = str(row["reference"] if chosen.task == "genre" else row["genre"])
    facts = [f"{'true genre' if chosen.task == 'genre' else 'genre'} **{plain(truth)}**"]
    if str(row.get("words")) != "None":
        facts.append(f"{int(row['words']):,} words")
    if str(row.get("year")) not in {"<NA>", "nan", "None"}:
        facts.append(str(int(row["year"])))
    with st.container(border=True, key="one_song"):
        st.subheader(f"Song {plain(identity)}", anchor=False)
        st.markdown(" · ".join(facts))
        if chosen.task == "genre":
            _genre_answers(tables, identity)
        else:
            _chord_answers(tables, identity)
        _open(chosen, identity, truth)


def _genre_answers(tables: dict[str, pd.DataFrame], identity: str) -> None:
    from engine import figures
    from engine.evaluation.board import answers, summaries

    told = answers.song_answers(tables, identity)
    named = told.rename(columns={"prediction": "answer", "correct": "right"})
    st.dataframe(
        written(named, {"confidence": ".1%"}),
        key="song_answers",
        height="content",
        hide_index=True,
        alt="Each model's answer to this song",
    )
    known = summaries.board_labels(tables)
    predictions = [replace(p, base="") for p in answers.song_predictions(tables, identity, known)]
    if predictions:
        chart(
            figures.probability_bars(predictions),
            "song-probabilities",
            "Probability of each genre for this song, one bar per model",
            "How probable each model holds each genre for this song.",
        )


def _chord_answers(tables: dict[str, pd.DataFrame], identity: str) -> None:
    from engine.evaluation.metrics import metric

    rows: list[dict[str, Any]] = []
    songs: dict[str, str] = {}
    for name, table in tables.items():
        row: Any = table.loc[table["id"] == identity]
        if not len(row):
            continue
        values: dict[str, Any] = {"model": name}
        for metric_name in _CHORD_METRICS:
            measure = metric(metric_name)
            if measure.applies_to(row):
                values[measure.title] = measure.of(row)
        rows.append(values)
        songs[name] = with_accidentals(str(row["prediction"].iloc[0]))
    st.dataframe(
        rows,
        key="song_answers",
        hide_index=True,
        column_config={
            title: st.column_config.NumberColumn(format="%.3f") for title in list(rows[0])[1:]
        },
        alt="Each model's figures of this song",
    )
    st.caption(
        "The chords each model wrote: C@0 is a C on the first word of a line, G7@4 a G7 on the "
        "fifth; a slash with blanks around it ends the line."
    )
    for name, text in songs.items():
        with st.expander(plain(name), key=f"written_{name}"):
            st.code(text or "no chords", language=None, wrap_lines=True)


def _open(chosen: Choice, identity: str, truth: str) -> None:
    """The way to the Genre or Chords page, with the words if this visit knows them."""
    page = "Genre" if chosen.task == "genre" else "Chords"
    known = known_songs.find(identity)
    if known is not None:
        name = plain(known.title) or "Untitled"
        st.markdown(f"These are the words of **{name}**, {plain(known.source)}.")
        text, title = known.lyrics, known.title
    else:
        st.caption(
            "Records hold no words. Paste them here, or load the table this song is from on the "
            "Explorer page, and it opens with its words."
        )
        text = str(
            st.text_area(
                "Words of this song",
                key=f"words_{identity}",
                height=120,
                placeholder="Paste the words of the song",
            )
            or ""
        )
        title = f"Song {identity}"
    if st.button(
        f"Open on the {page} page",
        key="song_open_page",
        icon=":material/open_in_new:",
        type="primary",
        disabled=not text.strip(),
    ):
        state.set_song(text, title)
        if chosen.task == "genre":
            known_songs.expect(text, truth, f"the test set {boards.set_title(chosen.songs)}")
        state.go(chosen.task)
