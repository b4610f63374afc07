"""The checkpoints of a run: which one a training goes on from.

The Trainer writes a checkpoint file by file, its state last. A training that was killed meanwhile
leaves one that is not whole, and the Trainer would begin with just that one, the newest.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

_STATE = "trainer_state.json"
_NAME = re.compile(r"checkpoint-(\d+)\Z")


def last_whole_checkpoint(run: Path) -> Path | None:
    """The newest whole checkpoint of a run, by its step; what is not whole is deleted.

    None where there is none: the training begins anew.
    """
    if not run.is_dir():
        return None
    steps = {int(found[1]): path for path in run.iterdir() if (found := _NAME.match(path.name))}
    for _, path in sorted(steps.items(), reverse=True):
        if _is_whole(path):
            return path
        shutil.rmtree(path, ignore_errors=True)  # or another process of this training has
    return None


def _is_whole(checkpoint: Path) -> bool:
    try:
        state = json.loads((checkpoint / _STATE).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(state, dict)
