"""Human or not? A blind listening test, and what all listeners said once one has answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from engine.errors import EngineError
from engine.evaluation.listening import (
    ENOUGH,
    HUMAN,
    MOST,
    SCALES,
    Answer,
    Trial,
    answers_table,
    append_answer,
    excerpt,
    listening_values,
    read_answers,
    trials,
    wishes_of,
    words_of,
)
from engine.evaluation.provenance import utc_now
from engine.evaluation.tasks.data import short_hash
from ui import boards, presence, resources, state
from ui.boards import Choice
from ui.lead_sheet_html import leadsheet_html
from ui.leaderboard.charts import chart, table_downloads
from ui.plain_text import plain, show_error

if TYPE_CHECKING:
    from engine.evaluation.board.ranking import Board
    from engine.music.lead_sheet import LeadSheet
    from engine.serving.queues import Job

_BEGUN, _MISSING, _READY = "_listening_begun", "_listening_missing", "_listening_ready"
_TITLES = {
    "coherence": "Coherence",
    "fit": "Fit with the words",
    "genre": "Genre",
    "melody": "Melody-friendliness",
    "musicality": "Musicality",
    "guessed": "taken for human",
}
_GUESSES = {"A human": True, "A model": False}


def human_or_not(_board: Board, _chosen: Choice) -> None:
    """Let the visitor hear and rate songs; show all answers when enough of them are his."""
    answers = read_answers()
    listener = _listener()
    own = [answer for answer in answers if answer.listener == listener]
    model = resources.model_title(resources.GENERATOR)
    st.markdown(
        f"You hear the beginnings of songs from the songbook. Half of them have the chords they "
        f"were written with, half have chords by **{model}**; both are played alike, and nobody "
        f"tells you which is which. Rate {ENOUGH} songs, and you see what all listeners said. "
        "The ratings stay on the machine that this app runs on, under a code instead of a name."
    )
    if len(own) < ENOUGH and not st.session_state.get(_BEGUN):
        st.button(
            "Begin to listen" if not own else "Go on listening",
            key="listening_begin",
            type="primary",
            icon=":material/headphones:",
            on_click=_begin,
        )
        return
    if st.session_state.get(_BEGUN):
        _hear(listener, own)
    if len(own) >= ENOUGH:
        if not st.session_state.get(_BEGUN):
            st.button("Hear more", key="listening_more", on_click=_begin)
        _results(answers, own)


def _listener() -> str:
    """The visitor's code: it cannot be traced back to what makes a visit one's own."""
    return short_hash(f"listening|{state.owner()}", 12)


def _begin() -> None:
    st.session_state[_BEGUN] = True


def _hear(listener: str, own: list[Answer]) -> None:
    """The next song that this visitor has not rated, with its questions."""
    songs = {sheet.title: sheet for sheet in resources.songbook()}
    heard = {answer.song for answer in own}
    waiting = [trial for trial in trials(listener, list(songs)) if trial.song not in heard]
    if not waiting:
        st.success("You have heard every song there is. Thank you!", icon=":material/check:")
        return
    trial = waiting[0]
    original = songs[trial.song]
    seed = int(short_hash(f"{listener}|{trial.song}", 6), 16)
    try:
        with st.spinner("Preparing a song"):
            # Both are made ready, whichever is played: the wait must not tell them apart.
            written, revision = _written(original, seed)
            sheet = excerpt(original if trial.human else written)
            sound = resources.sound(sheet)
    except EngineError as error:
        show_error(error)
        return
    number = len(own) + 1
    with st.container(border=True, key="listening_song"):
        st.subheader(f"Song {number}" + (f" of {ENOUGH}" if number <= ENOUGH else ""), anchor=False)
        st.caption(f"Genre: {plain(sheet.genre or 'none')}")
        st.audio(sound, format="audio/wav", alt="The song, its chords played")
        st.html(leadsheet_html(sheet))
        _questions(trial, listener, "" if trial.human else revision, seed)


def _written(sheet: LeadSheet, seed: int) -> tuple[LeadSheet, str]:
    """The song's words with the generator's chords, and the revision of its weights.

    They are kept until another song is asked for: a form sent back with a gap costs nothing.
    """
    ready = st.session_state.get(_READY)
    if ready is not None and ready[0] == sheet.title:
        return ready[1:]

    def task(job: Job[LeadSheet]) -> LeadSheet:
        model = resources.generator()
        wishes = wishes_of(sheet, seed)
        return model.generate(words_of(sheet), wishes, cancelled=job.cancelled)

    queue = resources.queue(resources.GENERATOR)
    written = queue.submit("A song to listen to", task, presence.of_this_tab()).result()
    revision = resources.revision(resources.GENERATOR)
    st.session_state[_READY] = (sheet.title, written, revision)
    return written, revision


def _questions(trial: Trial, listener: str, revision: str, seed: int) -> None:
    keys = {name: f"listening_{name}_{trial.song}" for name in (*SCALES, "guess")}
    with st.form(key=f"listening_form_{trial.song}", border=False):
        st.caption(f"0 is not at all, {MOST} is very much.")
        for name, question in SCALES.items():
            st.segmented_control(
                f"**{_TITLES[name]}.** {question}", list(range(MOST + 1)), key=keys[name]
            )
        st.segmented_control("**Who chose the chords?**", list(_GUESSES), key=keys["guess"])
        st.form_submit_button(
            "Keep and go on",
            type="primary",
            icon=":material/arrow_forward:",
            on_click=_keep,
            args=(trial, listener, revision, seed, keys),
        )
    if st.session_state.pop(_MISSING, False):
        st.warning("Please answer every question; one is still open.", icon=":material/help:")


def _keep(trial: Trial, listener: str, revision: str, seed: int, keys: dict[str, str]) -> None:
    given: dict[str, Any] = {name: st.session_state.get(key) for name, key in keys.items()}
    if any(value is None for value in given.values()):
        st.session_state[_MISSING] = True
        return
    guess = given.pop("guess")
    append_answer(
        Answer(
            listener=listener,
            song=trial.song,
            writer=HUMAN if trial.human else resources.GENERATOR,
            revision=revision,
            seed=seed,
            guessed_human=_GUESSES[guess],
            time=utc_now(),
            **given,
        )
    )
    if sum(answer.listener == listener for answer in read_answers()) == ENOUGH:
        st.session_state[_BEGUN] = False  # time to see what came out


def _results(answers: list[Answer], own: list[Answer]) -> None:
    from engine import figures

    values = listening_values(answers)
    human = boards.title(HUMAN)
    ratings = f"mean rating (0 to {MOST})"
    shown = boards.titled(values).assign(
        axis=[
            ratings if name in SCALES else "share of songs (0 to 1)" for name in values["metric"]
        ],
        metric=[_TITLES[name] for name in values["metric"]],
    )
    listeners = len({answer.listener for answer in answers})
    right = sum(answer.guessed_human == (answer.writer == HUMAN) for answer in own)
    counts = dict(zip(shown["model"], shown["songs"], strict=True))
    heard = boards.listed([f"{count:,} by {plain(name)}" for name, count in counts.items()])
    chart(
        figures.beside_humans(shown, human),
        "human-or-not",
        "Mean ratings of songs with human chords and of songs with a model's chords",
        f"**You told {right} of {len(own)} right.** {listeners:,} "
        f"{'listener' if listeners == 1 else 'listeners'} rated {len(answers):,} songs: {heard}. "
        "The grey band is what human chords got, a dot is a model; a line is the 95% interval.",
    )
    with st.container(horizontal=True, key="listening_export"):
        table_downloads(shown, "listening-results", "The results")
        table_downloads(answers_table(answers), "listening-answers", "Every answer")
