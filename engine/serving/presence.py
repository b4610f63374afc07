"""Whether whoever asked for something is still there to see the answer.

A closed tab or a caller that hung up leaves its work behind: nobody will see the result, and others
wait for it. A connection may also be lost for a moment, so one counts as gone only after a little
patience.
"""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE_SECONDS = 8.0


class Presence:
    """One visitor, as `connected` sees it.

    Parameters
    ----------
    connected : callable
        Whether it is connected now; called from any thread.
    patience : float
        Seconds for which it may be away.
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
