from __future__ import annotations

from typing import Any

import pytest

from ui import presence


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
