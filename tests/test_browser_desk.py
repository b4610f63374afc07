"""Songs kept by a real browser: over a server that dies, on the desk, in a file and in a link."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.test_browser import (
    LYRIC,
    MINUTES,
    Server,
    browser,
    click,
    pytestmark,
    settle,
    visited,
    watch,
)
from tests.test_browser_editing import chords, wait_for_chords

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["browser", "pytestmark"]


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("home")) as running:
        yield running


def test_nothing_is_lost_when_the_server_dies_and_songs_come_back_by_desk_file_and_link(
    server: Server, browser: Browser, tmp_path: Path
) -> None:
    with visited(browser, server.address) as page:
        page.locator(".st-key-home_open button").wait_for(timeout=MINUTES)
        settle(page)
        page.locator(".st-key-home_open button").click()
        page.locator(".ll-sheet .chord").first.wait_for(timeout=MINUTES)
        settle(page)
        page.locator(".chord").nth(1).focus()
        page.keyboard.press("l")
        page.locator(".chord.locked").wait_for(timeout=MINUTES)
        page.locator(".chord").first.focus()
        page.keyboard.press("Delete")
        wait_for_chords(page, ["D", "Em"])
        settle(page)

        server.stop(signal.SIGKILL)
        server.start()
        page.reload()
        page.locator(".chord.locked").wait_for(timeout=MINUTES)
        assert chords(page) == ["D", "Em"]
        settle(page)
        page.get_by_role("button", name="Undo").click()
        wait_for_chords(page, ["Em", "D", "Em"])
        page.get_by_role("button", name="Redo").click()
        wait_for_chords(page, ["D", "Em"])
        settle(page)
        assert "lamplighter" in page.locator(".st-key-lyric textarea").first.input_value()

        link = saved_and_taken_along(page, tmp_path / "song.lyriclab")
        page.get_by_role("button", name="Delete The Lamplighter").click()
        page.get_by_role("button", name="Delete The Lamplighter").click()
        page.get_by_text("is deleted").wait_for(timeout=MINUTES)

    with visited(browser, f"{server.address}/chords") as page:
        page.locator(".st-key-lyric textarea").fill(LYRIC)
        settle(page)
        page.get_by_role("button", name="Open a song with chords").click()
        dropped(page, tmp_path / "song.lyriclab")
        page.locator(".chord.locked").wait_for(timeout=MINUTES)
        assert chords(page) == ["D", "Em"]
        opened_again(page, tmp_path)

    with visited(browser, link) as page:
        page.locator(".chord.locked").wait_for(timeout=MINUTES)
        assert chords(page) == ["D", "Em"]
        page.goto(f"{server.address}/chords?song=1abc")
        page.get_by_text("The link holds no song that can be read").wait_for(timeout=MINUTES)


def dropped(page: Page, path: Path) -> None:
    """Let a file fall where songs are opened, as a hand does from the desktop."""
    zone = page.locator(".st-key-chart_file [data-testid=stFileUploaderDropzone]")
    zone.wait_for(timeout=MINUTES)
    carried = page.evaluate_handle(
        """([name, bytes]) => {
            const carried = new DataTransfer();
            carried.items.add(new File([new Uint8Array(bytes)], name));
            return carried;
        }""",
        [path.name, list(path.read_bytes())],
    )
    for event in ("dragenter", "dragover", "drop"):
        zone.dispatch_event(event, {"dataTransfer": carried})


def opened_again(page: Page, folder: Path) -> None:
    """A few files as the page writes them, each opened on the page again."""
    settle(page)
    for name in ("chordpro", "musicxml", "json"):
        with page.expect_download(timeout=2 * MINUTES) as download:
            click(page, f"download_{name}")
        path = folder / download.value.suggested_filename
        download.value.save_as(path)
        page.locator(".chord").nth(1).focus()
        page.keyboard.press("Delete")
        wait_for_chords(page, ["D"])
        settle(page)
        opens = page.get_by_role("button", name="Open a song with chords")
        if not opens.is_visible():
            page.locator(".st-key-chords_asking summary").first.click()
        opens.click()
        page.locator(".st-key-chart_file input[type=file]").set_input_files(path)
        wait_for_chords(page, ["D", "Em"])
        settle(page)


def saved_and_taken_along(page: Page, path: Path) -> str:
    """Save the song on the desk, open it in another tab, and give the link that carries it."""
    page.get_by_role("button", name="My songs").click()
    page.get_by_role("button", name="Save this song").click(timeout=MINUTES)
    page.get_by_text("Saved in this browser").wait_for(timeout=MINUTES)
    settle(page)
    link = page.locator(".stCode code").locator("visible=true").last.inner_text()
    with page.expect_download(timeout=MINUTES) as download:
        click(page, "download_project")
    download.value.save_as(path)
    assert json.loads(path.read_bytes())["song"]["locked"] == [[0, 0]]

    other = page.context.new_page()
    watch(other)
    other.goto(link.partition("?")[0])
    other.locator(".st-key-lyric textarea").wait_for(timeout=MINUTES)
    settle(other)
    other.get_by_role("button", name="My songs").click()
    other.get_by_role("button", name="Rename The Lamplighter").click(timeout=MINUTES)
    other.get_by_label("New name of The Lamplighter").fill("The Lamplighter's Daughter")
    other.keyboard.press("Enter")
    other.get_by_role("button", name="Open The Lamplighter's Daughter").click(timeout=MINUTES)
    other.get_by_role("heading", name="The Lamplighter's Daughter").wait_for(timeout=MINUTES)
    other.locator(".chord.locked").wait_for(timeout=MINUTES)
    other.close()
    return link
