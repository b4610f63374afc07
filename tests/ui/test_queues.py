from __future__ import annotations

import threading

import pytest

from engine.errors import CancelledError, EngineError, InputError
from ui.presence import Presence
from ui.queues import Job, Queue, Worker


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
    worker = Worker("models")
    first, second = Queue("LLaMA", worker=worker), Queue("TinyLlama", worker=worker)
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


def test_the_models_of_all_pages_share_their_thread() -> None:
    from ui import resources

    assert resources.queue("llama").worker is resources.queue("tinyllama").worker
