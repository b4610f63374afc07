from __future__ import annotations

import io
import wave
from xml.etree.ElementTree import fromstring

import pytest

from engine.errors import InputError
from engine.notation.abc import engraved_tune, tune_wav

TUNE = 'X:1\nT:Low Moon\nM:6/8\nL:1/8\nK:Em\n|: "Em"E2B BAG | F2A AGF :|\n'


def test_a_tune_is_engraved_without_styles_or_links_and_played() -> None:
    tune = engraved_tune(TUNE, 600)
    (page,) = tune.pages
    assert fromstring(page).tag.endswith("svg")  # noqa: S314 - our own drawing
    assert not any(part in page for part in ("<style", "<script", "href", "<use"))
    with wave.open(io.BytesIO(tune_wav(tune.midi))) as sound:
        assert sound.getnframes() / sound.getframerate() > 2


@pytest.mark.parametrize(
    "abc", ["nonsense", "", "X:1\nK:Zz\n|||[[[", "X:1\n" * 10_000, 'X:T\nKor\n"\x1f"z|']
)
def test_what_is_no_tune_is_told_and_ends_nothing(abc: str) -> None:
    try:
        engraved_tune(abc)
    except InputError as error:
        assert "\n" not in str(error)
