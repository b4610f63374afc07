"""Keeping libraries quiet on the user's terminal; nowhere else are they told to be."""

from __future__ import annotations

import logging
import threading

_LOCK = threading.Lock()
_done = threading.Event()
_KERNEL_LOGGER = "bitsandbytes.backends.cpu.ops"


def quiet_libraries() -> None:
    """Keep loading bars, load reports and notices meant for developers off the user's terminal.

    For the whole process and for good, from any thread: what is loud for a while and restored is
    loud, or quiet for good, where two threads overlap. Called before the libraries are imported,
    since one speaks on import. Their errors still come through; our own progress goes through
    `Progress`.
    """
    with _LOCK:
        if not _done.is_set():
            _silence()
            _done.set()


def quiet_missing_kernel() -> None:
    """Keep off the terminal that bitsandbytes found no kernel of the hub's for this processor.

    It says so once it is imported, which peft does, on chips with bfloat16 instructions; it then
    does with its own. Nothing else that it says is lost: trainings, which show what libraries
    warn of, call this before they import any.
    """
    logging.getLogger(_KERNEL_LOGGER).addFilter(_is_no_missing_kernel)


def _is_no_missing_kernel(record: logging.LogRecord) -> bool:
    return "gemm_4bit_forward" not in record.getMessage()


def _silence() -> None:
    import warnings

    for name in ("bitsandbytes", "peft"):
        logging.getLogger(name).setLevel(logging.ERROR)
    # peft still asks transformers by names that its next major version drops.
    warnings.filterwarnings("ignore", category=FutureWarning, module="transformers")
    # Merging an adapter into 4 bits rounds; the full preset accepts that.
    warnings.filterwarnings("ignore", message="Merge lora module to")
    # Tensors of whole numbers go from torch one day; a trial finds out then.
    warnings.filterwarnings("ignore", message=r"torch\.quantize_per_tensor, torch\.quantize_per")
    from transformers.utils import logging as transformers_logging

    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
