"""The story of the app in a real browser: paste, three answers, chords, a MusicXML that opens."""

from __future__ import annotations

import csv
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest
from PIL import Image

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page, WebSocket

ROOT = Path(__file__).parent.parent
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LYRIC = """[Verse]
Down the dusty road I carried home the rain
Every mile a letter with somebody's name
The fence posts were counting the days I was gone
And a light in the kitchen was still burning on

[Chorus]
Oh lay the table, leave a light
The river can keep its secrets tonight
"""
# By page, the kinds of messages that runs of its script are made of, in their order.
RUNS: dict[Page, list[str]] = {}
MINUTES = 60_000  # milliseconds; a model's base is unpacked on first use in a fresh home

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None and os.environ.get("CI") != "true", reason="chromium is not installed"
    ),
]


class Server:
    """The real app on a free port, by a user who never started it before."""

    def __init__(self, home: Path) -> None:
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            self.port = found.getsockname()[1]
        self.address = f"http://localhost:{self.port}"
        self._home = home
        self._log = (home / "server.log").open("w")

    def start(self) -> None:
        command = [sys.executable, "-m", "streamlit", "run", "Home.py"]
        options = ["--server.headless=true", f"--server.port={self.port}"]
        environment = {**os.environ, "HOME": str(self._home)}
        environment.pop("LYRICLAB_CACHE", None)
        self._process = subprocess.Popen(  # noqa: S603 - our own app
            [*command, *options],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        wait_until_up(f"{self.address}/_stcore/health", self._process)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        self._process.send_signal(how)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:  # a model is still loading for the page left last
            self._process.kill()
            self._process.wait(20)

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._log.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with Server(tmp_path_factory.mktemp("home")) as server:
        yield server.address


def wait_until_up(address: str, server: subprocess.Popen[bytes], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while True:
        assert server.poll() is None, "the app did not start"
        try:
            urllib.request.urlopen(address, timeout=2).close()  # noqa: S310 - our own server
        except OSError:
            assert time.monotonic() < end, "the app did not come up"
            time.sleep(0.2)
        else:
            return


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    assert CHROMIUM, "chromium is not installed, and CI=true asks for it"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    with visited(browser, address) as page:
        yield page


@contextmanager
def visited(browser: Browser, address: str) -> Iterator[Page]:
    """A page in a profile of its own, as a visitor has it who comes for the first time."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    watch(page)
    strangers: list[str] = []
    page.on("request", lambda request: strangers.append(request.url))
    page.goto(address)
    yield page
    context.close()
    host = "/".join(address.split("/")[:3])
    own = (host, host.replace("http", "ws"), "data:", "blob:")
    assert not [url for url in strangers if not url.startswith(own)], "the page asked elsewhere"


def watch(page: Page) -> None:
    """Note of whatever is shown in it when the script is asked to run, begins and ends."""
    from streamlit.proto.BackMsg_pb2 import BackMsg
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

    runs = RUNS[page] = []

    def sent(frame: str | bytes) -> None:
        if isinstance(frame, bytes):
            runs.append(str(BackMsg.FromString(frame).WhichOneof("type")))

    def received(frame: str | bytes) -> None:
        if isinstance(frame, bytes):
            runs.append(str(ForwardMsg.FromString(frame).WhichOneof("type")))

    def opened(websocket: WebSocket) -> None:
        runs.clear()  # what was asked over a connection that is gone is never answered
        websocket.on("framesent", sent)
        websocket.on("framereceived", received)

    page.on("websocket", opened)


def settle(page: Page, *, told: int = 0) -> None:
    """Wait until the script rests, for a click while it runs could be lost.

    It rests if all runs it was asked for have ended and nothing was said for 0.3 seconds; it has to
    have been asked for one since the first `told` messages.
    """
    runs, end = RUNS[page], time.monotonic() + MINUTES / 1000
    count, quiet_since = -1, time.monotonic()
    while True:
        page.wait_for_timeout(30)
        if len(runs) != count:
            count, quiet_since = len(runs), time.monotonic()
        asked, begun, ended = (
            [place for place, kind in enumerate(runs) if kind == wanted]
            for wanted in ("rerun_script", "new_session", "script_finished")
        )
        asked = [place for place in asked if place >= told]
        rests = asked and begun and ended and asked[-1] < begun[-1] < ended[-1]
        if rests and time.monotonic() > quiet_since + 0.3:
            return
        assert time.monotonic() < end, "the script never came to rest"


def enter(page: Page, box: Locator, text: str) -> None:
    """Write into a box and leave it, which sends the text, and wait for what comes of that."""
    box.wait_for(timeout=MINUTES)
    settle(page)
    told = len(RUNS[page])
    box.fill(text)
    box.press("Tab")
    settle(page, told=told)


def click(page: Page, key: str) -> None:
    page.locator(f".st-key-{key} button").locator("visible=true").first.click()


def test_from_a_pasted_lyric_to_genre_chords_and_musicxml(page: Page, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    enter(page, page.locator(".st-key-lyric textarea"), LYRIC)
    click(page, "home_genre")
    page.get_by_role("heading", name="Genre", exact=True).wait_for(timeout=MINUTES)
    for model, title in (("llama", "LLaMA"), ("roberta", "RoBERTa"), ("bilstm-gru", "BiLSTM-GRU")):
        card = page.locator(f".st-key-answer_{model}")
        card.get_by_text(title, exact=True).wait_for(timeout=5 * MINUTES)
        card.get_by_text("sure").wait_for()
    assert "SmolLM2-135M" in page.locator(".st-key-answer_llama").inner_text()

    page.get_by_role("link", name="Chords").click()
    page.get_by_role("heading", name="Chords", exact=True).wait_for(timeout=MINUTES)
    # The box may be painted a moment before its text.
    expect(page.locator(".st-key-lyric textarea")).to_have_value(LYRIC, timeout=MINUTES)
    click(page, "chords_write")
    page.locator(".ll-sheet").wait_for(timeout=5 * MINUTES)
    words = page.locator(".ll-word").all_inner_texts()
    assert " ".join(words[:9]) == "Down the dusty road I carried home the rain"
    assert page.locator(".ll-chords b").count() >= 6

    with page.expect_download(timeout=2 * MINUTES) as download:
        click(page, "download_musicxml")
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)

    from music21 import converter, harmony

    assert path.suffix == ".musicxml"
    score = converter.parse(path)
    assert len(list(score.recurse().getElementsByClass(harmony.ChordSymbol))) >= 6
    sung = [lyric.text for note in score.recurse().notes for lyric in note.lyrics]
    assert "dusty" in "".join(sung)  # in syllables


def test_a_reload_keeps_lyric_wishes_and_song_and_the_way_to_end_it(
    page: Page, address: str
) -> None:
    from playwright.sync_api import TimeoutError as PlaywrightTimeout
    from playwright.sync_api import expect

    page.goto(f"{address}/chords")
    box = page.locator(".st-key-lyric textarea")
    enter(page, box, LYRIC)
    enter(page, page.locator(".st-key-song_title input"), "Dusty road")
    click(page, "chords_write")
    cancel = page.locator(".st-key-chords_cancel button")
    cancel.wait_for(timeout=MINUTES)

    page.reload()
    cancel.or_(page.locator(".ll-sheet")).first.wait_for(timeout=MINUTES)
    expect(box).to_have_value(LYRIC, timeout=MINUTES)
    if cancel.is_visible():
        # The song may be done before the click arrives, as it may be before the reload.
        with suppress(PlaywrightTimeout):
            cancel.click(timeout=5000)
        ended = page.get_by_text("Cancelled").or_(page.locator(".ll-sheet"))
        ended.first.wait_for(timeout=MINUTES)
    page.locator(".st-key-chords_asking summary").first.click()
    click(page, "chords_write")
    page.locator(".ll-sheet").wait_for(timeout=5 * MINUTES)
    assert page.get_by_text("Waiting: ").count() == 0

    page.reload()
    page.locator(".ll-sheet").wait_for(timeout=MINUTES)
    page.get_by_role("heading", name="Dusty road").wait_for(timeout=MINUTES)

    other = page.context.browser.new_page()  # type: ignore[union-attr]
    watch(other)
    other.goto(f"{address}/chords")
    other.get_by_role("heading", name="Chords", exact=True).wait_for(timeout=MINUTES)
    settle(other)
    assert other.locator(".st-key-lyric textarea").input_value() == ""
    assert other.locator(".ll-sheet").count() == 0


def test_what_if_and_the_explorer_ask_models_again(
    page: Page, address: str, tmp_path: Path
) -> None:
    from playwright.sync_api import expect

    page.goto(f"{address}/genre")
    page.locator(".st-key-lyric textarea").fill(LYRIC)
    page.locator(".st-key-lyric textarea").press("Tab")
    page.wait_for_timeout(1000)
    click(page, "genre_run")
    page.locator(".st-key-answer_combined").wait_for(timeout=5 * MINUTES)
    page.get_by_role("tab", name="What if").click()
    changed = page.locator(".st-key-what_if_lyric textarea")
    expect(changed).to_have_value(LYRIC, timeout=MINUTES)
    click(page, "what_if_remove")
    rest = LYRIC.split("\n", 2)[2]
    expect(changed).to_have_value(f"[Verse]\n{rest}", timeout=MINUTES)
    page.locator(".st-key-what_if_chart .js-plotly-plot .bars").first.wait_for(timeout=MINUTES)
    for key, word in (("what_if_old_word", "light"), ("what_if_new_word", "fire")):
        page.locator(f".st-key-{key} input").fill(word)
        page.locator(f".st-key-{key} input").press("Tab")
        page.wait_for_timeout(500)
    click(page, "what_if_swap")
    expect(changed).to_have_value(f"[Verse]\n{rest}".replace("light", "fire"), timeout=MINUTES)
    page.get_by_text("Swapped 2 times.").wait_for(timeout=MINUTES)

    page.get_by_role("link", name="Explorer").click()
    page.get_by_role("tab", name="Models").click(timeout=MINUTES)
    page.locator(".st-key-explorer_model input").click(timeout=MINUTES)
    page.get_by_role("option", name="BiLSTM-GRU").click()
    page.wait_for_timeout(1000)
    click(page, "explorer_answer")
    page.get_by_text("BiLSTM-GRU answered 120 songs").wait_for(timeout=3 * MINUTES)
    with page.expect_download(timeout=MINUTES) as download:
        click(page, "explorer_csv")
    download.value.save_as(tmp_path / "genres.csv")
    rows = list(csv.DictReader((tmp_path / "genres.csv").open(encoding="utf-8")))
    assert len(rows) == 120
    assert all(0 < float(row["confidence"]) <= 1 for row in rows)


def test_home_plays_an_example_that_opens_and_prints_as_a_song_alone(page: Page) -> None:
    page.locator(".st-key-home_example_song audio").wait_for(timeout=MINUTES)
    click(page, "home_open")
    page.locator(".st-key-chords_head").wait_for(timeout=MINUTES)
    page.locator(".ll-sheet").wait_for(timeout=MINUTES)

    page.emulate_media(media="print")
    for shown in (".ll-sheet", ".st-key-chords_head h2"):
        assert page.locator(shown).is_visible(), shown
    for hidden in ("section.stSidebar", ".stExpander", "audio", "[role=tablist]", ".stButton"):
        found = page.locator(hidden)
        assert not any(one.is_visible() for one in found.all()), hidden
    paper = page.locator(".stMain").evaluate("e => getComputedStyle(e).overflow")
    assert paper == "visible", "a box that scrolls prints one page and loses the rest"


def test_a_deep_link_as_first_visit_has_theme_and_menu(page: Page, address: str) -> None:
    page.goto(f"{address}/models")
    page.get_by_role("heading", name="Models", exact=True).wait_for(timeout=MINUTES)

    assert page.title() == "Models · Lyric Lab"
    assert page.get_by_role("link", name="Leaderboard").count() == 1


def test_a_leaderboard_view_is_shared_by_its_address(page: Page, address: str) -> None:
    page.goto(f"{address}/leaderboard?view=Head+to+head&first=LLaMA&second=RoBERTa")
    page.get_by_text("Difference in accuracy, LLaMA − RoBERTa").wait_for(timeout=2 * MINUTES)
    page.locator(".st-key-board_pairs .js-plotly-plot").wait_for(timeout=2 * MINUTES)

    for name in ("Can I trust it?", "Calibration"):
        page.get_by_role("radio", name=name).or_(
            page.get_by_role("button", name=name)
        ).first.click()
    page.get_by_text("On the diagonal").wait_for(timeout=MINUTES)
    page.wait_for_url(
        lambda url: "view=Calibration" in url and "first=" not in url, timeout=MINUTES
    )

    page.goto(f"{address}/leaderboard?view=Songs&song=004ed36c3e48&only_wrong=false")
    page.get_by_role("heading", name="Song 004ed36c3e48").wait_for(timeout=2 * MINUTES)
    words = page.locator(".st-key-words_004ed36c3e48 textarea")
    enter(page, words, LYRIC)
    page.locator(".st-key-song_open_page button:enabled").click(timeout=MINUTES)
    page.get_by_role("heading", name="Genre", exact=True).wait_for(timeout=MINUTES)
    page.get_by_text("This song is labelled hip-hop").wait_for(timeout=MINUTES)
    assert page.locator(".st-key-lyric textarea").input_value() == LYRIC


def test_figures_are_saved_as_png_and_svg_by_a_browser_without_a_network(
    page: Page, address: str, tmp_path: Path
) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(f"{address}/leaderboard?view=Scores")
    page.locator(".st-key-board_scores .js-plotly-plot .bars").first.wait_for(timeout=2 * MINUTES)
    page.get_by_role("button", name="Save this figure").click()
    png, svg = (page.get_by_role("button", name=f"Download as {name}") for name in ("PNG", "SVG"))
    png.wait_for(timeout=MINUTES)
    page.context.set_offline(True)
    saved: dict[str, Path] = {}
    for name, button in (("scores.png", png), ("scores.svg", svg)):
        with page.expect_download(timeout=MINUTES) as download:
            button.click()
        assert download.value.suggested_filename == name
        saved[name] = tmp_path / name
        download.value.save_as(saved[name])
    page.get_by_text("scores.svg is saved.").wait_for(timeout=MINUTES)
    page.context.set_offline(False)

    image = Image.open(saved["scores.png"]).convert("RGB")
    assert image.width == 2000
    darkest, _ = image.convert("L").getextrema()
    assert image.getpixel((3, 3)) == (255, 255, 255), "paper, also where the page is dark"
    assert darkest < 120
    root = ElementTree.parse(saved["scores.svg"]).getroot()  # noqa: S314 - our own file
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    texts = {"".join(element.itertext()) for element in root.iter() if element.tag.endswith("text")}
    assert {"accuracy", "macro F1", "LLaMA", "RoBERTa"} <= texts


@pytest.mark.parametrize("width", [1280, 900, 420])
def test_the_board_is_whole_and_its_numbers_are_large_enough(
    page: Page, address: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{address}/leaderboard?view=Confusions")
    assert_tables_are_whole(page, 1)
    assert not page.evaluate(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )
    number = page.locator("[class*=st-key-board_confusions-1] .heatmap-label").first
    number.wait_for(timeout=MINUTES)
    assert number.bounding_box()["height"] >= 9  # type: ignore[index]
    songs = page.get_by_role("combobox", name="Test songs")
    assert songs.evaluate("e => e.scrollWidth - e.clientWidth") <= 1, "their name is cut off"

    page.goto(f"{address}/leaderboard?view=Quality+and+cost")
    assert_tables_are_whole(page, 2)


def assert_tables_are_whole(page: Page, count: int) -> None:
    scrollers = page.locator("[data-testid=stDataFrame] .dvn-scroller")
    scrollers.nth(count - 1).wait_for(timeout=2 * MINUTES)
    page.wait_for_timeout(1000)
    for scroller in scrollers.all():
        hidden = scroller.evaluate(
            "e => [e.scrollWidth - e.clientWidth, e.scrollHeight - e.clientHeight]"
        )
        assert max(hidden) <= 1, f"{hidden} pixels of a table are cut off"


def test_no_image_or_link_of_a_stranger_is_on_the_page(page: Page, address: str) -> None:
    evil = "![stranger](http:evil.png) [stranger](javascript:alert) :material_home: $stranger$"
    genre = "<a href='http://evil/'>stranger</a> <b>x</b>"
    rows = [f'Rain {n},"{genre}{n % 2}","slow rain on the road"' for n in range(4)]
    table = "\n".join(["title,genre,lyrics", *rows]).encode()
    page.goto(f"{address}/explorer")
    page.get_by_text("My file", exact=True).click(timeout=MINUTES)
    files = page.locator(".st-key-explorer_file input[type=file]")
    files.set_input_files({"name": f"{evil}.csv", "mimeType": "text/csv", "buffer": table})
    page.get_by_text("[stranger](javascript").last.wait_for(timeout=MINUTES)
    page.get_by_role("tab", name="Charts").click()
    page.locator(".st-key-chart_genres .ytick").first.wait_for(timeout=MINUTES)

    label = page.locator(".st-key-chart_genres .ytick").first.text_content()
    assert label and "<a href=" in label
    main = page.locator("[data-testid=stMain]")
    for alive in ("a[href*=evil]", "a[href^=javascript]", "img[src*=evil]", ".katex"):
        assert main.locator(alive).count() == 0, alive
    assert "![stranger]" in main.inner_text()


def lasso_all_on_the_map(page: Page) -> None:
    """Draw the map of what passes, and a line around all of it."""
    page.get_by_role("tab", name="Map").click()
    page.locator(".st-key-explorer_map_draw").wait_for(timeout=MINUTES)
    page.wait_for_timeout(1000)
    click(page, "explorer_map_draw")
    stage = page.locator(".stage")
    stage.wait_for(timeout=3 * MINUTES)
    page.wait_for_timeout(1000)
    page.get_by_role("button", name="Lasso").click()
    stage.scroll_into_view_if_needed()
    box = stage.bounding_box()
    assert box
    left, right = box["x"] + 8, box["x"] + box["width"] - 8
    top, bottom = box["y"] + 8, box["y"] + box["height"] - 8
    page.mouse.move(left, top)
    page.mouse.down()
    for place in ((right, top), (right, bottom), (left, bottom)):
        page.mouse.move(*place, steps=3)
    page.mouse.up()
    page.locator("strong", has_text="Within the line").wait_for(timeout=MINUTES)
    page.wait_for_timeout(1500)  # its table is drawn by a canvas


def test_a_click_on_a_chart_filters_and_stands_in_the_address(page: Page, address: str) -> None:
    page.goto(f"{address}/explorer?search=the")
    page.get_by_role("tab", name="Charts").click(timeout=MINUTES)
    bar = page.locator(".st-key-chart_genres .barlayer .point path").nth(2)
    bar.wait_for(timeout=MINUTES)
    page.wait_for_timeout(1000)  # plotly draws bars before it listens
    box = bar.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_url("**genres=**", timeout=MINUTES)
    assert "search=the" in page.url
    page.get_by_role("link", name="Genre", exact=True).click()
    page.get_by_role("heading", name="Genre", exact=True).wait_for(timeout=MINUTES)
    page.get_by_role("link", name="Explorer", exact=True).click()
    page.wait_for_url("**/explorer?**genres=**", timeout=MINUTES)
    from playwright.sync_api import expect

    expect(page.locator(".st-key-search input")).to_have_value("the", timeout=MINUTES)
    lasso_all_on_the_map(page)
    table = page.locator("[class*=st-key-map_songs] canvas").first
    table.scroll_into_view_if_needed()
    songs = table.bounding_box()
    assert songs
    page.mouse.click(songs["x"] + 18, songs["y"] + 52)  # the box before the first row
    page.locator(".st-key-map_song_words").wait_for(timeout=MINUTES)
    page.get_by_text("Clear filters").click()
    page.wait_for_url(lambda url: "genres" not in url and "search" not in url, timeout=MINUTES)
    page.get_by_text("120 of 120").wait_for(timeout=MINUTES)


def test_on_a_narrow_window_a_choice_closes_the_menu(page: Page) -> None:
    page.set_viewport_size({"width": 420, "height": 800})
    page.reload()
    page.locator(".st-key-lyric textarea").wait_for(timeout=MINUTES)
    settle(page)
    page.get_by_test_id("stExpandSidebarButton").click(timeout=MINUTES)
    page.get_by_role("link", name="Models").click()
    page.get_by_role("heading", name="Models", exact=True).wait_for(timeout=MINUTES)
    page.get_by_test_id("stExpandSidebarButton").wait_for(timeout=MINUTES)
