"""Memory of the app while a visitor goes through the whole Explorer over a large data set.

``python bench/bench_page.py [--songs N] [--folder FOLDER]``. The dump is `genius_dump.py`'s, its
words are measured and two models' answers to all songs (those of `bench_answers.py`) lie beside it.
The app is started anew, and a headless Chromium opens the store by its path, reads a song, goes
through every tab and what is in it, searches, opens the map, which loads the encoder to tell how
long it will take, and has all songs compared. No map is drawn and no model asked. The resident
memory of the app and of processes that it starts is read ten times a second; what a browser takes
is not its. The last line of stdout is one JSON object.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import genius_dump
from bench_answers import made_up
from bench_start import CHROMIUM
from measuring import last_line, parsed_arguments
from soak import Server

from engine.audit.answers import ENDING
from engine.corpora.store.word_measuring import make_index

MINUTES = 60_000  # milliseconds
WORDS = ("Phrases", "Measures by year", "Measures by genre", "Words by year")
MODELS = ("Side by side", "Where they err", "Labels that look wrong")


class Watched:
    """The most memory that the app took, in all and since it was last asked."""

    def __init__(self, server: Server) -> None:
        self._server, self._most, self.whole = server, 0, 0
        self.steps: dict[str, int] = {}

    @contextmanager
    def watching(self) -> Generator[None]:
        """Look all the while."""
        ended = threading.Event()

        def look() -> None:
            while not ended.wait(0.1):
                self._most = max(self._most, self._server.memory)

        looking = threading.Thread(target=look)
        looking.start()
        try:
            yield
        finally:
            ended.set()
            looking.join()

    def tell(self, step: str) -> None:
        """Write down what a step took at the most, and what is left of it."""
        self.steps[step] = round(self._most / 2**20)
        self.whole = max(self.whole, self._most)
        left = round(self._server.memory / 2**20)
        print(f"{step}: {self.steps[step]:,} MiB at the most, {left:,} behind it", flush=True)
        self._most = 0


def main() -> None:
    """Measure and print."""
    arguments = parsed_arguments(__doc__, precision=False, **genius_dump.OPTIONS)
    with genius_dump.store_in(arguments.folder, arguments.songs) as store:
        make_index(store)
        place, songs = store.path, store.overview().songs
        files = [place.with_name(f"{place.stem}.made-up-{at}{ENDING}") for at in (1, 2)]
        for path, answers in zip(files, made_up(store), strict=True):
            answers.write(path)
        store.close()
        try:
            with tempfile.TemporaryDirectory(prefix="lyric-lab-bench-") as folder:
                watched = walked(Server(Path(folder), own=True), place, songs)
        finally:
            for path in files:
                path.unlink()
    last_line("page", songs=songs, mib=round(watched.whole / 2**20), steps=watched.steps)


def walked(server: Server, store: Path, songs: int) -> Watched:
    """Go through the page, and stop the app."""
    from playwright.sync_api import sync_playwright

    watched = Watched(server)
    try:
        with sync_playwright() as playwright, watched.watching():
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=CHROMIUM
            )
            page = browser.new_page(viewport={"width": 1280, "height": 1000})
            page.set_default_timeout(MINUTES)
            page.goto(f"{server.address}/explorer")
            for step, walk in steps(page, store, songs):
                walk()
                settled(page)
                watched.tell(step)
            browser.close()
    finally:
        server.stop()
    return watched


def steps(page: Any, store: Path, songs: int) -> list[tuple[str, Callable[[], None]]]:
    """What the visitor does, by name."""

    def opened() -> None:
        page.get_by_text("On this machine", exact=True).click()
        page.locator(".st-key-explorer_path input").fill(str(store))
        page.locator(".st-key-explorer_path input").press("Enter")
        page.get_by_text(f"{songs:,} of {songs:,}").wait_for()

    def song() -> None:
        table = page.locator("[class*=st-key-songs_] canvas").first
        table.scroll_into_view_if_needed()
        box = table.bounding_box()
        page.mouse.click(box["x"] + 18, box["y"] + 52)  # the box before the first row
        page.locator("[class*=st-key-song_]").first.wait_for()

    def tab(name: str, wanted: str) -> None:
        page.get_by_role("tab", name=name, exact=True).click()
        page.locator(wanted).first.wait_for()

    def view(name: str) -> None:
        page.get_by_text(name, exact=True).click()

    def click(key: str) -> None:
        page.locator(f".st-key-{key} button").click()

    def searched(text: str) -> None:
        page.locator(".st-key-search input").fill(text)
        page.locator(".st-key-search input").press("Enter")

    return [
        ("opened", opened),
        ("a song", song),
        ("Charts", lambda: tab("Charts", ".st-key-chart_genres .barlayer")),
        ("Words", lambda: tab("Words", ".st-key-chart_marking")),
        *((f"Words: {name}", lambda name=name: view(name)) for name in WORDS),
        ("Chords", lambda: tab("Chords", ".stAlert")),
        ("Models", lambda: tab("Models", ".st-key-explorer_models_view")),
        *((f"Models: {name}", lambda name=name: view(name)) for name in MODELS),
        ("Doubles", lambda: tab("Doubles", ".st-key-explorer_doubles_look")),
        ("SQL", lambda: tab("SQL", ".st-key-explorer_sql_run")),
        ("SQL: a query", lambda: click("explorer_sql_run")),
        *((f"search: {text}", lambda text=text: searched(text)) for text in ("la", "no such", "")),
        ("Map", lambda: tab("Map", ".st-key-explorer_map_draw")),
        ("Doubles: looked for", lambda: looked_for(page, tab, click)),
    ]


def looked_for(page: Any, tab: Callable[[str, str], None], click: Callable[[str], None]) -> None:
    """Have all songs compared for doubles."""
    tab("Doubles", ".st-key-explorer_doubles_look")
    click("explorer_doubles_look")
    page.get_by_text("songs with nearly the same words;").wait_for(timeout=10 * MINUTES)


def settled(page: Any) -> None:
    """Wait until the page's script rests."""
    page.wait_for_timeout(700)
    page.locator("[data-test-script-state=notRunning]").wait_for(timeout=5 * MINUTES)
    problems = page.locator("[data-testid=stException], [data-testid=stAlertContentError]")
    assert not problems.count(), problems.first.inner_text()  # noqa: S101


if __name__ == "__main__":
    main()
