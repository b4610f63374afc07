"""Frames of the Explorer's map while 100,000 songs are moved in a browser, beside plotly's WebGL.

``python bench/bench_map.py [--songs N] [--steps N]``. A headless Chromium, which draws WebGL with
the processor alone, shows the map's own component and then plotly's `scattergl` with the same
points; a mouse drags each in so many steps, and the time between frames is read. The last line of
stdout is one JSON object.
"""

from __future__ import annotations

import base64
import json
import shutil
from typing import Any

import numpy as np
from measuring import ROOT, last_line, parsed_arguments

COMPONENTS = ROOT / "ui" / "components"
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9")
WATCH = """() => { window.frames_ = []; let before = performance.now();
  const look = (now) => { window.frames_.push(now - before); before = now;
    window.watching = requestAnimationFrame(look); };
  window.watching = requestAnimationFrame(look); }"""


def main() -> None:
    """Measure and print."""
    from playwright.sync_api import sync_playwright

    arguments = parsed_arguments(
        __doc__,
        precision=False,
        songs={"type": int, "default": 100_000},
        steps={"type": int, "default": 120},
    )
    chance = np.random.default_rng(0)
    centres = chance.uniform(-0.8, 0.8, (12, 2))
    points = centres[chance.integers(0, 12, arguments.songs)]
    points = np.clip(points + chance.normal(0, 0.08, points.shape), -1, 1)
    groups = chance.integers(0, len(COLOURS), arguments.songs)
    found: dict[str, Any] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--enable-unsafe-swiftshader"],
        )
        for name, shown in (("ours", own_page), ("plotly", plotly_page)):
            page = browser.new_page(viewport={"width": 1200, "height": 800})
            page.set_content(shown(points, groups))
            page.wait_for_function("window.shown", timeout=120_000)
            page.wait_for_timeout(1000)
            frames = moved(page, arguments.steps)
            found[name] = {
                "frames": len(frames),
                "p50_ms": round(float(np.median(frames)), 1),
                "p95_ms": round(float(np.quantile(frames, 0.95)), 1),
                "longest_ms": round(max(frames), 1),
            }
            print(f"{name}: {found[name]}", flush=True)
            page.close()
        browser.close()
    last_line("map", songs=arguments.songs, frames=found)


def moved(page: Any, steps: int) -> list[float]:
    """Milliseconds between frames while a mouse drags what is shown."""
    page.mouse.move(600, 400)
    page.mouse.down()
    page.evaluate(WATCH)
    for step in range(steps):
        page.mouse.move(600 + 150 * np.sin(step / 10), 400 + 100 * np.cos(step / 7))
    frames: list[float] = page.evaluate("() => { cancelAnimationFrame(watching); return frames_; }")
    page.mouse.up()
    return frames[1:]


def own_page(points: Any, groups: Any) -> str:
    """The component with its data, mounted as Streamlit does."""
    told = "\n".join(f"Song {number}\tArtist\tfolk" for number in range(len(points)))
    data = {
        "id": "bench",
        "points": _packed(np.round((points + 1) * 32767.5).astype("<u2")),
        "groups": _packed(groups.astype(np.uint8)),
        "palette": list(COLOURS),
        "legend": [],
        "labels": [{"name": "love · heart", "x": 0, "y": 0}],
        "told": told,
        "alt": "",
    }
    html, css, script = (
        (COMPONENTS / f"song_map.{ending}").read_text("utf-8") for ending in ("html", "css", "js")
    )
    script = script.replace("export default function", "function mounted")
    return (
        f"<style>{css}</style><div id=root>{html}</div><script type=module>{script}\n"
        f"mounted({{ data: {json.dumps(data)}, parentElement: document.querySelector('#root'), "
        "setTriggerValue() {} }); window.shown = true;</script>"
    )


def plotly_page(points: Any, groups: Any) -> str:
    """The same points as plotly draws them."""
    from plotly.offline import get_plotlyjs

    trace = {
        "type": "scattergl",
        "mode": "markers",
        "x": points[:, 0].round(4).tolist(),
        "y": points[:, 1].round(4).tolist(),
        "marker": {"size": 2, "color": [COLOURS[group] for group in groups]},
    }
    layout = {"dragmode": "pan", "height": 760}
    return (
        f"<div id=root></div><script>{get_plotlyjs()}</script><script>"
        f"Plotly.newPlot('root', [{json.dumps(trace)}], {json.dumps(layout)})"
        ".then(() => { window.shown = true; });</script>"
    )


def _packed(values: Any) -> str:
    return base64.b64encode(values.tobytes()).decode()


if __name__ == "__main__":
    main()
