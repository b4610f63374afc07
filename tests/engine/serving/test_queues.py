from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from engine.errors import CancelledError, EngineError, InputError
from engine.serving import queues, worker
from engine.serving.models import ServedModels
from engine.serving.presence import Presence
from engine.serving.queues import Job, Queue, places
from engine.serving.worker import StoppingError, Worker, stop_seconds


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> ServedModels:
    """Models whose long tasks let others in at each of their steps."""
    monkeypatch.setattr(worker, "SLICE_SECONDS", 0.0)
    return ServedModels()


def stepping(
    begun: threading.Event, then: Callable[[], None] = lambda: None
) -> Callable[[Job[None]], None]:
    """A task that waits to begin and has done one of its steps when others may be let in."""

    def task(job: Job[None]) -> None:
        begun.wait(5)
        job.report(1, 2)
        then()

    return task


def test_result_and_progress_reach_the_page() -> None:
    def task(job: Job[str]) -> str:
        job.report(2, 2)
        return "done"

    job = Queue("model").submit("Writing", task)

    assert job.result() == "done"
    assert (job.step, job.steps) == (2, 2)
    assert job.finished
    assert job.seconds >= 0


def test_tasks_of_one_queue_never_run_at_the_same_time() -> None:
    queue = Queue("model")
    running = threading.Semaphore(1)
    overlaps: list[int] = []

    def task(job: Job[int]) -> int:
        if not running.acquire(blocking=False):
            overlaps.append(1)
            return 0
        threading.Event().wait(0.002)
        running.release()
        return 1

    jobs = [queue.submit("Writing", task) for _ in range(6)]

    assert [job.result() for job in jobs] == [1] * 6
    assert not overlaps


def test_a_waiting_task_that_is_cancelled_never_begins() -> None:
    queue = Queue("model")
    gate = threading.Event()
    began: list[str] = []
    first = queue.submit("First", lambda job: gate.wait(5))
    second = queue.submit("Second", lambda job: began.append("second"))

    assert second.ahead == 1
    assert not second.started
    second.cancel()
    gate.set()
    first.result()

    with pytest.raises(CancelledError):
        second.result()
    assert began == []


def test_a_running_task_sees_the_cancel_flag() -> None:
    started = threading.Event()

    def task(job: Job[None]) -> None:
        started.set()
        while not job.cancelled():
            threading.Event().wait(0.005)
        raise CancelledError("stopped")

    job = Queue("model").submit("Writing", task)
    assert started.wait(5)
    job.cancel()

    with pytest.raises(CancelledError, match="stopped"):
        job.result()


def test_a_full_queue_refuses_in_words_and_takes_work_again_afterwards() -> None:
    queue = Queue("TinyLlama", limit=2)
    gate = threading.Event()
    jobs = [queue.submit("Song", lambda job: gate.wait(5)) for _ in range(2)]

    with pytest.raises(EngineError, match="TinyLlama is busy"):
        queue.submit("Song", lambda job: None)
    gate.set()
    for job in jobs:
        job.result()
    assert queue.submit("Song", lambda job: "again").result() == "again"


def test_errors_of_the_task_come_out_as_they_are() -> None:
    def task(job: Job[None]) -> None:
        raise InputError("The lyric is empty.")

    job = Queue("model").submit("Writing", task)

    with pytest.raises(InputError, match="The lyric is empty"):
        job.result()


def test_the_work_of_a_closed_tab_is_cancelled_and_frees_the_queue() -> None:
    queue, there, now = Queue("model"), [True], [0.0]
    tab = Presence(lambda: there[0], patience=5, clock=lambda: now[0])
    started = threading.Event()

    def task(job: Job[None]) -> None:
        started.set()
        while not job.cancelled():
            threading.Event().wait(0.005)
        raise CancelledError("stopped")

    running = queue.submit("Writing", task, tab)
    assert started.wait(5)
    waiting = queue.submit("Writing", task, tab)
    mine = queue.submit("Writing", lambda job: "mine", Presence(lambda: True))
    assert mine.ahead == 2

    there[0] = False
    assert mine.ahead == 2, "a connection may be lost for a moment"
    now[0] = 6
    assert mine.ahead <= 1
    assert mine.result() == "mine"
    for job in (running, waiting):
        with pytest.raises(CancelledError):
            job.result()


def test_work_that_no_tab_asked_for_goes_on() -> None:
    assert Queue("model").submit("Evaluation", lambda job: job.cancelled()).result() is False


