"""Whether the browser tab whose script runs is still open."""

from __future__ import annotations

from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from engine.serving.presence import Presence


def of_this_tab() -> Presence:
    """The tab whose script runs; where no server runs (a test of the script), one that stays."""
    context = get_script_run_ctx()
    if context is None or not runtime.exists():
        return Presence(lambda: True)
    server, session = runtime.get_instance(), context.session_id
    return Presence(lambda: server.is_active_session(session))
