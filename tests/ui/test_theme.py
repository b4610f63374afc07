from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
CONFIG: dict[str, Any] = tomllib.loads((ROOT / ".streamlit/config.toml").read_text("utf-8"))


def luminance(colour: str) -> float:
    """WCAG 2.1, relative luminance."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    dark, light = sorted((luminance(first), luminance(second)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_links_and_buttons_have_aa_contrast(theme: str) -> None:
    colours = CONFIG["theme"][theme]
    for ground in ("backgroundColor", "secondaryBackgroundColor"):
        for ink in ("textColor", "linkColor"):
            assert contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)
    assert contrast("#ffffff", colours["primaryColor"]) >= 4.5
    assert contrast(colours["primaryColor"], colours["backgroundColor"]) >= 3


def test_chords_of_the_lead_sheet_have_aa_contrast() -> None:
    style = (ROOT / "ui/style.css").read_text("utf-8")
    pairs = re.findall(r"light-dark\((#\w{6}), (#\w{6})\)", style)
    assert pairs
    for light, dark in pairs:
        assert contrast(light, CONFIG["theme"]["light"]["backgroundColor"]) >= 4.5
        assert contrast(dark, CONFIG["theme"]["dark"]["backgroundColor"]) >= 4.5


def test_nothing_is_fetched_from_elsewhere_and_nothing_is_asked_at_the_start() -> None:
    style = (ROOT / "ui/style.css").read_text("utf-8")
    assert "http" not in style
    assert CONFIG["browser"] == {"gatherUsageStats": False, "serverAddress": "localhost"}
    assert CONFIG["server"]["showEmailPrompt"] is False
    assert CONFIG["server"]["maxUploadSize"] == 50
