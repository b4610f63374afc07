"""A model is trained into a folder beside its own, and takes its place only when it is whole.

Whatever ends a training before that, a kill included, leaves the model that is served as it was.
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from engine.errors import WeightsError
from engine.models.card import ModelCard
from engine.models.presets import Slot

# What the system says where nothing can be written.
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM}


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
    try:
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
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        raise WeightsError(
            f"{target} cannot be written: {error.strerror}; make room there, or name another "
            "folder with LYRICLAB_MODELS."
        ) from None


def replace_folder(target: Path, new: Path, old: Path) -> None:
    """Put `new` where `target` is: on Linux in one step, elsewhere `target` is at `old` between."""
    if target.exists() and _swapped(target, new):
        shutil.rmtree(new, ignore_errors=True)
        return
    if target.exists():
        target.rename(old)
    try:
        new.rename(target)
    except OSError:
        old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _swapped(one: Path, other: Path) -> bool:
    """Whether two folders have changed places, which Linux does in one step (renameat2)."""
    try:
        swap = ctypes.CDLL(None).renameat2
    except (AttributeError, OSError, TypeError):  # another system, or an old library
        return False
    here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    return swap(here, os.fsencode(one), here, os.fsencode(other), exchange) == 0
