"""How fast things start: `import engine`, the app's first page, and what all models weigh.

``python bench/bench_start.py [--runs N]``. Import time is the median over fresh interpreters, less
that of an empty one. The first page is timed from `streamlit run` to the title painted in headless
Chromium (started beforehand, and sent there as soon as the server answers, as `streamlit run` sends
a visitor's), and to the words' box and its buttons, with a warm disk cache. Memory is the resident
set of a process that has loaded all models and answered once. Seconds are taken on a quiet machine
and beside a busy process; the last line of stdout is one JSON object.
"""

from __future__ import annotations

import socket
import statistics
import subprocess
import sys
import time

from measuring import ROOT, last_line, parsed_arguments, quiet_and_busy, told, wait_until_up

CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ALL_MODELS = """
import resource
from engine.classifiers import CLASSIFIERS, loading_once
from engine.generator import Controls, load_generator
from engine.lyrics import Lyrics
from engine.models import memory
song = Lyrics.parse("Down the dusty road I carried home the rain\\n" * 30)
load = loading_once()
models = [load(name, "embedded") for name in CLASSIFIERS]
for model in models:
    model.predict([song])
generator = load_generator()
memory.set_aside()  # as the app does after each
generator.generate(Lyrics.parse("Down the dusty road"), Controls())
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(memory.resident_bytes() / 2**20, peak)
"""


def interpreter_seconds(code: str, runs: int) -> float:
    """Median wall time of a fresh interpreter that runs this code."""
    times: list[float] = []
    for _ in range(runs):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)  # noqa: S603 - ours
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def first_page_seconds(*, whole: bool = False) -> float:
    """From `streamlit run` to the title on screen, or to all that a visitor can do there."""
    from playwright.sync_api import sync_playwright

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        page = browser.new_page()
        start = time.perf_counter()
        command = ["-m", "streamlit", "run", "Home.py", f"--server.port={port}"]
        server = subprocess.Popen(  # noqa: S603 - ours
            [sys.executable, *command, "--server.headless=true"],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
        )
        try:
            # A browser that asks before takes a core with its errors.
            wait_until_up(f"http://127.0.0.1:{port}")
            page.goto(f"http://127.0.0.1:{port}", wait_until="commit")
            page.get_by_role("heading", level=1).first.wait_for()
            if whole:
                page.get_by_role("button", name="Write the chords").wait_for()
            return time.perf_counter() - start
        finally:
            server.terminate()
            server.wait()
            browser.close()


def main() -> None:
    """Measure and print."""
    arguments = parsed_arguments(__doc__, precision=False, runs={"type": int, "default": 10})

    def importing() -> float:
        empty = interpreter_seconds("", arguments.runs)
        return interpreter_seconds("import engine", arguments.runs) - empty

    imported = quiet_and_busy(importing)
    told("import engine", imported)
    page = quiet_and_busy(lambda: statistics.median(first_page_seconds() for _ in range(3)))
    told("first page", page)
    ready = quiet_and_busy(
        lambda: statistics.median(first_page_seconds(whole=True) for _ in range(3))
    )
    told("first page with its box", ready)
    finished = subprocess.run(  # noqa: S603 - ours
        [sys.executable, "-c", ALL_MODELS],
        check=True,
        cwd=ROOT,
        capture_output=True,
    )
    resident, peak = map(float, finished.stdout.split())
    print(f"all models loaded: {resident:.0f} MiB resident, {peak:.0f} MiB at the peak")
    last_line(
        "start",
        import_seconds=imported,
        first_page_seconds=page,
        first_page_with_box_seconds=ready,
        resident_mib=round(resident),
        peak_mib=round(peak),
    )


if __name__ == "__main__":
    main()
