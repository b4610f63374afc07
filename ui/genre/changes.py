"""Change the words and see the answers move; lay two lyrics side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from engine.lyrics import Lyrics
from ui import resources, state
from ui.genre import asking, words
from ui.genre.answer import titled
from ui.lyric_input import example_label, lyric_of, parsed
from ui.numbers import percent
from ui.plain_text import plain

if TYPE_CHECKING:
    from engine.classifiers.prediction import Prediction
    from engine.music.lead_sheet import LeadSheet

_EDITED, _EDITED_OF = "what_if_lyric", "_what_if_of"
_PLACE, _WORD, _INSTEAD = "what_if_place", "what_if_old_word", "what_if_new_word"
_TOLD = "_what_if_told"
_SECOND = "second_lyric"


def what_if(given: state.GenreAnswer, lyrics: Lyrics) -> None:
    """The lyric in a second box; whatever is changed there is answered against the original."""
    st.markdown(
        "Take out a line, swap a word, or write what you like, and see the probabilities move "
        "against the original."
    )
    if st.session_state.get(_EDITED_OF) != given.lyric:
        st.session_state[_EDITED_OF] = given.lyric
        st.session_state[_EDITED] = given.lyric
    _quick_edits(str(st.session_state.get(_EDITED) or ""))
    text = st.text_area(
        "Changed lyric",
        key=_EDITED,
        height=220,
        persist_state="session",
    )
    with st.container(horizontal=True, key="what_if_actions"):
        # Pressing it leaves the box, and so sends what was typed there.
        st.button("Ask again", key="what_if_ask", type="primary", icon=":material/graphic_eq:")
        st.button(
            "Back to the original",
            key="what_if_reset",
            icon=":material/undo:",
            on_click=_reset,
            args=(given.lyric,),
            disabled=text == given.lyric,
        )
    changed = parsed(str(text or ""))
    if changed is None:
        return
    if changed.text == lyrics.text:
        st.info("Nothing is changed yet in the words above.", icon=":material/edit:")
        return
    models = [prediction.model for prediction in given.predictions]
    after = asking.with_combined(asking.remembered_predictions(changed, models))
    before = asking.with_combined(given.predictions)
    if not after:
        return
    st.markdown(f"**{plain(_moved(before, after))}**")
    st.dataframe(
        before_and_after(before, after),
        key="what_if_table",
        hide_index=True,
        alt="Each model's answer before and after, with its probability",
    )
    _change_bars(before, after, "what_if_chart")
    st.caption(
        "A bar to the right: the change made that genre more probable; to the left, less. One bar "
        "a model, in percentage points, with the probability before and after (in percent); the "
        "genres that moved most are on top."
    )


def _quick_edits(text: str) -> None:
    """Take out a line or swap a word of the changed lyric, with buttons."""
    from engine.explanation import numbered_lines

    lines = dict(numbered_lines(text))
    with st.container(horizontal=True, vertical_alignment="bottom", key="what_if_line"):
        st.selectbox(
            "Line",
            list(lines),
            format_func=lambda place: lines.get(place, ""),
            key=_PLACE,
            width="stretch",
        )
        st.button(
            "Take out the line",
            key="what_if_remove",
            icon=":material/remove:",
            on_click=_remove,
            disabled=not lines,
        )
    with st.container(horizontal=True, vertical_alignment="bottom", key="what_if_word"):
        st.text_input("Word", key=_WORD, placeholder="road", max_chars=80)
        st.text_input("Instead", key=_INSTEAD, placeholder="river", max_chars=80)
        st.button("Swap the word", key="what_if_swap", icon=":material/swap_horiz:", on_click=_swap)
    if message := st.session_state.pop(_TOLD, None):
        st.info(plain(message), icon=":material/info:")


def _remove() -> None:
    """Take the chosen line out (a callback, so the box can still be filled)."""
    from engine.explanation import without_line

    text, place = str(st.session_state[_EDITED] or ""), int(st.session_state[_PLACE])
    st.session_state[_EDITED] = without_line(text, place)


def _swap() -> None:
    """Swap a word wherever it stands (a callback), and say how often that was."""
    from engine.explanation import swapped

    word = str(st.session_state.get(_WORD) or "").strip()
    instead = str(st.session_state.get(_INSTEAD) or "").strip()
    if not word:
        st.session_state[_TOLD] = "Write the word that is to be swapped."
        return
    text, times = swapped(str(st.session_state[_EDITED] or ""), word, instead)
    if not times:
        st.session_state[_TOLD] = f"“{word}” does not stand in the words."
        return
    st.session_state[_EDITED] = text
    st.session_state[_TOLD] = f"Swapped {'once' if times == 1 else f'{times} times'}."


def compare(given: state.GenreAnswer) -> None:
    """The answered lyric as A, another as B."""
    st.markdown(
        "The lyric answered above is **A**. Give another as **B** and see how the models tell them "
        "apart."
    )
    with st.container(horizontal=True, vertical_alignment="center", key="second_examples"):
        st.markdown("Take from the songbook", width="content")
        for index, sheet in enumerate(resources.examples()):
            st.button(
                example_label(sheet),
                key=f"second_example_{index}",
                on_click=_take_second,
                args=(sheet,),
            )
    text = st.text_area(
        "Lyric B",
        key=_SECOND,
        height=180,
        persist_state="session",
        placeholder="Paste or type the words of another song, or an earlier draft.",
    )
    if not str(text or "").strip():
        return
    second = parsed(str(text))
    if second is None:
        return
    models = [prediction.model for prediction in given.predictions]
    after = asking.with_combined(asking.remembered_predictions(second, models))
    before = asking.with_combined(given.predictions)
    if not after:
        return
    st.dataframe(
        _side_by_side(before, after),
        key="compare_table",
        hide_index=True,
        alt="Each model's answer for A and for B",
    )
    of = {prediction.model: prediction for prediction in after}
    both = [prediction for prediction in before if prediction.model in of]
    model = st.segmented_control(
        "Model",
        [prediction.model for prediction in both],
        default=both[0].model,
        required=True,
        format_func=resources.model_title,
        key="compare_model",
    )
    chosen = next((p for p in both if p.model == model), both[0])
    _two_bars(chosen, of[chosen.model])
    st.markdown("**From A to B, all models**")
    _change_bars(before, after, "compare_changes")
    st.caption(
        "A bar to the right: that genre is more probable for B than for A, in percentage points, "
        "with the probability of A and of B (in percent); one bar a model."
    )


def _moved(before: Sequence[Prediction], after: Sequence[Prediction]) -> str:
    """Which answers changed, in one sentence."""
    old = {prediction.model: words.genres(prediction) for prediction in before}
    turned = [
        f"{resources.model_title(p.model)} goes from {old[p.model]} to {words.genres(p)}"
        for p in after
        if p.model in old and words.genres(p) != old[p.model]
    ]
    return f"{'; '.join(turned)}." if turned else "No model changes its answer."


def before_and_after(
    before: Sequence[Prediction], after: Sequence[Prediction]
) -> list[dict[str, str]]:
    """One row a model: its answer before and after, with what became of an answer that turned."""
    old = {prediction.model: prediction for prediction in before}
    rows: list[dict[str, str]] = []
    for now in after:
        was = old.get(now.model)
        if was is None:
            continue
        of_now = dict(zip(now.labels, now.probabilities, strict=True))
        turned = now.label != was.label
        rows.append(
            {
                "model": resources.model_title(now.model),
                "before": words.told(was),
                "after": words.told(now)
                + (f" ({was.label} {percent(of_now[was.label])})" if turned else ""),
            }
        )
    return rows


def _side_by_side(
    before: Sequence[Prediction], after: Sequence[Prediction]
) -> list[dict[str, str]]:
    of = {prediction.model: prediction for prediction in after}
    return [
        {
            "model": resources.model_title(first.model),
            "A": words.told(first),
            "B": words.told(of[first.model]),
        }
        for first in before
        if first.model in of
    ]


def _two_bars(first: Prediction, second: Prediction) -> None:
    from engine import figures

    st.plotly_chart(
        figures.two_lyrics_bars(first, second, ("A", "B")),
        key="compare_chart",
        config=figures.download_settings("two-lyrics"),
        alt="Probability of each genre for lyric A and lyric B",
    )
    st.caption(
        f"{resources.model_title(first.model)}: full bars are lyric A, hatched bars lyric B; a "
        "genre with bars of unlike length is where the two songs part."
    )


def _change_bars(before: Sequence[Prediction], after: Sequence[Prediction], key: str) -> None:
    from engine import figures

    st.plotly_chart(
        figures.probability_changes(titled(before), titled(after)),
        key=key,
        config=figures.download_settings("genre-changes"),
        alt="Change of each genre's probability, one bar per model",
    )


def _reset(text: str) -> None:
    st.session_state[_EDITED] = text


def _take_second(sheet: LeadSheet) -> None:
    st.session_state[_SECOND] = lyric_of(sheet)
