"""Which words and lines pushed each model to a genre, as highlighted lyrics."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from engine.classifiers import model_of
from engine.errors import CancelledError, EngineError
from ui import presence, resources, state, waiting
from ui.genre import visit
from ui.genre.why_html import form_html, legend_html, scale_of, why_html
from ui.numbers import percent, signed
from ui.plain_text import plain, show_error

if TYPE_CHECKING:
    from engine.explanation import Explanation
    from engine.lyrics import Lyrics
    from engine.serving.queues import Job

_OWN = "each model's own answer"
_SIDE_BY_SIDE = "Side by side"
_SMALLEST_FORM = 0.005  # log odds: less is shown as nothing
_FORM = "length, repetition and rhyme"
# Beyond this share of what the words did, an explanation is called a sketch.
_ROUGH = 0.2


def show(given: state.GenreAnswer, lyrics: Lyrics) -> None:
    """Choose the genre, explain, and read the lyric with its marks."""
    st.markdown(
        "Which words pushed towards a genre, and which away from it? The words are faded a little, "
        "and each gets its share of what that changes in the model's answer. The song's form is "
        "told apart from them."
    )
    _take_finished()
    models = [prediction.model for prediction in given.predictions]
    with st.container(horizontal=True, vertical_alignment="bottom", key="why_controls"):
        genre = st.selectbox(
            "Genre explained",
            [_OWN, *given.predictions[0].labels],
            key="why_genre",
            persist_state="session",
            width=260,
        )
        chosen = "" if genre in (None, _OWN) else str(genre)
        wanted = [(given.lyric, model, chosen) for model in models]
        missing = [asked for asked in wanted if visit.explanation(asked) is None]
        busy = bool(visit.jobs())
        if missing or busy:
            st.button(
                "Explain",
                key="why_run",
                type="primary",
                icon=":material/lightbulb:",
                disabled=busy,
                on_click=partial(_begin, missing, lyrics),
                help="Takes a few seconds a model; you can go on using the page meanwhile.",
            )
    if message := st.session_state.pop("_why_problem", None):
        show_error(message)
    if visit.jobs():
        seconds = waiting.look_seconds(*visit.jobs().values())
        st.fragment(_progress, run_every=seconds)(seconds)
    found = [
        explanation for asked in wanted if (explanation := visit.explanation(asked)) is not None
    ]
    if found:
        _read(found, lyrics)


def _begin(wanted: Sequence[visit.Asked], lyrics: Lyrics) -> None:
    """Put one explanation a model in that model's queue (a callback: it draws nothing)."""
    visit.cancel_jobs()
    visit.jobs().clear()
    for asked in wanted:
        try:
            visit.jobs()[asked] = _submitted(asked, lyrics)
        except EngineError as error:
            st.session_state["_why_problem"] = str(error)


def _submitted(asked: visit.Asked, lyrics: Lyrics) -> Job[Explanation]:
    from engine import explanation

    _, name, genre = asked
    model = resources.classifier(name)

    def task(job: Job[Explanation]) -> Explanation:
        return explanation.explain(
            model, lyrics, genre or None, progress=job.report, cancelled=job.cancelled
        )

    title, tab = resources.model_title(name), presence.of_this_tab()
    # It works on a twin of the model, so others may ask the model in between.
    return resources.queue(model_of(name)).submit(title, task, tab, shares=True)


def _take_finished() -> None:
    """When all have ended, keep the explanations and say what went wrong."""
    jobs = visit.jobs()
    if not all(job.finished for job in jobs.values()):
        return
    for asked, job in jobs.items():
        try:
            visit.keep_explanation(asked, job.result())
        except CancelledError:
            st.info(f"{job.name}: cancelled.", icon=":material/cancel:")
        except EngineError as error:
            show_error(f"{job.name}: {error}")
    jobs.clear()


def _progress(seconds: float) -> None:
    jobs = visit.jobs()
    if not jobs:  # a poll that was already under way when the last one ended
        return
    finished = all(job.finished for job in jobs.values())
    if finished or waiting.has_begun(seconds, *jobs.values()):
        st.rerun(scope="app")
    for job in jobs.values():
        share, told = how_far(job)
        st.progress(share, text=f"{job.name}: {told}")
    st.button("Cancel", key="why_cancel", icon=":material/cancel:", on_click=visit.cancel_jobs)


def how_far(job: Job[Explanation]) -> tuple[float, str]:
    """How much of an explanation is there, 0 to 1, and in words; it is done when it can be read."""
    if job.finished:
        try:
            job.result()
        except CancelledError:
            return 0.0, "cancelled"
        except EngineError:
            return 0.0, "failed"
        return 1.0, "done"
    if not job.steps:
        return 0.0, "reading" if job.started else waiting.place(job).lower()
    return min(job.step / (job.steps + 1), 1.0), f"step {job.step} of {job.steps}"


