"""A server's log can be read by a machine, and holds no word that a visitor wrote."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from engine.errors import InputError
from engine.log import JsonLines, kind_asked, set_up
from engine.serving.queues import Job, Queue

ROOT = Path(__file__).parents[2]
WRITTEN = "moonlit marmalade"


@pytest.fixture
def lines() -> Any:
    """What all loggers write as JSON lines while the test runs."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    logger, before = logging.getLogger("engine"), logging.getLogger("engine").level
    logging.getLogger().addHandler(handler)
    logger.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.getLogger().removeHandler(handler)
    logger.setLevel(before)


def test_a_task_is_one_line_whatever_became_of_it(lines: Any) -> None:
    queue = Queue("LLaMA", limit=1)

    def refused(_job: Job[None]) -> None:
        raise InputError(f"'{WRITTEN}' is no chord.")

    def broken(_job: Job[None]) -> None:
        raise KeyError(WRITTEN)

    queue.submit("Reading", lambda _job: WRITTEN).result()
    for task, error in ((refused, InputError), (broken, KeyError)):
        with pytest.raises(error):
            queue.submit(WRITTEN, task).result()

    told = lines()
    assert [line["outcome"] for line in told] == ["done", "refused", "KeyError"]
    assert {line["queue"] for line in told} == {"LLaMA"}
    assert all(line["seconds"] >= 0 and line["waited"] >= 0 for line in told)
    assert "marmalade" not in json.dumps(told)


def test_an_error_is_told_by_its_type_and_place_alone(lines: Any) -> None:
    def fails(lyric: str) -> None:
        raise ValueError(f"cannot read {lyric}")

    try:
        fails(WRITTEN)
    except ValueError as error:
        logging.getLogger("some.library").warning("Broke on %s", WRITTEN, exc_info=error)
    (line,) = lines()
    assert line["what"] == "Broke on %s"
    assert line["error"] == "ValueError"
    assert line["at"][-1].endswith(" fails")
    assert "marmalade" not in json.dumps(line)


def test_libraries_that_log_for_themselves_speak_through_ours() -> None:
    code = (
        "import logging\nfrom engine import log\n"
        "logger = logging.getLogger('noisy')\nlogger.addHandler(logging.StreamHandler())\n"
        "logger.propagate = False\nlog.set_up('json')\nlog.set_up('json')\n"
        f"logger.warning('heard %s', {WRITTEN!r})\n"
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    (line,) = done.stderr.splitlines()
    assert json.loads(line)["what"] == "heard %s"


def test_plain_is_left_as_it_is_and_other_kinds_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = list(logging.getLogger().handlers)
    set_up()
    assert logging.getLogger().handlers == before
    monkeypatch.setenv("LYRICLAB_LOG", "xml")
    with pytest.raises(InputError, match="LYRICLAB_LOG is 'xml'"):
        kind_asked()
