"""Fifty visitors at once for some minutes: nobody's answer to another, no error, no growth.

Each visitor goes to and fro between the pages with words of its own in its lyric, asks for genres,
explanations and chords, and now and then closes its tab in the middle of a song. What is checked:

- no page shows an error but one sentence that a line is full;
- nothing that the server sends to a visitor holds another's words, and genres are those that the
  model gives to this lyric when it is asked alone;
- a place in line never grows while one waits;
- when all have gone, no task is left waiting or running;
- the server's memory is then what it was after the first tours, by one visitor after another, who
  brought a short, a longer and a long lyric: a model's first long one leaves it larger for good.

``python bench/soak.py`` starts a server of its own; the last line of stdout is one JSON object.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from measuring import ROOT, wait_until_up
from visitor import Visitor

from engine.classifiers import load_classifier
from engine.lyrics import Lyrics

MOST_GROWTH = 0.10
_MARK = re.compile(rb"qx([a-z]{3})xq")
_PLACE = re.compile(r"(?i)waiting: (\d+) tasks? come")
_SECONDS = 600.0
_EXPLAINED = 0.15  # an explanation of three models is half a minute of work
_LENGTHS = 3
_UNTIL_TIDY = 12.0
_LINES = (ROOT / "bench" / "lyrics" / "strophic-folk.txt").read_text("utf-8").split("\n\n")


@dataclass
class Findings:
    """What all visitors met."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    full: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    places_that_grew: list[str] = field(default_factory=list)
    deepest_place: int = 0
    wrong_genres: list[str] = field(default_factory=list)
    left_in_the_middle: int = 0


