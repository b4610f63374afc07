"""The animated picture of editing in the README: the real page, driven as a hand would.

    python bench/editing_picture.py [--output docs/editing.webp]

Debian's chromium shows the app, playwright takes its picture at each step, and pillow joins them:
a likelier chord is chosen, a chord dragged to another word and locked, its line written anew, and
the song followed as it plays. The still pictures beside it (``chords.png``) are taken in passing.
"""

from __future__ import annotations

import argparse
import io
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from measuring import ROOT, wait_until_up
from PIL import Image

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

SIZE = {"width": 760, "height": 940}  # of the window; so narrow, the menu is folded
STILL = {"width": 1280, "height": 1150}
SHOWN = 0.8  # of that, in the picture
WAIT = 300_000  # milliseconds


class Film:
    """Pictures of a page, each with how long it is looked at."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._frames: list[tuple[Image.Image, int]] = []

    def take(self, milliseconds: int, at: Locator | None = None) -> None:
        """Take the page, with a ring where the hand is."""
        box = at.bounding_box() if at else None
        if box:
            self._ring(box["x"] + min(box["width"], 40) / 2, box["y"] + box["height"] / 2)
        picture = Image.open(io.BytesIO(self._page.screenshot())).convert("RGB")
        self._ring(None, None)
        size = tuple(round(side * SHOWN) for side in picture.size)
        self._frames.append((picture.resize(size, Image.Resampling.LANCZOS), milliseconds))

    def _ring(self, x: float | None, y: float | None) -> None:
        self._page.evaluate(
            """([x, y]) => {
                document.querySelector("#hand")?.remove();
                if (x === null) return;
                const hand = Object.assign(document.createElement("div"), { id: "hand" });
                Object.assign(hand.style, { position: "fixed", zIndex: 99999, pointerEvents: "none",
                    left: `${x - 15}px`, top: `${y - 15}px`, width: "30px", height: "30px",
                    borderRadius: "50%", border: "3px solid #c2452d", background: "#c2452d33" });
                document.body.append(hand);
            }""",
            [x, y],
        )

    def save(self, path: Path) -> None:
        """Join the pictures to one that moves."""
        pictures, times = zip(*self._frames, strict=True)
        first, *others = pictures
        first.save(
            path, save_all=True, append_images=others, duration=times, loop=0, quality=60, method=4
        )


def filmed(page: Page, address: str, still: Path) -> Film:
    """The story, told on the example song."""
    page.goto(address)
    page.locator(".st-key-home_open button").click(timeout=WAIT)
    chord = page.locator(".ll-sheet .chord")
    chord.first.wait_for(timeout=WAIT)
    page.get_by_role("button", name="Play", exact=True).wait_for(timeout=WAIT)
    page.wait_for_timeout(3_000)
    page.screenshot(path=still)
    page.set_viewport_size(SIZE)  # type: ignore[arg-type]
    page.wait_for_timeout(1_500)
    page.locator(".player").evaluate("e => e.scrollIntoView({ block: 'start' })")
    page.mouse.move(380, 500)
    page.mouse.wheel(0, -70)
    page.wait_for_timeout(800)
    film = Film(page)

    film.take(1_400)
    film.take(700, chord.nth(1))
    chord.nth(1).click()
    page.get_by_text("Likely here").wait_for(timeout=WAIT)
    page.wait_for_timeout(500)
    film.take(1_800)
    pick = page.locator(".pop .pick").first
    film.take(800, pick)
    pick.click()
    page.wait_for_timeout(1_500)
    film.take(1_200)

    drag(page, film, chord.nth(1), page.locator(".ll-line").first.locator(".ll-word").nth(4))
    chord.nth(1).focus()
    page.keyboard.press("l")
    page.locator(".chord.locked").wait_for(timeout=WAIT)
    page.wait_for_timeout(800)
    film.take(1_400, chord.nth(1))

    chord.nth(1).click()
    rewrite = page.get_by_role("button", name="Rewrite this line")
    page.wait_for_timeout(600)
    film.take(900, rewrite)
    rewrite.click()
    page.wait_for_timeout(1_000)
    page.locator(".ll-sheet:not(.busy)").wait_for(timeout=WAIT)
    page.wait_for_timeout(2_500)
    film.take(1_800)

    play = page.get_by_role("button", name="Play", exact=True)
    film.take(700, play)
    play.click()
    page.locator(".chord.sounding").wait_for(timeout=WAIT)
    for _ in range(8):
        page.wait_for_timeout(450)
        film.take(450)
    return film


def drag(page: Page, film: Film, chord: Locator, word: Locator) -> None:
    """Carry a chord to a word."""
    start, end = chord.bounding_box(), word.bounding_box()
    if not start or not end:
        raise SystemExit("The chord or the word that it is dragged to is not on the page.")
    page.mouse.move(start["x"] + 8, start["y"] + 8)
    page.mouse.down()
    for step in range(1, 5):
        part = step / 4
        x = start["x"] + 8 + (end["x"] + 6 - start["x"] - 8) * part
        page.mouse.move(x, start["y"] + 8 + (end["y"] + 6 - start["y"] - 8) * part)
        film.take(220)
    page.mouse.up()
    page.wait_for_timeout(1_500)
    film.take(1_000)


def main() -> None:
    """Take the pictures and write them."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "editing.webp")
    parser.add_argument("--still", type=Path, default=ROOT / "docs" / "chords.png")
    wanted = parser.parse_args()
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "Home.py", "--server.headless=true"]
    server = subprocess.Popen([*command, f"--server.port={port}"], cwd=ROOT)  # noqa: S603 - our own app
    try:
        wait_until_up(f"http://localhost:{port}", 120)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
            )
            page = browser.new_page(viewport=STILL, color_scheme="light")  # type: ignore[arg-type]
            filmed(page, f"http://localhost:{port}", wanted.still).save(wanted.output)
            browser.close()
    finally:
        server.terminate()
        server.wait(30)
    print(f"{wanted.output}: {wanted.output.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
