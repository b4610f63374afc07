"""A request beyond the bounds gets a status and one sentence, and the log no word of a lyric."""

from __future__ import annotations

import json
import logging
import socket
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import httpx2
import pytest

from engine.api.service import Bounds, Service
from engine.classifiers.prediction import GENRES, Prediction
from engine.log import JsonLines
from engine.lyrics import Lyrics
from engine.serving.models import ServedModels
from tests.engine.api.conftest import Lines, Running

JSON = {"Content-Type": "application/json"}
LYRIC = "marmalade moonlight over the quay"


class Model:
    """A genre model that answers when it may."""

    def __init__(self, name: str, answers: Callable[[], Any] = lambda: None) -> None:
        self.name, self.answers = name, answers
        self.asked: list[Lyrics] = []

    def predict(self, lyrics: Sequence[Lyrics]) -> list[Prediction]:
        self.asked += lyrics
        self.answers()
        share = 1 / len(GENRES)
        return [Prediction(self.name, "made up", GENRES, (share,) * len(GENRES), 0.0)] * len(lyrics)


def put(running: Running, answers: Callable[[], Any] = lambda: None) -> Model:
    model = Model("llama", answers)
    running.service.models.pool.get("llama", lambda: model)
    return model


def ask(client: httpx2.Client, **more: Any) -> httpx2.Response:
    return client.post("/v1/genre", json={"lyric": LYRIC, "models": ["llama"], **more})


class Asking(threading.Thread):
    """A request in the background."""

    def __init__(self, running: Running) -> None:
        super().__init__(daemon=True)
        self._url = running.client.base_url
        self.answer: httpx2.Response | None = None
        self.start()

    def run(self) -> None:
        with httpx2.Client(base_url=self._url, timeout=60) as client:
            self.answer = ask(client)

    def answered(self) -> httpx2.Response:
        self.join(30)
        assert self.answer is not None
        return self.answer


def until(true: Callable[[], object]) -> None:
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end, "it never comes to that"
        time.sleep(0.01)


def refusal(answer: httpx2.Response) -> str:
    told = answer.json()
    assert set(told) == {"error", "request"}
    assert told["request"] == answer.headers["x-request-id"]
    sentence: str = told["error"]
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert "Traceback" not in sentence
    return sentence


@pytest.mark.parametrize(
    ("path", "request_", "status", "told"),
    [
        ("genre", {"content": b"{", "headers": JSON}, 400, "is no JSON"),
        ("genre", {"content": b"\xff\xfe{}", "headers": JSON}, 400, "request"),
        ("genre", {"content": b"{}"}, 400, "Content-Type: application/json"),
        ("genre", {"json": {}}, 422, "'lyric' is missing"),
        ("genre", {"json": {"lyric": "la", "tune": 1}}, 422, "'tune' is no field"),
        ("genre", {"json": {"lyric": "la", "models": []}}, 422, "at least 1"),
        ("genre", {"json": {"lyric": "la", "models": ["gpt"]}}, 422, "'llama'"),
        ("genre", {"json": {"lyric": "la", "a\0b": 1}}, 422, "'a b' is no field"),
        ("genre", {"json": {"lyric": ""}}, 422, "lyric is empty"),
        ("genre", {"json": {"lyric": "la " * 20_000}}, 422, "30,000 are accepted"),
        ("genre", {"json": {"lyric": "la " * 90_000}}, 413, "larger than"),
        ("chords", {"json": {"lyric": "la", "key": "J"}}, 422, "'J'"),
        ("chords", {"json": {"lyric": "la", "tempo": "slow"}}, 422, "'tempo' does not fit"),
        ("chords", {"json": {"lyric": "la", "lock": ["x"]}}, 422, "is no lock"),
        ("chords", {"json": {"lyric": "la", "genre": "polka-core"}}, 422, "no genre"),
        ("chords", {"json": {"lyric": "la", "capo": 40}}, 422, "0 to 11"),
        ("convert", {"json": {}}, 422, "'to' is missing"),
        ("convert?to=pdf", {"files": {"other": b"x"}}, 422, "'file' is missing"),
        ("convert?to=xls", {"files": {"file": ("s.cho", b"x")}}, 422, "'to' does not fit"),
        ("convert?to=pdf", {"files": {"file": ("s.xyz", b"x")}}, 422, "is no ending"),
        ("convert?to=pdf&from=mxl", {"files": {"file": ("s", b"PK\x03")}}, 422, "no readable zip"),
        ("nowhere", {"json": {}}, 404, "nothing at this address"),
    ],
)
def test_what_does_not_fit_is_one_sentence(
    client: httpx2.Client, path: str, request_: dict[str, Any], status: int, told: str
) -> None:
    answer = client.post(f"/v1/{path}", **request_)
    assert answer.status_code == status, answer.text
    assert told in refusal(answer)