def _read(found: Sequence[Explanation], lyrics: Lyrics) -> None:
    titles = {explanation.model: explanation for explanation in found}
    with st.container(horizontal=True, vertical_alignment="bottom", key="why_views"):
        view = _SIDE_BY_SIDE
        if len(found) > 1:
            view = st.segmented_control(
                "Show",
                [_SIDE_BY_SIDE, *titles],
                default=_SIDE_BY_SIDE,
                required=True,
                format_func=lambda name: (
                    name if name == _SIDE_BY_SIDE else resources.model_title(name)
                ),
                key="why_view",
                persist_state="session",
            )
        by = st.segmented_control(
            "Mark",
            ["Words", "Lines"],
            default="Words",
            required=True,
            key="why_by",
            persist_state="session",
        )
    shown = list(found) if view not in titles else [titles[str(view)]]
    scale = scale_of(found, str(by or "Words"))
    for column, explanation in zip(st.columns(len(shown), gap="medium"), shown, strict=True):
        with column:
            _one(explanation, lyrics, scale, str(by or "Words"))
    st.caption(
        "How to read it: a word on blue over a solid line pushed the model towards the genre, one "
        "on orange over a dashed line away from it; rest the pointer on a word for its number, in "
        "log odds (+0.7 doubles the odds). One scale holds for words, form and all models: equal "
        "marks are equal numbers. They tell what the model used, not what makes a genre."
    )
    _take_away(found, lyrics)


def _take_away(found: Sequence[Explanation], lyrics: Lyrics) -> None:
    from engine import explanation

    try:
        revisions = {of.model: resources.revision(of.model) for of in found}
    except EngineError as error:
        show_error(error)
        return
    with st.container(horizontal=True, key="why_downloads"):
        for name, written, kind, icon in (
            ("JSON", explanation.explanations_json, "application/json", ":material/data_object:"),
            ("CSV", explanation.explanations_csv, "text/csv", ":material/table:"),
        ):
            st.download_button(
                f"Download {name}",
                written(found, lyrics, revisions),
                f"genre-why.{name.lower()}",
                kind,
                key=f"why_{name.lower()}",
                icon=icon,
                on_click="ignore",
                help="Every word with what it added, the genre, the model and its revision",
            )


def _one(explanation: Explanation, lyrics: Lyrics, scale: float, by: str) -> None:
    title, genre = resources.model_title(explanation.model), plain(explanation.genre)
    st.markdown(f"**{title}: why {genre}, {percent(explanation.probability)}**")
    if explanation.form_decides:
        st.markdown(
            f"**The song's form decides here**: with average {_FORM}, {title} would say "
            f"{plain(explanation.answer_without_form)} to the same words."
        )
    st.html(legend_html(explanation.genre))
    if abs(explanation.form) >= _SMALLEST_FORM:
        st.html(form_html(explanation.form_share, scale))
        st.caption(
            f"This is a quarter of what its form ({_FORM}) adds, since the words are faded by a "
            f"quarter too. The whole form adds {signed(explanation.form)}, compared with a song of "
            "average form."
        )
    with st.container(height=440 if len(lyrics.lines) > 16 else "content", border=False):
        st.html(why_html(lyrics, explanation, scale, by))
    for words, sign in (("Towards", 1), ("Away", -1)):
        if strongest := explanation.strongest(lyrics, 6, sign):
            st.markdown(
                f"{words}: "
                + ", ".join(
                    f"**{plain(word)}** {signed(value)}"
                    + (f" ({times} times)" if times > 1 else "")
                    for word, value, times in strongest
                )
            )
    st.caption(plain(_small_print(explanation, lyrics)))


def _small_print(explanation: Explanation, lyrics: Lyrics) -> str:
    difference = explanation.log_odds - explanation.baseline_log_odds
    told = [
        f"Log odds of {explanation.genre}: {signed(explanation.log_odds)}, and "
        f"{signed(explanation.baseline_log_odds)} with the words faded by a quarter. Integrated "
        f"gradients in {explanation.steps} steps; what the words add misses that difference by "
        f"{abs(explanation.gap):.2f}. It took {explanation.seconds:.1f} s."
    ]
    if abs(explanation.gap) > _ROUGH * max(abs(difference), 0.1):
        told.append("With a miss this large, take it as a sketch.")
    unread = len(lyrics.words) - explanation.words_read
    if unread:
        told.append(
            f"{unread} of {len(lyrics.words)} words were not read: lines sung before, or beyond "
            "what the model takes."
        )
    return " ".join(told)
