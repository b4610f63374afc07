"""Load on the HTTP interface: callers that ask for genres, chords and conversions, in turn.

Locust is a group of its own: ``pip install -r requirements-load.txt``. Start the interface with
``python -m engine serve --load --each 100`` (all callers here have one address), then run
``locust -f bench/locustfile.py --headless --users 10 --run-time 60s --host http://127.0.0.1:8600``.
A refusal that tells to come again is counted by its name, apart from answers and errors.
"""

from __future__ import annotations

import random
from pathlib import Path

from locust import HttpUser, between, task

ROOT = Path(__file__).parent.parent
LYRICS = [path.read_text("utf-8") for path in sorted((ROOT / "bench" / "lyrics").glob("*.txt"))]
LYRICS = [text for text in LYRICS if len(text) < 3000]
SONGS = sorted((ROOT / "songbook").glob("*.cho"))


class Program(HttpUser):
    """A program that asks again as soon as it has its answer, or nearly so."""

    wait_time = between(0.1, 1.0)

    @task(4)
    def genre(self) -> None:
        """One lyric, all models."""
        self._ask("/v1/genre", {"lyric": random.choice(LYRICS)})  # noqa: S311 - not for secrets

    @task(2)
    def chords(self) -> None:
        """Chords on one lyric, as MusicXML."""
        wishes = {"to": "musicxml", "seed": random.randrange(1000)}  # noqa: S311
        self._ask("/v1/chords", {"lyric": random.choice(LYRICS), **wishes})  # noqa: S311

    @task(2)
    def convert(self) -> None:
        """One song of the songbook, as MIDI."""
        song = random.choice(SONGS)  # noqa: S311
        self.client.post("/v1/convert?to=midi", files={"file": (song.name, song.read_bytes())})

    @task(1)
    def health(self) -> None:
        """What a proxy asks all the time."""
        self.client.get("/healthz")

    def _ask(self, path: str, body: dict[str, object]) -> None:
        with self.client.post(path, json=body, catch_response=True) as answer:
            if answer.status_code in (429, 503):
                answer.request_meta["name"] = f"{path}, told to come again"
                answer.success()
