"""Two models against each other on the same songs, and every pair at a glance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from ui import boards
from ui.boards import Choice
from ui.leaderboard.charts import chart, song_tables, table_downloads
from ui.leaderboard.linked import linked
from ui.leaderboard.numbers import interval, written
from ui.leaderboard.one_song import chosen_row, show_song
from ui.numbers import number
from ui.plain_text import plain

if TYPE_CHECKING:
    import pandas as pd

    from engine.evaluation.board.ranking import Board, Comparison

_MOST_PAIRS_DRAWN = 45


def head_to_head(board: Board, chosen: Choice) -> None:
    """Let two models be chosen; show their difference and the songs on which they differ."""
    names = [boards.title(standing.name) for standing in board.standings]
    if len(names) < 2:
        st.info("A comparison takes two models; fewer were measured on these songs.")
        return
    left, right = st.columns(2)
    first = str(left.selectbox("First model", names, **linked("first")))
    others = [name for name in names if name != first]
    second = str(right.selectbox("Second model", others, **linked("second")))
    pairs = {
        (boards.title(pair.first), boards.title(pair.second)): pair for pair in board.comparisons
    }
    pair, sign = pairs.get((first, second)), 1.0
    if pair is None:
        pair, sign = pairs.get((second, first)), -1.0
    if pair is None:
        st.info(plain(f"{first} and {second} could not be tested on {board.metric.title}."))
    else:
        _verdict(board, pair, sign, first, second)
    tables = song_tables(chosen, board)
    if first in tables and second in tables:
        if chosen.task == "genre":
            _genre_songs(chosen, tables, first, second)
        else:
            _chord_songs(chosen, tables, first, second)
    if board.comparisons:
        st.subheader("Every pair", anchor=False)
        _every_pair(board)


def _verdict(board: Board, pair: Comparison, sign: float, first: str, second: str) -> None:
    low, high = sorted((sign * pair.low, sign * pair.high))
    difference = sign * pair.difference
    p = "p < 0.001" if pair.p_corrected < 0.001 else f"p = {pair.p_corrected:.3f}"
    ahead = (difference > 0) == board.metric.higher_is_better
    if not pair.differs:
        verdict = "The test cannot tell them apart."
    elif not board.metric.ranked:
        verdict = "They differ."
    else:
        verdict = f"{first if ahead else second} is better."
    count = len(board.comparisons)
    corrected = f", corrected for {count} pairs" if count > 1 else ""
    st.markdown(
        f"**{plain(verdict)}** Difference in {board.metric.title}, "
        f"{plain(difference_of(first, second))}: **{number(difference, '+.3f')}**, 95% interval "
        f"{interval(low, high, '+.3f')}, {p}{corrected} ({pair.test})."
    )


def difference_of(first: str, second: str) -> str:
    """The difference of two models by their names: "LLaMA − RoBERTa"."""
    return f"{first} \u2212 {second}"


def _genre_songs(chosen: Choice, tables: dict[str, pd.DataFrame], first: str, second: str) -> None:
    from engine.evaluation.board import answers

    found = answers.outcomes(tables[first], tables[second])
    with st.container(horizontal=True, key="outcomes"):
        for name, label in (
            ("both", "Both are right"),
            ("first", f"Only {plain(first)} is right"),
            ("second", f"Only {plain(second)} is right"),
            ("neither", "Neither is right"),
        ):
            st.metric(label, f"{found[name]:,}", width="content")
    songs: Any = answers.disagreements(tables[first], tables[second])
    genres = sorted({str(genre) for genre in songs["reference"]})
    rights = {f"{first}": "first", f"{second}": "second", "Neither": "neither"}
    left, right = st.columns(2)
    genre = left.multiselect("True genre", genres, **linked("true_genre"), placeholder="All")
    who = right.multiselect(
        "Who is right", list(rights), **linked("who_is_right"), placeholder="All"
    )
    if genre:
        songs = songs[songs["reference"].isin(genre)]
    if who:
        songs = songs[songs["right"].isin([rights[name] for name in who])]
    st.caption(
        f"Songs on which the two give different answers: {len(songs):,}. The surest mistakes come "
        "first; choose a row to see every model's answer."
    )
    named = songs.replace({"right": {"first": first, "second": second}}).rename(
        columns={
            "reference": "true genre",
            "first": first,
            "second": second,
            "first_confidence": f"{first}, confidence",
            "second_confidence": f"{second}, confidence",
        }
    )
    identity = chosen_row(
        named.reset_index(drop=True),
        ("differ", str(chosen), first, second, str(genre), str(who)),
        {f"{first}, confidence": ".1%", f"{second}, confidence": ".1%"},
    )
    if identity:
        show_song(chosen, tables, identity)


def _chord_songs(chosen: Choice, tables: dict[str, pd.DataFrame], first: str, second: str) -> None:
    from engine.errors import InputError
    from engine.evaluation.board import answers

    measure = boards.song_measure(chosen)
    try:
        songs: Any = answers.song_differences(tables[first], tables[second], measure)
    except (InputError, KeyError):
        st.info(f"{measure.title} is not known song by song for both.")
        return
    if "genre" in songs:
        genres = sorted({str(genre) for genre in songs["genre"]})
        genre = st.multiselect("Genre", genres, **linked("true_genre"), placeholder="All")
        if genre:
            songs = songs[songs["genre"].isin(genre)]
    st.caption(
        f"{measure.title[:1].upper()}{measure.title[1:]} of each song alone, the largest "
        f"differences first ({len(songs):,} songs). Choose a row to see every model's chords."
    )
    answers = ["first_answer", "second_answer"]
    order = ["id", "first", "second", "difference", "genre", "words", "year"]
    named = songs.drop(columns=answers).reindex(columns=order)
    identity = chosen_row(
        named.rename(columns={"first": first, "second": second}).reset_index(drop=True),
        ("differ", str(chosen), first, second, str(len(songs))),
        {first: ".3f", second: ".3f", "difference": "+.3f"},
    )
    if identity:
        show_song(chosen, tables, identity)


def _every_pair(board: Board) -> None:
    import pandas as pd

    from engine import figures

    table = pd.DataFrame(
        [
            {
                "first": boards.title(pair.first),
                "second": boards.title(pair.second),
                "difference": pair.difference,
                "low": pair.low,
                "high": pair.high,
                "p, corrected": pair.p_corrected,
                "differ": "yes" if pair.differs else "unclear",
            }
            for pair in board.comparisons
        ]
    )
    drawn = table.head(_MOST_PAIRS_DRAWN)
    chart(
        figures.pair_differences(
            drawn.assign(
                pair=[
                    difference_of(first, second)
                    for first, second in zip(drawn["first"], drawn["second"], strict=True)
                ],
                differs=drawn["differ"] == "yes",
            ),
            board.metric.title,
        ),
        "pairs",
        "The difference between the two models of every pair, with its interval",
        "Each dot is the first model's score minus the second's, the line its 95% interval. The "
        f"test cannot tell grey pairs apart ({board.comparisons[0].test}; p values corrected for "
        "all pairs, Holm).",
    )
    shown = table.assign(
        pair=[difference_of(a, b) for a, b in zip(table["first"], table["second"], strict=True)],
        interval=[
            interval(low, high, "+.3f")
            for low, high in zip(table["low"], table["high"], strict=True)
        ],
    )
    st.dataframe(
        written(shown, {"difference": "+.3f", "p, corrected": ".4f"}),
        key="pairs",
        height="content",
        hide_index=True,
        column_order=["pair", "difference", "differ", "interval", "p, corrected"],
        column_config={"interval": "95% interval"},
        alt="Every pair of models, its difference and whether the test tells the two apart",
    )
    with st.container(horizontal=True, key="pairs_export"):
        table_downloads(table, "pairs", "Pairs")