def test_all_models_answer_on_one_thread_one_after_another() -> None:
    line = Worker("models")
    first, second = Queue("LLaMA", worker=line), Queue("TinyLlama", worker=line)
    gate = threading.Event()

    def held(_job: Job[str]) -> str:
        gate.wait(5)
        return threading.current_thread().name

    jobs = [first.submit("Reading", held)]
    jobs.append(second.submit("Writing", lambda _job: threading.current_thread().name))
    assert jobs[1].ahead == 1, "a task of another model's queue stands before this one"
    assert second.tasks == 1, "but it takes no place in this queue"
    gate.set()
    assert len({job.result() for job in jobs}) == 1


def test_all_models_share_a_thread() -> None:
    served = ServedModels()
    assert served.queue("llama").worker is served.queue("tinyllama").worker
    assert served.queue("llama") is served.queue("llama")
    assert served.queue("llama") is not served.queue("tinyllama")


def test_a_model_gets_its_turn_soon_from_the_scripts_of_pages() -> None:
    usual = sys.getswitchinterval()
    try:
        sys.setswitchinterval(0.005)
        ServedModels()
        assert sys.getswitchinterval() < 0.001
    finally:
        sys.setswitchinterval(usual)


def test_a_long_task_lets_other_models_answer_between_two_steps(
    served: ServedModels,
) -> None:
    order: list[str] = []
    submitted = threading.Event()

    def long(job: Job[None]) -> None:
        order.append("long begins")
        submitted.wait(5)
        job.report(1, 2)
        order.append("long ends")

    song = served.queue("tinyllama").submit("A long song", long)
    second = served.queue("tinyllama").submit("Another song", lambda _: order.append("another"))
    genre = served.queue("llama").submit("Genre", lambda _: order.append("genre"))
    submitted.set()
    second.result()

    assert song.finished
    assert genre.finished
    assert order == ["long begins", "genre", "long ends", "another"], "a model is never re-entered"


def test_a_long_task_that_shares_its_model_lets_short_ones_ask_it(
    served: ServedModels,
) -> None:
    queue = served.queue("llama")
    order: list[str] = []
    submitted = threading.Event()
    explanation = stepping(submitted, lambda: order.append("explanation"))

    queue.submit("Why", explanation, shares=True)
    other = queue.submit("Why", explanation, shares=True)
    queue.submit("Genre", lambda _: order.append("genre"))
    submitted.set()
    other.result()
    assert order == ["genre", "explanation", "explanation"]


def test_a_row_of_songs_takes_no_more_time_than_an_explanation_had(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [0.0]
    clock = SimpleNamespace(monotonic=lambda: now[0], perf_counter=lambda: now[0])
    monkeypatch.setattr(worker, "time", clock)
    monkeypatch.setattr(queues, "time", clock)
    monkeypatch.setattr(worker, "SLICE_SECONDS", 0.5)
    served = ServedModels()
    order: list[str] = []
    submitted = threading.Event()

    def explanation(job: Job[None]) -> None:
        submitted.wait(5)
        for step in (1, 2, 3):
            now[0] += 2
            order.append(f"step {step}")
            job.report(step, 3)

    def song(_job: Job[None]) -> None:
        now[0] += 1.5
        order.append("song")

    def genre(_job: Job[None]) -> None:
        now[0] += 0.1
        order.append("genre")

    served.queue("roberta").submit("Genre", genre).result()
    served.queue("tinyllama").submit("Chords", song).result()
    order.clear()
    why = served.queue("llama").submit("Why", explanation, shares=True)
    songs = [served.queue("tinyllama").submit("Chords", song) for _ in range(6)]
    served.queue("roberta").submit("Genre", genre)
    submitted.set()
    songs[-1].result()
    assert why.finished
    assert order[:4] == ["step 1", "genre", "song", "song"], "the quickest first, then by age"
    assert order[4:6] == ["step 2", "step 3"], "as much time as was given away, then 2 s more"
    assert order[6:] == ["song"] * 4


def test_a_song_that_is_being_written_lets_no_explanation_in(
    served: ServedModels,
) -> None:
    order: list[str] = []
    submitted = threading.Event()
    song = stepping(submitted, lambda: order.append("song"))

    served.queue("tinyllama").submit("Chords", song)
    why = served.queue("llama").submit("Why", lambda _: order.append("why"), shares=True)
    served.queue("roberta").submit("Genre", lambda _: order.append("genre"))
    submitted.set()
    why.result()
    assert order == ["genre", "song", "why"], "whoever waits for a song would wait for the long one"


def test_a_place_in_line_never_grows_when_others_are_let_in(
    served: ServedModels,
) -> None:
    submitted, looked = threading.Event(), threading.Event()
    long = stepping(submitted)

    served.queue("tinyllama").submit("A long song", long)
    mine = served.queue("tinyllama").submit("My song", lambda _: None)
    let_in = served.queue("llama").submit("Genre", lambda _: looked.wait(5))
    assert mine.ahead == 1
    submitted.set()
    while not let_in.started:
        time.sleep(0.002)
    assert mine.ahead == 1
    looked.set()
    mine.result()
    assert mine.ahead == 0


def test_a_worker_tidies_up_once_when_nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "IDLE_SECONDS", 0.02)
    tidied: list[str] = []
    queue = Queue("LLaMA", worker=Worker("models", tidy=lambda: tidied.append("tidied")))
    assert queue.submit("First", lambda _: list(tidied)).result() == []
    time.sleep(0.3)
    assert queue.submit("Second", lambda _: list(tidied)).result() == ["tidied"]


