"""Keeping libraries quiet on the user's terminal."""

from __future__ import annotations

from functools import cache


@cache
def quiet_libraries() -> None:
    """Keep loading bars, load reports and notices meant for developers off the user's terminal.

    Called before the libraries are imported, since one speaks on import. Their errors still come
    through; our own progress goes through `Progress`.
    """
    import logging
    import warnings

    for name in ("bitsandbytes", "peft"):
        logging.getLogger(name).setLevel(logging.ERROR)
    # peft still asks transformers by names that its next major version drops.
    warnings.filterwarnings("ignore", category=FutureWarning, module="transformers")
    from transformers.utils import logging as transformers_logging

    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
