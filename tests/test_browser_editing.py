"""The lead sheet edited in a real browser: by click, by drag, by keyboard alone, over a reload."""

from __future__ import annotations

import base64
import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.test_browser import MINUTES, address, browser, click, page, pytestmark, settle

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["address", "browser", "page", "pytestmark"]

# What the server says waits while window.held is set, as it does on a slow line or a busy server.
HOLD = """
window.held = false;
const waiting = [];
window.release = () => { window.held = false; waiting.splice(0).forEach((hand) => hand()); };
const held = (hear) => hear && function (event) {
  if (window.held) waiting.push(() => hear.call(this, event)); else hear.call(this, event);
};
const listen = WebSocket.prototype.addEventListener;
WebSocket.prototype.addEventListener = function (kind, hear, ...rest) {
  return listen.call(this, kind, kind === "message" ? held(hear) : hear, ...rest);
};
const onmessage = Object.getOwnPropertyDescriptor(WebSocket.prototype, "onmessage");
Object.defineProperty(WebSocket.prototype, "onmessage", {
  ...onmessage, set(hear) { onmessage.set.call(this, held(hear)); },
});
"""


@pytest.fixture
def song(page: Page) -> Page:
    """The example song, open on the Chords page."""
    page.locator(".st-key-home_open button").first.wait_for(timeout=MINUTES)
    settle(page)
    click(page, "home_open")
    page.locator(".ll-sheet .chord").first.wait_for(timeout=MINUTES)
    settle(page)
    return page


def chords(page: Page, number: int = 0) -> list[str]:
    return page.locator(".ll-line").nth(number).locator(".chord b").all_text_contents()


def wait_for_chords(page: Page, expected: list[str], number: int = 0) -> None:
    for _ in range(300):
        if chords(page, number) == expected:
            return
        page.wait_for_timeout(100)
    assert chords(page, number) == expected


def wait_until_written(page: Page) -> None:
    """Wait for the generator, which may be done before anybody sees that it works."""
    from playwright.sync_api import TimeoutError as Late

    with contextlib.suppress(Late):
        page.locator(".ll-sheet.busy").wait_for(timeout=5_000)
    page.locator(".ll-sheet:not(.busy)").wait_for(timeout=5 * MINUTES)
    settle(page)


def word_under(page: Page, chord: str) -> str:
    group = page.locator(".ll-line").first.locator(".ll-group", has=page.get_by_text(chord))
    return group.locator(".ll-word").first.inner_text()


def test_a_chord_is_changed_dragged_undone_and_still_there_after_a_reload(song: Page) -> None:
    assert chords(song) == ["Em", "D", "Em"]
    song.locator(".chord").nth(1).click()
    song.get_by_label("Chord", exact=True).fill("Fism7b5")
    board = song.locator(".board").element_handle()
    song.keyboard.press("Enter")
    shown = song.evaluate("b => b.querySelectorAll('.chord')[1].textContent", board)
    assert shown in {"Fism7♭5", "F♯m7♭5"}  # as typed, unless Python has read it by now
    wait_for_chords(song, ["Em", "F♯m7♭5", "Em"])
    assert song.locator(".board").get_attribute("data-foreseen"), "it is drawn before the answer"
    assert word_under(song, "F♯m7♭5") == "down"

    box = song.locator(".chord").nth(1).bounding_box()
    target = song.locator(".ll-line").first.get_by_text("was").bounding_box()
    assert box and target
    song.mouse.move(box["x"] + 5, box["y"] + 5)
    song.mouse.down()
    song.mouse.move(target["x"] + 4, target["y"] + 4, steps=5)
    song.mouse.up()
    song.locator('.chord[aria-label*="on was"]').wait_for(timeout=MINUTES)

    song.keyboard.press("Control+z")
    song.locator('[aria-label^="F♯m7♭5"][aria-label*="on down"]').wait_for(timeout=MINUTES)
    song.reload()
    song.locator('[aria-label^="F♯m7♭5"][aria-label*="on down"]').wait_for(timeout=MINUTES)
    song.get_by_role("button", name="Undo").click()
    wait_for_chords(song, ["Em", "D", "Em"])
    song.get_by_role("button", name="Redo").click()
    wait_for_chords(song, ["Em", "F♯m7♭5", "Em"])