def test_a_worker_that_never_rests_tidies_up_between_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "BUSY_SECONDS", 0.05)
    tidied: list[str] = []
    queue = Queue("LLaMA", worker=Worker("models", tidy=lambda: tidied.append("tidied")))

    def work(_job: Job[int]) -> int:
        time.sleep(0.02)
        return len(tidied)

    found = [task.result() for task in [queue.submit("Task", work) for _ in range(8)]]
    assert found[0] == 0
    assert found[-1] > 0


def test_a_short_task_keeps_the_worker() -> None:
    served = ServedModels()
    order: list[str] = []
    submitted = threading.Event()
    short = stepping(submitted, lambda: order.append("short"))

    served.queue("tinyllama").submit("A song", short)
    genre = served.queue("llama").submit("Genre", lambda _: order.append("genre"))
    submitted.set()
    genre.result()
    assert order == ["short", "genre"]


def test_time_for_others_is_not_counted_as_work(served: ServedModels) -> None:
    submitted = threading.Event()
    long = stepping(submitted)

    job = served.queue("tinyllama").submit("A long song", long)
    began = time.perf_counter()
    served.queue("llama").submit("Genre", lambda _: time.sleep(0.3))
    submitted.set()
    job.result()
    assert job.seconds < time.perf_counter() - began - 0.25


def test_a_stop_hands_back_what_waits_and_asks_what_runs_to_end() -> None:
    line = Worker("models")
    queue = Queue("LLaMA", worker=line)
    started = threading.Event()

    def running(job: Job[str]) -> str:
        started.set()
        while not job.cancelled():
            time.sleep(0.002)
        return "as far as it came"

    first = queue.submit("First", running)
    second = queue.submit("Second", lambda _: "never")
    assert started.wait(5)
    line.close()

    assert line.wait(5)
    assert first.result() == "as far as it came"
    with pytest.raises(CancelledError, match="before it began"):
        second.result()
    with pytest.raises(StoppingError, match="being stopped"):
        queue.submit("Third", lambda _: None)


def test_a_stop_waits_no_longer_than_it_may() -> None:
    line = Worker("models")
    gate, started = threading.Event(), threading.Event()

    def deaf(_job: Job[None]) -> None:
        started.set()
        gate.wait(5)

    job = Queue("LLaMA", worker=line).submit("Deaf", deaf)
    assert started.wait(5)
    line.close()
    assert not line.wait(0.01)
    gate.set()
    assert line.wait(5)
    assert job.finished


def test_a_process_that_ends_stops_its_work_within_the_bound() -> None:
    code = (
        "import time\nfrom engine.serving.queues import Queue\n"
        "def endless(job):\n    while not job.cancelled(): time.sleep(0.01)\n    print('stopped')\n"
        "queue = Queue('LLaMA')\njob = queue.submit('Endless', endless)\n"
        "queue.submit('Never', lambda job: print('never'))\n"
        "while not job.started: time.sleep(0.01)\n"
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "stopped\n"


@pytest.mark.parametrize("asked", ["0", "many", "1001", "-1", "2.5"])
def test_places_that_are_no_number_are_refused(asked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LYRICLAB_PLACES", asked)
    with pytest.raises(InputError, match="LYRICLAB_PLACES"):
        places()


def test_places_and_the_time_to_stop_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LYRICLAB_PLACES", "3")
    monkeypatch.setenv("LYRICLAB_STOP_SECONDS", "2.5")
    assert Queue("LLaMA").limit == 3
    assert stop_seconds() == 2.5
    monkeypatch.setenv("LYRICLAB_STOP_SECONDS", "soon")
    with pytest.raises(InputError, match="LYRICLAB_STOP_SECONDS is 'soon'"):
        stop_seconds()
