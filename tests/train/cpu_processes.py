"""One of several processes that train together, several times in turn: ``MODULE RUNS``.

Each run starts the module as ``python -m`` would, in a group of processes of its own; RUNS says in
JSON with which words and in which environment. A run that is ``sharing`` takes processes on the CPU
for ones with a GPU each: accelerate shards for GPUs only; gloo can shard on the CPU as well, and so
a test can.
"""

from __future__ import annotations

import json
import os
import runpy
import sys
from typing import Any
from unittest.mock import patch

from accelerate.state import AcceleratorState, DistributedType, PartialState
from torch import distributed

ORDINARY = PartialState.__init__


def as_on_gpus(self: PartialState, *arguments: Any, **options: Any) -> None:
    """What accelerate finds, but for the kind of the processes."""
    ORDINARY(self, *arguments, **options)
    if self.distributed_type == DistributedType.MULTI_CPU:
        self._shared_state["distributed_type"] = DistributedType.MULTI_GPU


def run(module: str, arguments: list[str], environment: dict[str, str], sharing: bool) -> None:
    """Train once, and leave the group of processes; what is wrong ends this process."""
    kind = as_on_gpus if sharing else ORDINARY
    with (
        patch.dict(os.environ, environment),
        patch.object(sys, "argv", [module, *arguments]),
        patch.object(PartialState, "__init__", kind),
    ):
        try:
            runpy.run_module(module, run_name="__main__", alter_sys=True)
        except SystemExit as left:
            if left.code:
                raise
    distributed.destroy_process_group()
    AcceleratorState._reset_state(reset_partial_state=True)


if __name__ == "__main__":
    for one in json.loads(sys.argv[2]):
        run(sys.argv[1], **one)
