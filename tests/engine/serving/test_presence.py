from __future__ import annotations

from engine.serving.presence import Presence


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_tab_is_gone_only_after_patience_and_comes_back() -> None:
    clock, there = Clock(), [True]
    tab = Presence(lambda: there[0], patience=5, clock=clock)

    there[0] = False
    assert not tab.gone()
    clock.now = 4
    assert not tab.gone()
    there[0] = True
    assert not tab.gone()
    there[0] = False
    assert not tab.gone(), "away anew: patience begins anew"
    clock.now = 9.5
    assert tab.gone()