def test_asked_in_another_way_is_told_how(client: httpx2.Client) -> None:
    answer = client.get("/v1/genre")
    assert answer.status_code == 405
    assert "/docs" in refusal(answer)


def test_health_tells_what_is_loaded_and_what_waits(running: Running) -> None:
    put(running)
    assert ask(running.client).status_code == 200
    told = running.client.get("/healthz").json()
    assert told == {"status": "ok", "loaded": ["llama"], "waiting": {"llama": 0, "conversion": 0}}


def test_a_full_queue_and_too_many_of_one_caller_are_told_to_come_again(running: Running) -> None:
    gate = threading.Event()
    put(running, lambda: gate.wait(20))
    running.service.models.queue("llama").limit = 2
    first = [Asking(running) for _ in range(2)]
    until(lambda: running.service.models.queue("llama").tasks == 2)

    busy = ask(running.client)
    assert (busy.status_code, busy.headers["retry-after"]) == (503, "10")
    assert "llama is busy" in refusal(busy)

    running.service.models.queue("llama").limit = 9
    more = [Asking(running) for _ in range(2)]
    until(lambda: running.service.models.queue("llama").tasks == 4)
    beyond = ask(running.client)
    assert (beyond.status_code, beyond.headers["retry-after"]) == (429, "10")
    assert "4 requests of yours" in refusal(beyond)
    assert running.client.get("/healthz").status_code == 200, "health is always told"
    gate.set()
    assert [one.answered().status_code for one in (*first, *more)] == [200] * 4
    assert ask(running.client).status_code == 200


def test_a_caller_that_hangs_up_frees_its_place(running: Running, lines: Lines) -> None:
    gate = threading.Event()
    model = put(running, lambda: gate.wait(20))
    queue = running.service.models.queue("llama")
    working = Asking(running)
    until(lambda: queue.tasks == 1 and model.asked)
    body = json.dumps({"lyric": LYRIC, "models": ["llama"]}).encode()
    host, port = "127.0.0.1", running.server.config.port
    with socket.create_connection((host, port)) as gone:
        head = f"POST /v1/genre HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
        gone.sendall(head.encode() + b"Content-Type: application/json\r\n\r\n" + body)
        until(lambda: queue.tasks == 2)
    until(lambda: queue.tasks == 1)
    gate.set()
    assert working.answered().status_code == 200
    assert len(model.asked) == 1
    assert 499 in [told["status"] for told in lines.requests()]


