"""Presets as data: which base, adapter and quantization each slot of a preset has."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from engine.errors import InputError
from engine.models.folders import models_folder


@dataclass(frozen=True)
class Base:
    """A pretrained model something of ours stands on."""

    name: str
    label: str
    licence: str
    hub: str | None = None
    package: str | None = None
    module: str | None = None
    file: str | None = None
    sha256: str | None = None
    convert: str | None = None


@dataclass(frozen=True)
class Slot:
    """One model slot of a preset.

    Attributes
    ----------
    name, preset : str
        What it is called, and in which preset it stands.
    adapter : str
        The folder below ``models/`` with our weights and their card.
    base : Base or None
        What it stands on; None if it was trained from nothing, or only pools other models.
    quantization : str or None
        How the base is packed.
    reads : tuple of str
        Models of the same preset whose answers it reads.
    models : Path or None
        The folder that `adapter` lies in, where it is not the one of all models: that of a
        training's ``--output``.
    """

    name: str
    adapter: str
    base: Base | None = None
    quantization: str | None = None
    reads: tuple[str, ...] = ()
    preset: str = "embedded"
    models: Path | None = None

    @property
    def base_label(self) -> str:
        """The name shown on screen for the base that really runs."""
        if self.base:
            return self.base.label
        return f"pooled from {', '.join(self.reads)}" if self.reads else "trained from scratch"

    @property
    def folder(self) -> Path:
        """Where this slot's own weights and card lie."""
        return (self.models or models_folder()) / self.adapter

    def beside(self, name: str) -> Slot:
        """The slot of a model that this one reads: of the same preset, in the same folder."""
        return replace(slot(name, self.preset), models=self.models)


@dataclass(frozen=True)
class Preset:
    """A named choice of weights for every slot."""

    name: str
    description: str
    slots: Mapping[str, Slot]


@cache
def presets() -> dict[str, Preset]:
    """All presets of ``presets.toml``, by name."""
    data = tomllib.loads(Path(__file__).with_name("presets.toml").read_text("utf-8"))
    bases = {name: Base(name=name, **entry) for name, entry in data["bases"].items()}
    found: dict[str, Preset] = {}
    for name, entry in data["presets"].items():
        slots = {
            slot: Slot(
                name=slot,
                adapter=value["adapter"],
                base=bases[value["base"]] if "base" in value else None,
                quantization=value.get("quantization"),
                reads=tuple(value.get("reads", ())),
                preset=name,
            )
            for slot, value in entry.items()
            if slot != "description"
        }
        found[name] = Preset(name, entry["description"], slots)
    return found


def preset(name: str = "embedded") -> Preset:
    """One preset by name; `InputError` names what there is."""
    try:
        return presets()[name]
    except KeyError:
        raise InputError(
            f"There is no preset '{name}'; presets are {', '.join(presets())}."
        ) from None


def slot(name: str, preset_name: str = "embedded") -> Slot:
    """One slot of one preset; `InputError` names what there is."""
    slots = preset(preset_name).slots
    try:
        return slots[name]
    except KeyError:
        raise InputError(f"There is no model '{name}'; models are {', '.join(slots)}.") from None
