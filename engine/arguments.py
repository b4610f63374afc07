"""Command lines whose mistakes are told in one sentence, as all other bad input is."""

from __future__ import annotations

import argparse
from typing import NoReturn

from engine.errors import InputError
from engine.plain_text import one_line


class ArgumentParser(argparse.ArgumentParser):
    """Python's own, but for mistakes: it raises `InputError` where that prints usage and leaves.

    Commands below it (``add_subparsers``) do so too.
    """

    @property
    def options(self) -> list[argparse.Action]:
        """What may be named on it, beside ``--help``, in order."""
        return [action for action in self._actions if action.dest != "help"]

    def error(self, message: str) -> NoReturn:
        """What argparse calls when the words of a command line do not fit.

        Raises
        ------
        InputError
            Always; its message is argparse's, made a sentence.
        """
        told = one_line(message)
        raise InputError(f"{told[:1].upper()}{told[1:]}; --help tells what is accepted.")
