"""Fine-tuning scripts; run as ``python -m train.<name> --data FOLDER``."""

import engine  # noqa: F401 - settles how threads wait, before a script imports torch
from engine.models.quiet import quiet_missing_kernel

quiet_missing_kernel()
