"""Measure models from the page: choose, start, watch, cancel, resume."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from engine.corpora.songbook import songbook_folder
from engine.errors import CancelledError, EngineError, InputError
from engine.evaluation.baselines import baselines_of
from engine.evaluation.tasks import TASKS, find_task
from ui import boards, evaluations, known_songs, local_files, state
from ui.boards import Choice
from ui.evaluations import Evaluation, File, Plan
from ui.plain_text import plain, show_error

if TYPE_CHECKING:
    from engine.evaluation.tasks.task import Task

_POLL_SECONDS = 1.0
_REFUSED = "_evaluation_refused"
_SONGBOOK, _UPLOAD, _HERE = "The songbook", "Upload a file", "On this machine"


@dataclass(frozen=True)
class Form:
    """The form as it stands.

    `data` is a file that was brought, a path as it was typed, or the folder of the songbook.
    """

    task: str
    models: tuple[str, ...]
    data: File | str | Path | None
    training: File | None
    limit: int | None


def under_way() -> None:
    """Show this visitor's evaluations: progress and Cancel, or how each ended."""
    refused: str | None = st.session_state.pop(_REFUSED, None)
    if refused:
        st.error(refused, icon=":material/error:")
    found = evaluations.current(state.owner())
    ended = [evaluation for evaluation in found if evaluation.finished]
    for evaluation in ended:
        _ended(evaluation)
    waiting = [evaluation for evaluation in found if evaluation not in ended]
    if waiting:
        st.fragment(_progress, run_every=_POLL_SECONDS)(waiting)


def _progress(waiting: list[Evaluation]) -> None:
    if any(evaluation.finished for evaluation in waiting):
        st.rerun(scope="app")
    for number, evaluation in enumerate(waiting):
        job = evaluation.job
        if job is None:
            continue
        with st.container(border=True, key=f"evaluation_{number}"):
            st.progress(
                evaluation.share, text=plain(f"{evaluation.plan.title}: {_told(evaluation)}")
            )
            st.button(
                "Cancel",
                key=f"evaluation_cancel_{number}",
                icon=":material/cancel:",
                on_click=job.cancel,
                disabled=job.cancelled(),
                help="Stops after the songs at hand; what is done is kept, and can be resumed.",
            )


def _told(evaluation: Evaluation) -> str:
    job = evaluation.job
    if job is not None and job.cancelled():
        return "stopping after the songs at hand"
    if job is None or not job.started:
        return "waiting for the evaluation before it"
    if not evaluation.model:
        return "reading the songs"
    model = boards.title(evaluation.model)
    if not evaluation.done:
        return f"loading {model}"
    if evaluation.done >= evaluation.total:
        return f"{model} has read all {evaluation.total:,} songs; timing it and scoring"
    text = f"{model}, {evaluation.done:,} of {evaluation.total:,} songs"
    left = evaluation.seconds_left
    return text if left is None else f"{text}, {duration(left)} left for this model"


def duration(seconds: float) -> str:
    """A time to wait, in words: "about 40 s", "about 12 min", "about 3.5 h"."""
    if seconds < 90:
        return f"about {max(5, 5 * round(seconds / 5))} s"
    if seconds < 90 * 60:
        return f"about {round(seconds / 60)} min"
    return f"about {seconds / 3600:.1f} h"


def _ended(evaluation: Evaluation) -> None:
    found = evaluations.outcome(evaluation)
    title = evaluation.plan.title
    with st.container(border=True, key=f"ended_{id(evaluation)}"):
        if isinstance(found, EngineError):
            if isinstance(found, CancelledError):
                st.info(plain(found), icon=":material/cancel:")
            else:
                show_error(found)
            again = "Resume" if isinstance(found, CancelledError) else "Try again"
        else:
            songs = found.records[0].n if found.records else 0
            st.success(
                f"Measured {plain(title)}: {songs:,} songs, {len(found.records):,} records "
                "added. Choose its test songs below to see them.",
                icon=":material/check:",
            )
            if found.problems:
                label = f"{len(found.problems):,} songs or values could not be used"
                with st.expander(label):
                    st.text("\n".join(found.problems[:200]))
            again = None
        with st.container(horizontal=True, key=f"ended_tools_{id(evaluation)}"):
            if again:
                st.button(
                    again,
                    key=f"resume_{id(evaluation)}",
                    icon=":material/resume:",
                    on_click=_resume,
                    args=(evaluation,),
                )
            st.button(
                "Dismiss",
                key=f"dismiss_{id(evaluation)}",
                icon=":material/close:",
                on_click=evaluations.dismiss,
                args=(evaluation,),
            )


