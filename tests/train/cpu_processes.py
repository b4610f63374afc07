"""Runs a module as ``python -m`` would, its processes on the CPU taken for ones with a GPU each.

accelerate shards for GPUs only; gloo can shard on the CPU as well, and so a test can.
"""

from __future__ import annotations

import runpy
import sys
from typing import Any

from accelerate.state import DistributedType, PartialState

if __name__ == "__main__":
    ordinary = PartialState.__init__

    def as_on_gpus(self: PartialState, *arguments: Any, **options: Any) -> None:
        """What accelerate finds, but for the kind of the processes."""
        ordinary(self, *arguments, **options)
        if self.distributed_type == DistributedType.MULTI_CPU:
            self._shared_state["distributed_type"] = DistributedType.MULTI_GPU

    PartialState.__init__ = as_on_gpus
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
