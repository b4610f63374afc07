"""A model is trained into a folder beside its own, and takes its place only when it is whole.

Whatever ends a training before that, a kill included, leaves the model that is served as it was.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from engine.models.card import ModelCard
from engine.models.presets import Slot


@contextmanager
def staged(own: Slot, keep: Sequence[str] = ()) -> Iterator[Slot]:
    """The slot with an empty folder to write into, which then takes the place of its own.

    `keep` names files of the present model that the new one goes on with. What an error leaves in
    the folder can be looked at; the next training clears it.

    Raises
    ------
    WeightsError
        If what was written has no card, or files that are not the card's; then nothing is replaced.
    """
    target = own.folder
    staging, old = (target.with_name(f".{target.name}.{what}") for what in ("new", "old"))
    if old.exists() and not target.exists():  # killed between the two renames below
        old.rename(target)
    for left in (staging, old):
        shutil.rmtree(left, ignore_errors=True)
    staging.mkdir(parents=True)
    for name in keep:
        shutil.copy2(target / name, staging / name)
    yield replace(own, adapter=staging.name, models=staging.parent)
    ModelCard.read(staging).verify(staging)
    replace_folder(target, staging, old)


def replace_folder(target: Path, new: Path, old: Path) -> None:
    """Put `new` where `target` is, which lies at `old` until then.

    Two renames: no system swaps two folders in one step by a call that all systems have.
    """
    if target.exists():
        target.rename(old)
    try:
        new.rename(target)
    except OSError:
        old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)
