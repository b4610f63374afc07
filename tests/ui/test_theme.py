from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from engine.figures.style import colours, contrast
from ui import resources

ROOT = Path(__file__).parents[2]
CONFIG: dict[str, Any] = tomllib.loads((ROOT / ".streamlit/config.toml").read_text("utf-8"))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_links_and_buttons_have_aa_contrast(theme: str) -> None:
    colours = CONFIG["theme"][theme]
    for ground in ("backgroundColor", "secondaryBackgroundColor"):
        for ink in ("textColor", "linkColor"):
            assert contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)
    assert contrast("#ffffff", colours["primaryColor"]) >= 4.5
    assert contrast(colours["primaryColor"], colours["backgroundColor"]) >= 3


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_notices_are_of_the_palette_and_have_aa_contrast(theme: str) -> None:
    colours = CONFIG["theme"][theme]
    for name in ("blue", "yellow", "green", "red"):
        ground = colours[f"{name}BackgroundColor"]
        assert contrast(colours[f"{name}TextColor"], ground) >= 4.5, name
        red, green, blue = (int(ground[i : i + 2], 16) for i in (1, 3, 5))
        assert blue <= max(red, green), f"{name}: a cold ground on a warm page"


def test_chords_of_the_lead_sheet_and_letters_of_figures_have_aa_contrast() -> None:
    style = (ROOT / "ui/style.css").read_text("utf-8")
    pairs = re.findall(r"light-dark\((#\w{6}), (#\w{6})\)", style)
    assert pairs
    assert re.search(r"tick\"\] text[^}]*fill: light-dark", style)
    for light, dark in pairs:
        assert contrast(light, CONFIG["theme"]["light"]["backgroundColor"]) >= 4.5
        assert contrast(dark, CONFIG["theme"]["dark"]["backgroundColor"]) >= 4.5


def test_a_models_card_has_the_colour_of_its_bars() -> None:
    style = (ROOT / "ui/style.css").read_text("utf-8")
    drawn = dict(
        re.findall(r'st-key-answer_([\w-]+)"\] \{ border-top: [\d.]+rem solid (#\w{6})', style)
    )
    assert drawn == {
        name: colours([resources.model_title(name)])[resources.model_title(name)].lower()
        for name in (*resources.GENRE_MODELS, resources.POOL)
    }


def test_nothing_is_fetched_from_elsewhere_and_nothing_is_asked_at_the_start() -> None:
    style = (ROOT / "ui/style.css").read_text("utf-8")
    assert "http" not in style
    assert CONFIG["browser"] == {"gatherUsageStats": False, "serverAddress": "localhost"}
    assert CONFIG["server"]["showEmailPrompt"] is False
    assert CONFIG["server"]["maxUploadSize"] == 50