def test_the_keyboard_alone_selects_adds_moves_locks_and_undoes(song: Page) -> None:
    song.locator(".chord").first.focus()
    for key in ("ArrowRight", "ArrowRight"):
        song.keyboard.press(key)
    song.keyboard.press("Enter")
    song.keyboard.type("IV")
    song.keyboard.press("Enter")
    wait_for_chords(song, ["Em", "A", "D", "Em"])
    song.locator('.chord:focus[aria-label*="on was"]').wait_for(timeout=MINUTES)

    song.keyboard.press("Alt+ArrowRight")
    song.locator('.chord:focus[aria-label="A, IV, on the"]').wait_for(timeout=MINUTES)
    song.keyboard.press("l")
    song.locator('.chord:focus[aria-label="A, IV, on the, locked"]').wait_for(timeout=MINUTES)
    song.keyboard.press("Delete")
    song.get_by_text("A is locked; unlock it first").wait_for(timeout=MINUTES)
    for _ in range(3):
        song.keyboard.press("Control+z")
    wait_for_chords(song, ["Em", "D", "Em"])
    settle(song)
    no_act_is_lost_while_answers_are_awaited(song)


def no_act_is_lost_while_answers_are_awaited(song: Page) -> None:
    """Keys, clicks and typed text of a hand that is faster than the server."""
    places_follow_what_the_song_becomes(song)
    song.add_init_script(HOLD)
    song.reload()
    first = song.locator(".ll-line").first.locator(".chord")
    first.first.wait_for(timeout=MINUTES)
    settle(song)

    song.evaluate("held = true")
    first.nth(1).focus()
    song.keyboard.press("l")
    first.nth(0).focus()
    song.keyboard.press("l")
    assert first.and_(song.locator(".locked")).count() == 2, "both are drawn before any answer"
    song.keyboard.press("l")
    song.evaluate("release()")
    settle(song)
    assert "locked" not in (first.nth(0).get_attribute("aria-label") or "")
    song.keyboard.press("Delete")  # the keyboard is still where it was put
    wait_for_chords(song, ["D", "Em"])
    settle(song)

    song.evaluate("held = true")
    song.keyboard.press("Control+z")  # which will bring a chord back before the one that is meant
    first.nth(0).focus()
    song.keyboard.press("l")
    song.evaluate("release()")
    wait_for_chords(song, ["Em", "D", "Em"])
    settle(song)
    assert song.locator(".chord.locked").count() == 0, "the D was locked, and is not any more"

    nothing_typed_or_pressed_is_lost_while_the_sheet_is_drawn_anew(song)


def places_follow_what_the_song_becomes(page: Page) -> None:
    """An act means the same chord, word and line after lines and chords came and went."""

    def line(words: str, *chords: tuple[int, str], stanza: int = 0) -> dict[str, Any]:
        held = [{"w": word, "s": symbol} for word, symbol in chords]
        return {"words": words.split(), "chords": held, "stanza": stanza}

    verse, other = line("a b c", (0, "G"), (2, "C")), line("d e", (0, "D"))
    chorus = line("a b c", (0, "G"), stanza=1)
    before = [verse, other, chorus]
    lock = {"act": "lock", "places": [[0, 1]]}
    cases: list[tuple[dict[str, Any], list[dict[str, Any]], dict[str, Any] | None]] = [
        (lock, [line("a b c", (2, "C")), other], {"places": [[0, 0]]}),
        (lock, [line("a b c", (0, "E"), (0, "G"), (2, "C"))], {"places": [[0, 2]]}),
        (lock, [line("all a b c", (1, "G"), (3, "C")), *before[1:]], {"places": [[0, 1]]}),
        (lock, [line("a b c", (0, "G"), (2, "F")), *before[1:]], {"places": [[0, 1]]}),
        (lock, [line("q"), *before], {"places": [[1, 1]]}),
        (lock, [line("a b c", (0, "G")), *before[1:]], None),
        ({"act": "insert", "line": 2}, [line("q"), *before], {"line": 3}),
        ({"act": "remove", "line": 2}, [verse, line("q"), other, chorus], {"line": 3}),
        ({"act": "remove", "line": 1}, [verse, chorus], None),
        ({"act": "remove", "line": 0}, [other, verse, chorus], {"line": 1}),
        (
            {"act": "heading", "section": 1},
            [verse, other, line("q", stanza=1), {**chorus, "stanza": 2}],
            {"section": 2},
        ),
    ]
    source = (Path(__file__).parent.parent / "ui/components/sheet_places.js").read_text("utf-8")
    for act, after, expected in cases:
        found = page.evaluate(
            "([source, ...told]) => new Function(`${source}; return actNow`)()(...told)",
            [source, before, after, act],
        )
        assert found == (expected and {**act, **expected}), act


