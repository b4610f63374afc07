"""A message is one line that can be printed, whatever of a stranger's it repeats."""

from __future__ import annotations

import pytest

from engine.errors import LONGEST, EngineError, InputError


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("The key 'H' is none.", "The key 'H' is none."),
        ("No type \x0f\nis known: \ud800.", "No type is known: ."),
        ("\u202eIt is turned.", "It is turned."),
    ],
)
def test_controls_and_line_ends_are_left_out(message: str, shown: str) -> None:
    assert str(InputError(message)) == shown


def test_what_is_endless_is_cut() -> None:
    assert len(str(EngineError("a" * 10**6))) == LONGEST