def _resume(evaluation: Evaluation) -> None:
    try:
        evaluations.resume(evaluation)
    except EngineError as error:
        st.session_state[_REFUSED] = str(error)


def panel(chosen: Choice | None) -> None:
    """The form of a new evaluation."""
    with st.expander("Measure models on songs of yours", key="evaluate_panel"):
        st.markdown(
            "Every run adds records that say where each number comes from, and keeps the answers "
            "song by song, without the words. It goes on while you use the other pages."
        )
        tasks = {task.name: task for task in _tasks()}
        name = st.segmented_control(
            "Task",
            list(tasks),
            default=chosen.task if chosen else next(iter(tasks)),
            required=True,
            format_func=boards.task_title,
            key="evaluate_task",
        )
        task = tasks[str(name)]
        models = _models(task)
        try:
            form = _form(task, models)
        except EngineError as error:  # the setting of the server is misspelt
            show_error(error)
            return
        if st.button(
            "Start",
            key="evaluate_start",
            type="primary",
            icon=":material/play_arrow:",
        ):
            _start(form)


def _tasks() -> list[Task]:
    """The tasks with a board of their own; the others are for the command line."""
    return [task for task in map(find_task, TASKS) if not task.recorded_as]


def _models(task: Task) -> tuple[str, ...]:
    """Let models be chosen; parts of models stand among them only when asked for."""
    names = task.names
    if any("/" in name for name in names) and not st.toggle(
        "Networks and linear paths apart", key=f"evaluate_parts_{task.name}"
    ):
        names = tuple(name for name in names if "/" not in name)
    chosen = st.pills(
        "Models and baselines",
        names,
        selection_mode="multi",
        default=names[:1],
        format_func=boards.title,
        key=f"evaluate_models_{task.name}",
    )
    return tuple(name for name in names if name in chosen)


def _form(task: Task, models: tuple[str, ...]) -> Form:
    """Let the songs be given; files on this machine only where a visitor may name one."""
    here = local_files.allowed()
    ways = [
        way
        for way, offered in ((_UPLOAD, True), (_SONGBOOK, task.sheets), (_HERE, here))
        if offered
    ]
    where = _UPLOAD
    if len(ways) > 1:
        key = f"evaluate_{'where' if here else 'songs'}_{task.name}"
        where = st.segmented_control("Songs", ways, default=_UPLOAD, required=True, key=key)
    data: File | str | Path | None
    training: File | None = None
    if where != _HERE:
        data = songbook_folder() if where == _SONGBOOK else _file("evaluate_file", task.songs, task)
        if set(models) & set(baselines_of(task.name)):
            training = _file(
                "evaluate_training", "Songs to fit the baselines on, in the same format", task
            )
    else:
        data = st.text_input(
            "A file, or a folder with one called test",
            key="evaluate_path",
            placeholder="/data/songs",
            help="Baselines are fitted on the file called train beside it.",
        )
    limit = st.number_input(
        "At most so many songs",
        min_value=1,
        value=None,
        key="evaluate_limit",
        placeholder="All songs",
        help="Drawn by seed 0; the board keeps such a draw apart from the whole.",
    )
    return Form(task.name, models, data or None, training, int(limit) if limit else None)


def _file(key: str, label: str, task: Task) -> File | None:
    types = [ending.rsplit(".", 1)[1] for ending in task.extensions]
    uploaded: Any = st.file_uploader(label, type=types, key=f"{key}_{task.name}")
    return None if uploaded is None else File(str(uploaded.name), uploaded.getvalue())


def _plan(form: Form) -> Plan:
    """What the form asks for; `InputError` if something is missing or cannot be used."""
    if not form.models:
        raise InputError("No model is chosen; choose at least one.")
    if form.data is None:
        either = ", or name one on this machine" if local_files.allowed() else ""
        raise InputError(f"No songs are given; upload a file{either}.")
    if isinstance(form.data, str):
        data: File | Path = local_files.path_named(form.data)
    else:
        data = form.data
        fitted = [name for name in form.models if name in baselines_of(form.task)]
        if fitted and form.training is None:
            names = boards.listed([boards.title(name) for name in fitted])
            raise InputError(
                f"{names} must be fitted first: give the songs to fit on, or leave it out."
            )
    return Plan(form.task, form.models, data, form.training, form.limit)


def _start(form: Form) -> None:
    try:
        plan = _plan(form)
        evaluations.begin(plan, state.owner())
    except EngineError as error:
        show_error(error)
        return
    if isinstance(plan.data, File):
        known_songs.remember(plan.data.name, plan.data.data)
        state.uploads().add(hashlib.sha256(plan.data.data).hexdigest())
    st.rerun()
