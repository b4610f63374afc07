"""How fast things start: `import engine`, the app's first page, and what all models weigh.

``python bench/bench_start.py [RUNS]``. Import time is the median over fresh interpreters, less that
of an empty one. The first page is timed from `streamlit run` to the title painted in headless
Chromium (started beforehand), with a warm disk cache. Memory is the resident set of a process that
has loaded all models and answered once. The last line is one JSON object.
"""

from __future__ import annotations

import json
import os
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
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
import os, resource
from pathlib import Path
from engine.classifiers import CLASSIFIERS, loading_once
from engine.generator import Controls, load_generator
from engine.lyrics import Lyrics
song = Lyrics.parse("Down the dusty road I carried home the rain\\n" * 30)
load = loading_once()
models = [load(name, "embedded") for name in CLASSIFIERS]
for model in models:
    model.predict([song])
generator = load_generator()
generator.generate(Lyrics.parse("Down the dusty road"), Controls())
pages = int(Path("/proc/self/statm").read_text().split()[1])
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(pages * os.sysconf("SC_PAGE_SIZE") / 2**20, peak)
"""


def interpreter_seconds(code: str, runs: int) -> float:
    """Median wall time of a fresh interpreter that runs this code."""
    times: list[float] = []
    for _ in range(runs):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)  # noqa: S603 - ours
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def first_page_seconds() -> float:
    """From `streamlit run` to the title on screen."""
    from playwright.sync_api import Error, sync_playwright

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
            while True:
                try:
                    page.goto(f"http://127.0.0.1:{port}", wait_until="commit")
                    break
                except Error:
                    if time.perf_counter() - start > 60:
                        raise
                    time.sleep(0.05)
            page.get_by_role("heading", level=1).first.wait_for()
            return time.perf_counter() - start
        finally:
            server.terminate()
            server.wait()
            browser.close()


def main() -> None:
    """Measure and print."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    empty = interpreter_seconds("", runs)
    imported = interpreter_seconds("import engine", runs) - empty
    print(f"import engine: {imported:.4f} s")
    pages = [first_page_seconds() for _ in range(3)]
    print(f"first page: {', '.join(f'{p:.2f}' for p in pages)} s")
    finished = subprocess.run(  # noqa: S603 - ours
        [sys.executable, "-c", ALL_MODELS],
        check=True,
        cwd=ROOT,
        capture_output=True,
        env=dict(os.environ),
    )
    resident, peak = map(float, finished.stdout.split())
    print(f"all models loaded: {resident:.0f} MiB resident, {peak:.0f} MiB at the peak")
    print(
        json.dumps(
            {
                "bench": "start",
                "import_seconds": round(imported, 4),
                "first_page_seconds": round(statistics.median(pages), 2),
                "resident_mib": round(resident),
                "peak_mib": round(peak),
            }
        )
    )


if __name__ == "__main__":
    main()