def nothing_typed_or_pressed_is_lost_while_the_sheet_is_drawn_anew(song: Page) -> None:
    first = song.locator(".ll-line").first.locator(".chord")
    words = song.locator(".st-key-lyric textarea").first
    if not words.is_visible():
        song.locator(".st-key-chords_asking summary").first.click()
    words.press("Control+End")
    song.keyboard.type(" and on")
    song.evaluate("held = true")
    first.nth(1).click()  # leaving the box sends it; the page will say that the words are others
    song.get_by_label("Chord", exact=True).fill("B")
    song.evaluate("release()")
    song.locator(".st-key-chords_changed").wait_for(timeout=MINUTES)
    settle(song)
    song.keyboard.type("b")
    song.keyboard.press("Enter")
    wait_for_chords(song, ["Em", "B♭", "Em"])
    settle(song)

    song.evaluate("held = true")
    first.nth(1).click()
    song.get_by_label("Chord", exact=True).fill("Fism7b5")
    song.keyboard.press("Enter")
    box = first.nth(1).bounding_box()
    assert box
    song.mouse.move(box["x"] + 5, box["y"] + 5)
    song.mouse.down()
    song.evaluate("release()")
    wait_for_chords(song, ["Em", "F♯m7♭5", "Em"])  # drawn anew while the button is down
    song.mouse.up()
    song.get_by_role("dialog", name="F♯m7♭5").wait_for(timeout=MINUTES)


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until what is wanted has the keyboard, inside components too."""
    for _ in range(150):
        page.keyboard.press("Tab")
        if page.evaluate(
            """selector => {
                let found = document.activeElement;
                while (found?.shadowRoot?.activeElement) found = found.shadowRoot.activeElement;
                return Boolean(found?.matches(selector) || found?.closest(selector));
            }""",
            selector,
        ):
            return
    pytest.fail(f"the keyboard does not come to {selector}")


def test_a_pasted_chart_of_150_lines_is_kept_and_edited_at_once_by_keys_alone(
    page: Page, address: str
) -> None:
    line = "Over [G]water and [D/F#]under the [Em7]stone"
    page.goto(f"{address}/chords")
    page.locator(".st-key-lyric textarea").wait_for(timeout=MINUTES)
    settle(page)
    tab_to(page, ".st-key-lyric textarea")
    page.keyboard.insert_text("\n".join(f"{line} {number}" for number in range(150)))
    tab_to(page, ".st-key-chords_write button")  # leaving the box sends it
    page.locator(".st-key-chords_keep button").wait_for(timeout=MINUTES)
    settle(page)
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    page.locator(".ll-sheet .chord").first.wait_for(timeout=MINUTES)
    assert page.locator(".ll-line").count() == 150
    assert chords(page, 149) == ["G", "D/F♯", "Em7"]
    settle(page)

    tab_to(page, ".ll-sheet button")
    for key in ("End", "ArrowUp", "Home", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    page.locator(".chord:focus").wait_for(timeout=MINUTES)
    for locked in (1, 0, 1):
        page.keyboard.press("l")
        settle(page)
        assert page.locator(".chord.locked").count() == locked
        assert page.locator(".board").get_attribute("data-foreseen"), "drawn before the answer"
    assert edit_effort(page) <= 15, "counted loops until an edit is drawn, about 10 ms each"
    settle(page)
    assert page.locator(".chord.locked").count() == 1
    page.keyboard.press("Control+z")
    page.locator(".ll-sheet:not(:has(.chord.locked))").wait_for(timeout=MINUTES)


# What a key does until the edit is laid out; and the loop it is compared with.
EDIT = """() => {
  let at = document.activeElement;
  while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  at.dispatchEvent(new KeyboardEvent("keydown", { key: "l", bubbles: true, cancelable: true }));
  return document.activeElement.getBoundingClientRect().top;
}"""
LOOP = """() => {
  const seen = {};
  for (let i = 0; i < 400_000; i += 1) {
    const word = String(i % 997);
    seen[word] = (seen[word] ?? 0) + word.length;
  }
  return seen;
}"""


def edit_effort(page: Page) -> float:
    """Processor time of an edit in counted loops, the least of four; it draws one line and no more.

    So neither a slow machine nor a busy one changes it.
    """
    told = page.context.new_cdp_session(page)
    told.send("Performance.enable", {"timeDomain": "threadTicks"})

    def processor_time(work: str) -> float:
        before = task_time()
        page.evaluate(work)
        return task_time() - before

    def task_time() -> float:
        metrics = told.send("Performance.getMetrics")["metrics"]
        return next(one["value"] for one in metrics if one["name"] == "TaskDuration")

    groups = page.locator(".ll-group")
    of_a_line = page.locator(".ll-line").last.locator(".ll-group").count()
    efforts: list[float] = []
    for _ in range(4):
        settle(page)
        groups.evaluate_all("all => all.forEach((one) => { one.old = true; })")
        loop = processor_time(LOOP)
        efforts.append(2 * processor_time(EDIT) / (loop + processor_time(LOOP)))
        drawn = groups.evaluate_all("all => all.filter((one) => !one.old).length")
        assert 1 <= drawn <= of_a_line, f"{drawn} groups of words were drawn for one chord"
    return min(efforts)


def test_ranked_chords_come_to_a_place_and_one_chord_is_written_anew(song: Page) -> None:
    song.locator(".chord").nth(1).click()
    song.get_by_text("Likely here").wait_for(timeout=5 * MINUTES)
    likely = [text for text in song.locator(".pop .pick").all_inner_texts() if "%" in text]
    shares = [int(text.rsplit("·", 1)[1].strip(" %")) for text in likely]
    assert len(shares) >= 3
    assert shares == sorted(shares, reverse=True)
    assert 1 <= sum(shares) <= 101

    before = [chords(song, number) for number in range(3)]
    song.get_by_role("button", name="Another chord here").click()
    wait_until_written(song)
    after = [chords(song, number) for number in range(3)]
    assert after[1:] == before[1:]
    assert (after[0][0], after[0][2]) == (before[0][0], before[0][2])
    assert after[0][1] != before[0][1]


def test_a_locked_chord_outlives_the_rewriting_of_its_line_in_the_exported_file(
    song: Page, tmp_path: Path
) -> None:
    song.locator(".chord").nth(1).click()
    song.get_by_label("Chord", exact=True).fill("F#m7b5")
    song.keyboard.press("Enter")
    wait_for_chords(song, ["Em", "F♯m7♭5", "Em"])
    song.locator(".chord").nth(1).focus()
    song.keyboard.press("l")
    song.locator('[aria-label="F♯m7♭5, iiø7, on down, locked"]').wait_for(timeout=MINUTES)
    others = chords(song, 1)
    song.locator(".chord").nth(1).click()
    song.get_by_role("button", name="Rewrite this line").click()
    wait_until_written(song)

    song.locator('[aria-label="F♯m7♭5, iiø7, on down, locked"]').wait_for(timeout=MINUTES)
    assert chords(song, 1) == others
    with song.expect_download(timeout=2 * MINUTES) as download:
        click(song, "download_musicxml")
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    assert "half-diminished" in path.read_text("utf-8")

    copy_and_drag(song)


def copy_and_drag(song: Page) -> None:
    """The chart to the clipboard, and the MIDI file out of the page, on the page just edited."""
    song.context.grant_permissions(["clipboard-read", "clipboard-write"])
    song.get_by_role("button", name="Copy chart").click()
    song.get_by_text("The chart is copied.").wait_for(timeout=MINUTES)
    assert "F#m7b5" in song.evaluate("navigator.clipboard.readText()")
    midi = song.get_by_role("button", name="Drag MIDI")
    midi.hover()
    song.locator("[data-midi][href]").wait_for(timeout=MINUTES)
    dropped = midi.evaluate(
        """link => {
            const event = new DragEvent("dragstart", {dataTransfer: new DataTransfer()});
            link.dispatchEvent(event);
            return event.dataTransfer.getData("DownloadURL");
        }"""
    )
    assert dropped.startswith(
        "audio/midi:the-lamplighter-of-carrow-quay.mid:data:audio/midi;base64,"
    )
    assert base64.b64decode(dropped.split(",")[1]).startswith(b"MThd")
