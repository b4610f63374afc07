"""Settings of trainings."""

from __future__ import annotations

from pathlib import Path

import yaml

from tests.conftest import TINY
from train import genre_llama


def test_shipped_configurations_have_every_setting() -> None:
    folder = Path(genre_llama.__file__).parent / "configs"
    for name, tiny in TINY.items():
        for path in folder.glob(f"{name}*.yaml"):
            settings = yaml.safe_load(path.read_text("utf-8"))
            missing = {"layers", "first_layer"} | (set(tiny) - set(settings))
            assert missing == {"layers", "first_layer"}, path
