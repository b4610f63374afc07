from __future__ import annotations

from typing import Any

import pytest

from ui import presence
from ui.presence import Presence


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


def test_where_no_server_runs_the_tab_stays() -> None:
    assert not presence.of_this_tab().gone()


def test_the_server_says_which_sessions_have_a_tab(monkeypatch: pytest.MonkeyPatch) -> None:
    active = {"mine"}

    class Server:
        def is_active_session(self, session: str) -> bool:
            return session in active

    class Context:
        session_id = "mine"

    monkeypatch.setattr(presence, "get_script_run_ctx", Context)
    monkeypatch.setattr(presence.runtime, "exists", lambda: True)
    monkeypatch.setattr(presence.runtime, "get_instance", Server)
    tab: Any = presence.of_this_tab()

    assert tab.connected()
    active.clear()
    assert not tab.connected()