def test_an_answer_that_takes_too_long_is_refused_in_time(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    put(running, lambda: gate.wait(20))
    object.__setattr__(running.service.bounds, "seconds", 0.1)
    answer = ask(running.client)
    gate.set()
    assert answer.status_code == 503
    assert "within 0.1 seconds" in refusal(answer)


def test_a_body_that_never_ends_is_not_waited_for(running: Running) -> None:
    object.__setattr__(running.service.bounds, "body_seconds", 0.2)
    host, port = "127.0.0.1", running.server.config.port
    with socket.create_connection((host, port), timeout=20) as slow:
        slow.sendall(b"POST /v1/genre HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        assert slow.recv(100).startswith(b"HTTP/1.1 408")


def test_a_body_without_a_length_is_bounded_as_it_comes(client: httpx2.Client) -> None:
    answer = client.post("/v1/genre", content=(b"x" * 10_000 for _ in range(40)))
    assert answer.status_code == 413


def test_what_nobody_foresaw_is_a_sentence_without_a_traceback(
    running: Running, lines: Lines
) -> None:
    def breaks() -> None:
        raise KeyError(LYRIC)

    put(running, breaks)
    answer = ask(running.client)
    assert answer.status_code == 500
    assert "marmalade" not in refusal(answer)
    (broken,) = [record for record in lines.records if record.msg == "broken"]
    assert broken.exc_info
    assert broken.exc_info[0] is KeyError


def test_the_log_has_one_line_a_request_and_no_word_of_any(running: Running, lines: Lines) -> None:
    put(running)
    answer = ask(running.client)
    running.client.post("/v1/genre", json={"lyric": LYRIC, "marmalade": "moonlight"})
    running.client.post("/v1/chords", json={"lyric": LYRIC, "key": "marmalade"})
    running.client.post("/v1/convert?to=pdf", files={"file": ("marmalade.quay", LYRIC.encode())})
    running.client.post("/v1/marmalade?moonlight=quay", content=LYRIC)
    until(lambda: len(lines.requests()) == 5)

    first, *others = lines.requests()
    assert first["request"] == answer.headers["x-request-id"]
    assert (first["path"], first["status"], first["words"]) == ("/v1/genre", 200, 5)
    assert first["seconds"] >= first["worked"] >= 0
    assert [told["status"] for told in others] == [422, 422, 422, 404]
    written = [JsonLines().format(record) for record in lines.records]
    assert all(json.loads(line)["time"] for line in written)
    for word in LYRIC.split():
        if len(word) > 4:
            assert not [line for line in written if word in line], word


def test_pages_elsewhere_may_ask_only_where_they_are_named(running: Running) -> None:
    origin = {"Origin": "https://example.org"}
    assert (
        "access-control-allow-origin" not in running.client.get("/healthz", headers=origin).headers
    )
    open_to = Running(Service(ServedModels(), Bounds(), stop_seconds=1.0), ("https://example.org",))
    told = open_to.client.get("/healthz", headers=origin).headers
    other = open_to.client.get("/healthz", headers={"Origin": "https://example.com"}).headers
    open_to.close()
    assert told["access-control-allow-origin"] == "https://example.org"
    assert "access-control-allow-origin" not in other


def test_a_stop_ends_what_runs_and_hands_back_what_waits(running: Running) -> None:
    gate = threading.Event()
    model = put(running, lambda: gate.wait(20))
    working = Asking(running)
    until(lambda: model.asked)
    waiting = Asking(running)
    until(lambda: running.service.models.queue("llama").tasks == 2)
    assert running.client.get("/healthz").status_code == 200

    running.server.handle_exit(15, None)
    handed_back = waiting.answered()
    assert handed_back.status_code == 503
    assert "being stopped" in refusal(handed_back)
    gate.set()
    assert working.answered().status_code == 200
    assert running.join()


def test_a_stop_waits_no_longer_than_its_bound(bounds: Bounds) -> None:
    running = Running(Service(ServedModels(), bounds, stop_seconds=0.2))
    gate = threading.Event()
    model = put(running, lambda: gate.wait(20))
    working = Asking(running)
    until(lambda: model.asked)
    running.server.handle_exit(15, None)
    assert working.answered().status_code == 503
    assert running.join()
    gate.set()
    running.close()


def test_lines_of_the_server_itself_are_lines_of_json() -> None:
    record = logging.LogRecord("uvicorn.error", 20, "", 0, "Started process [%d]", (1,), None)
    assert json.loads(JsonLines().format(record))["what"] == "Started process [%d]"