class Person:
    """One visitor with a lyric of its own."""

    def __init__(self, number: int, address: str, findings: Findings) -> None:
        self.mark = "".join(chr(ord("a") + number // 26**place % 26) for place in (2, 1, 0))
        self.lyric = lyric_of(self.mark, number)
        self.findings, self._address = findings, address
        self.genre_alone = ""
        self._chance = random.Random(number)  # noqa: S311 - not for secrets
        self._tab: Visitor | None = None
        self._place: int | None = None

    @property
    def tab(self) -> Visitor:
        """The tab that is open."""
        assert self._tab is not None, "come() opens it"  # noqa: S101
        return self._tab

    def _hear(self, data: bytes) -> None:
        for mark in set(_MARK.findall(data)):
            if mark.decode() != self.mark:
                self.findings.strangers.append(f"{self.mark} heard {mark.decode()}")

    async def timed(self, what: str, act: Callable[[], Awaitable[None]]) -> bool:
        """Do something; whether it went well."""
        began = time.monotonic()
        try:
            await act()
        except (TimeoutError, LookupError, OSError) as error:
            self.findings.errors.append(f"{what}: {error}"[:600])
            return False
        problems = self.tab.problems
        busy = [problem for problem in problems if "is busy" in problem]
        self.findings.full[what] += bool(busy)
        self.findings.errors += [f"{what}: {one}"[:600] for one in problems if one not in busy]
        if not problems:
            self.findings.seconds[what].append(time.monotonic() - began)
        return not problems

    async def come(self) -> None:
        """Open the first page."""
        self._tab = Visitor(self._address, self._hear)
        await self.tab.open()
        await self.tab.until(lambda: self.tab.pages and self.tab.elements, _SECONDS, "first page")

    async def leave(self) -> None:
        """Close the tab."""
        await self.tab.close()

    async def genre(self) -> None:
        """Ask all models for the genre of the lyric."""
        tab = self.tab
        await tab.go("genre")
        await tab.until(lambda: tab.has("genre_run"), _SECONDS, "Genre page")
        tab.type("lyric", self.lyric)
        await tab.click("genre_run")
        await tab.until(lambda: len(tab.all("metric")) >= 3 or tab.problems, _SECONDS, "genre")
        said = {metric.label: metric.body for metric in tab.all("metric")}
        told = said.get("BiLSTM-GRU", "")
        if said and self.genre_alone.lower() not in told.lower():
            self.findings.wrong_genres.append(f"{told} for {self.genre_alone}")

    async def explanation(self) -> None:
        """Have one answer explained."""
        tab = self.tab
        await tab.open_tab("genre_tab", "Why")
        await tab.until(lambda: tab.has("why_run") or tab.has("why_json"), _SECONDS, "Why")
        if tab.has("why_run"):
            await tab.click("why_run")
            await tab.until(
                lambda: self._followed() and (tab.has("why_json") or tab.problems),
                _SECONDS,
                "explanation",
            )

    async def begin_chords(self) -> None:
        """Begin to have chords written."""
        tab = self.tab
        await tab.go("chords")
        await tab.until(lambda: tab.has("chords_write"), _SECONDS, "Chords page")
        tab.type("lyric", self.lyric)
        self._place = None
        await tab.click("chords_write")

    async def chords(self) -> None:
        """Have chords written, and see them."""
        tab = self.tab
        await self.begin_chords()
        await tab.until(
            lambda: self._followed() and (self._sheet() or tab.problems), _SECONDS, "song"
        )

    async def page(self, name: str) -> None:
        """Look at a page with tables."""
        await self.tab.go(name)
        await self.tab.until(lambda: self.tab.all("dataframe"), _SECONDS, name)

    def _sheet(self) -> bool:
        bars = [bar for bar in self.tab.all("progress") if bar.text]
        drawn = [one for one in self.tab.all("bidi_component") if self.mark in str(one)]
        return not bars and any("sheet" in one.component_name for one in drawn)

    def _followed(self) -> bool:
        """Look at the place in line; always true."""
        places = [
            int(found[1]) for bar in self.tab.all("progress") if (found := _PLACE.search(bar.text))
        ]
        if places:
            now = max(places)
            if self._place is not None and now > self._place and len(places) == 1:
                self.findings.places_that_grew.append(f"{self._place} to {now}")
            self._place = now
            self.findings.deepest_place = max(self.findings.deepest_place, now)
        return True

    async def tour(self) -> None:
        """See everything once, and go."""
        for what, act in (
            ("first page", self.come),
            ("genre", self.genre),
            ("explanation", self.explanation),
            ("chords", self.chords),
            ("explorer", lambda: self.page("explorer")),
            ("leaderboard", lambda: self.page("leaderboard")),
        ):
            await self.timed(what, act)
        await self.leave()

    async def visit(self, until: float) -> None:
        """Go to and fro until the time is over."""
        await asyncio.sleep(self._chance.uniform(0, 5))
        if not await self.timed("first page", self.come):
            return
        while time.monotonic() < until:
            await self._tour(until)
        await self.leave()

    async def _tour(self, until: float) -> None:
        acts: list[tuple[str, Callable[[], Awaitable[None]]]] = [
            ("chords", self.chords),
            ("explorer", lambda: self.page("explorer")),
            ("leaderboard", lambda: self.page("leaderboard")),
        ]
        self._chance.shuffle(acts)
        if await self.timed("genre", self.genre) and self._chance.random() < _EXPLAINED:
            await self.timed("explanation", self.explanation)
        for what, act in acts:
            await asyncio.sleep(self._chance.uniform(1, 4))
            if time.monotonic() > until:
                return
            if what == "chords" and self._chance.random() < 0.15:
                await self.begin_chords()
                await self.leave()
                self.findings.left_in_the_middle += 1
                await self.timed("first page", self.come)
            else:
                await self.timed(what, act)


def lyric_of(mark: str, number: int) -> str:
    """Words of a song, of another length for each, with a mark in them."""
    verses = [_LINES[(number + place) % len(_LINES)] for place in range(1 + number % _LENGTHS)]
    return f"[Verse]\nqx{mark}xq came walking down the road\n" + "\n\n".join(verses)


class Server:
    """The app, on a free port, with its log; of one's `own`, it reads files of this machine."""

    def __init__(self, folder: Path, *, own: bool = False) -> None:
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            port = found.getsockname()[1]
        self.address = f"http://localhost:{port}"
        self.log = folder / "log"
        command = [sys.executable, "-m", "streamlit", "run", "Home.py", "--server.headless=true"]
        self._process = subprocess.Popen(  # noqa: S603 - our own app
            [*command, f"--server.port={port}"],
            cwd=ROOT,
            env={
                **os.environ,
                **({"LYRICLAB_LOCAL_FILES": "on"} if own else {}),
                "LYRICLAB_LOG": "json",
                "LYRICLAB_RESULTS": str(ROOT / "results"),
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self.log.open("w"),
        )
        wait_until_up(self.address)

    @property
    def memory(self) -> int:
        """Resident bytes, those of its own processes included."""
        import psutil

        whole = psutil.Process(self._process.pid)
        return sum(one.memory_info().rss for one in (whole, *whole.children(recursive=True)))

    def stop(self) -> float:
        """Stop it as a system does; the seconds that took."""
        began = time.monotonic()
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(60)
        return time.monotonic() - began

    def jobs(self) -> list[dict[str, Any]]:
        """The tasks that its log tells of."""
        lines = [line for line in self.log.read_text("utf-8").splitlines() if line[:1] == "{"]
        return [told for told in map(json.loads, lines) if told["what"] == "job"]


async def soaked(arguments: argparse.Namespace, server: Server) -> dict[str, Any]:
    """Let them all come, and tell what they met."""
    findings = Findings()
    model = load_classifier("bilstm-gru")
    people: list[Person] = []
    for number in range(arguments.visitors + 1):
        person = Person(number, server.address, findings)
        person.genre_alone = model.predict([Lyrics.parse(person.lyric)])[0].label
        people.append(person)
    for person in people[:_LENGTHS]:
        await person.tour()
    await asyncio.sleep(_UNTIL_TIDY)
    findings.seconds.clear()
    before = server.memory
    print(f"before: {before / 2**20:.0f} MiB", flush=True)
    until = time.monotonic() + 60 * arguments.minutes
    watching = asyncio.create_task(_watch(server, findings))
    ended = await asyncio.gather(
        *(person.visit(until) for person in people[1:]), return_exceptions=True
    )
    watching.cancel()
    findings.errors += [f"{type(one).__name__}: {one}" for one in ended if one is not None]
    print(f"all gone: {server.memory / 2**20:.0f} MiB", flush=True)
    # Sessions without a tab are kept for two minutes, until the next visitor comes.
    await asyncio.sleep(arguments.rest)
    seconds, findings.seconds = findings.seconds, defaultdict(list)
    await people[0].tour()
    await asyncio.sleep(_UNTIL_TIDY)
    findings.seconds = seconds
    after = server.memory
    return told(findings, server.jobs(), before, after)


async def _watch(server: Server, findings: Findings) -> None:
    while True:
        await asyncio.sleep(30)
        done = {what: len(times) for what, times in findings.seconds.items()}
        print(f"{server.memory / 2**20:.0f} MiB, {done}, {len(findings.errors)} errors", flush=True)


def told(findings: Findings, jobs: list[dict[str, Any]], before: int, after: int) -> dict[str, Any]:
    """The figures, and whether all is well."""
    growth = after / before - 1
    return {
        "acts": {what: len(times) for what, times in findings.seconds.items()},
        "median": {what: _rounded(times, 0.5) for what, times in findings.seconds.items()},
        "p95": {what: _rounded(times, 0.95) for what, times in findings.seconds.items()},
        "full": dict(findings.full),
        "tasks": dict(Counter(job["outcome"] for job in jobs)),
        "longest_task": max((job.get("seconds", 0) for job in jobs), default=0),
        "in_line_p95": _in_line(jobs),
        "deepest_place": findings.deepest_place,
        "left_in_the_middle": findings.left_in_the_middle,
        "memory_mib": [round(before / 2**20), round(after / 2**20)],
        "growth": round(growth, 3),
        "errors": len(findings.errors),
        "strangers": len(findings.strangers),
        "places_that_grew": len(findings.places_that_grew),
        "wrong_genres": len(findings.wrong_genres),
        "examples": [
            *findings.errors[:5],
            *findings.strangers[:3],
            *findings.places_that_grew[:3],
            *findings.wrong_genres[:3],
        ],
        "well": not (
            findings.errors
            or findings.strangers
            or findings.places_that_grew
            or findings.wrong_genres
            or growth > MOST_GROWTH
        ),
    }


def _in_line(jobs: list[dict[str, Any]]) -> dict[str, float]:
    """How long tasks waited for their model, of 100 the 95th, by the model's name."""
    waits: dict[str, list[float]] = defaultdict(list)
    for job in jobs:
        if job["outcome"] == "done":
            waits[job["queue"]].append(job["waited"])
    return {name: _rounded(times, 0.95) for name, times in waits.items()}


def _rounded(times: list[float], share: float) -> float:
    if len(times) < 2:
        return round(times[0], 2) if times else 0.0
    return round(statistics.quantiles(times, n=100, method="inclusive")[round(share * 100) - 1], 2)


def main() -> int:
    """Run it; 1 if something was not well."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--visitors", type=int, default=50)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--rest", type=float, default=125.0, help="seconds until memory is read")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lyric-lab-soak-") as folder:
        server = Server(Path(folder))
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the server ends with it
        try:
            result = asyncio.run(soaked(arguments, server))
        finally:
            stopped = server.stop()
    for example in result.pop("examples"):
        print(example)
    print(json.dumps({**result, "stopped_in": round(stopped, 1)}))
    return 0 if result["well"] else 1


if __name__ == "__main__":
    sys.exit(main())
