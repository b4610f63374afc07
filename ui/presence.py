"""Whether the browser tab that asked for something is still open.

A closed or reloaded tab leaves its work behind: nobody will see the result, and others wait for it.
A connection may also be lost for a moment, so a tab counts as gone only after a little patience.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

PATIENCE_SECONDS = 8.0


class Presence:
    """One tab, as `connected` sees it.

    Parameters
    ----------
    connected : callable
        Whether it is connected now; called from any thread.
    patience : float
        Seconds for which a tab may be away.
    """

    def __init__(
        self,
        connected: Callable[[], bool],
        patience: float = PATIENCE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.connected = connected
        self._patience = patience
        self._clock = clock
        self._away_since: float | None = None

    def gone(self) -> bool:
        """Whether it has been away for longer than patience lasts, counted from a first look."""
        if self.connected():
            self._away_since = None
            return False
        if self._away_since is None:
            self._away_since = self._clock()
        return self._clock() - self._away_since > self._patience


def of_this_tab() -> Presence:
    """The tab whose script runs; where no server runs (a test of the script), one that stays."""
    context = get_script_run_ctx()
    if context is None or not runtime.exists():
        return Presence(lambda: True)
    server, session = runtime.get_instance(), context.session_id
    return Presence(lambda: server.is_active_session(session))
