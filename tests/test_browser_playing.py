"""The player in a real browser: it lights the chord that sounds, mutes parts, repeats a section."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.test_browser import MINUTES, address, browser, click, page, pytestmark, settle

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["address", "browser", "page", "pytestmark"]

# What reaches the loudspeakers: level() is its root mean square over the last 0.7 seconds.
LISTEN = """
const connect = AudioNode.prototype.connect;
AudioNode.prototype.connect = function (to, ...rest) {
  if (to instanceof AudioDestinationNode) {
    const ear = new AnalyserNode(this.context, { fftSize: 32768 });
    connect.call(this, ear);
    window.level = () => {
      const heard = new Float32Array(ear.fftSize);
      ear.getFloatTimeDomainData(heard);
      return Math.sqrt(heard.reduce((sum, x) => sum + x * x, 0) / heard.length);
    };
  }
  return connect.call(this, to, ...rest);
};
"""


def wait_for_level(page: Page, condition: str) -> None:
    page.wait_for_function(f"window.level?.() {condition}", timeout=MINUTES)


def seen(page: Page, count: int) -> list[tuple[str, str]]:
    """The first different places that are lit, each with the chord the player names."""
    places: list[tuple[str, str]] = []
    for _ in range(600):
        lit = page.locator(".chord.sounding")
        name = page.locator(".player .current").inner_text()
        place = lit.get_attribute("aria-label") if lit.count() == 1 else None
        if place and (place, name) not in places and place.startswith(f"{name},"):
            places.append((place, name))
        if len(places) == count:
            break
        page.wait_for_timeout(50)
    return places


def test_the_song_is_followed_muted_repeated_and_played_in_another_key(page: Page) -> None:
    page.add_init_script(LISTEN)
    page.reload()
    page.locator(".st-key-home_open button").first.wait_for(timeout=MINUTES)
    settle(page)
    click(page, "home_open")
    page.locator(".ll-sheet .chord").first.wait_for(timeout=MINUTES)
    page.get_by_role("button", name="Play", exact=True).click(timeout=MINUTES)
    wait_for_level(page, "> 0.01")
    followed = seen(page, 4)
    assert [name for _, name in followed] == ["Em", "D", "Em", "G"]
    assert followed[0][0] == "Em, i, on Tam"

    for part in ("Bass", "Drums", "Chords"):
        page.get_by_role("button", name=part, exact=True).click()
    wait_for_level(page, "< 0.0005")
    page.get_by_role("button", name="Click", exact=True).click()
    wait_for_level(page, "> 0.001")
    for part in ("Click", "Chords"):
        page.get_by_role("button", name=part, exact=True).click()
    wait_for_level(page, "> 0.005")

    page.locator(".st-key-transpose button").last.click()
    page.locator(
        '.chord.sounding[aria-label^="Fm,"], .chord.sounding[aria-label^="A♭"]'
    ).first.wait_for(timeout=MINUTES)
    wait_for_level(page, "> 0.005")

    page.get_by_label("Repeat").select_option("Verse 2")
    page.get_by_label("Speed").fill("150")
    page.get_by_text("198 bpm").wait_for()
    page.locator(".player .where", has_text="Bar 32 of 112 · Verse 2").wait_for(timeout=MINUTES)
    page.locator(".player .where", has_text="Bar 17 of 112 · Verse 2").wait_for(timeout=MINUTES)

    page.get_by_role("button", name="Stop", exact=True).press("Enter")
    page.locator(".player[data-state=still]").wait_for()
    assert page.locator(".chord.sounding").count() == 0
    page.get_by_label("Speed").fill("50")
    page.get_by_role("button", name="Count-in", exact=True).press("Space")
    page.get_by_role("button", name="Play", exact=True).press("Enter")
    page.get_by_text("Counting in: 2").wait_for(timeout=MINUTES)
    page.locator(".player .where", has_text="Bar 17 of 112 · Verse 2").wait_for(timeout=MINUTES)

    page.get_by_role("button", name="Stop", exact=True).press("Enter")
    page.evaluate(
        "Object.defineProperty(BaseAudioContext.prototype, 'currentTime', { get: () => 0 })"
    )
    page.get_by_role("button", name="Play", exact=True).press("Enter")
    page.get_by_text("The sound does not start").wait_for(timeout=MINUTES)
