"""Starting and stopping the HTTP interface as a user does."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from engine import api
from engine.__main__ import main

ROOT = Path(__file__).parents[2]


def test_a_missing_part_is_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(api, "find_spec", lambda _name: None)
    assert main(["serve"]) == 2
    told = capsys.readouterr().err
    assert told == f"error: {api.HOW_TO_ADD}\n"
    assert (ROOT / "requirements-server.txt").name in told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--port", "99999"], "Port 99999"),
        (["--seconds", "0"], "0 seconds"),
        (["--each", "0"], "0 requests"),
        (["--preset", "huge"], "no preset 'huge'"),
    ],
)
def test_bad_settings_are_one_line(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", *arguments]) == 2
    assert told in capsys.readouterr().err


def test_it_starts_answers_and_ends_on_sigterm_without_a_traceback() -> None:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    server = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "engine", "serve", "--port", str(port)],
        cwd=ROOT,
        env={**os.environ, "LYRICLAB_STOP_SECONDS": "5"},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        end = time.monotonic() + 60
        while True:
            try:
                address = f"http://127.0.0.1:{port}/healthz"
                with urllib.request.urlopen(address, timeout=5) as answer:
                    assert json.load(answer)["status"] == "ok"
                break
            except OSError:
                assert time.monotonic() < end, "it does not start"
                time.sleep(0.1)
        server.send_signal(signal.SIGTERM)
        assert server.wait(20) in (0, -signal.SIGTERM)
    finally:
        server.kill()
    assert server.stderr is not None
    first, *lines = map(json.loads, server.stderr.read().splitlines())
    assert first["address"] == f"http://127.0.0.1:{port}"
    (told,) = [line for line in lines if line["what"] == "request"]
    assert (told["path"], told["status"]) == ("/healthz", 200)
