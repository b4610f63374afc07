"""A visitor without a browser: Streamlit's own messages over its websocket, fifty to a process.

It keeps what the browser would: which widgets stand on the page (by their ``key=``), what was typed
into them, which parts of the page run again by themselves. It draws nothing.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

_KEY = re.compile(r"\$\$ID-[0-9a-f]+-(.+)\Z", re.DOTALL)
_FINISHED = {ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY}
_ERROR = 1  # the format of an alert


class Visitor:
    """One browser tab.

    Attributes
    ----------
    elements : dict
        What stands on the page: place to element.
    pages : dict
        The menu: address to the page's number.
    """

    def __init__(self, address: str, hear: Callable[[bytes], None] = lambda _data: None) -> None:
        self._address = address.replace("http", "ws", 1) + "/_stcore/stream"
        self._hear = hear
        self.elements: dict[tuple[int, ...], Any] = {}
        self.pages: dict[str, str] = {}
        self._tabs: dict[str, str] = {}
        self._runs: dict[tuple[int, ...], int] = {}
        self._run = 0
        self._values: dict[str, Any] = {}
        self._page = ""
        self._running = False
        self._polls: dict[str, tuple[int, asyncio.Task[None]]] = {}
        self._changed = asyncio.Condition()
        self._socket: ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Come to the first page."""
        self._socket = await connect(
            self._address,
            subprotocols=["streamlit"],
            max_size=None,
            open_timeout=120,  # type: ignore[list-item]
        )
        self._reader = asyncio.create_task(self._read(self._socket))
        await self._rerun()

    async def close(self) -> None:
        """Close the tab, whatever is under way."""
        for fragment in list(self._polls):
            self._end_poll(fragment)
        if self._reader:
            self._reader.cancel()
        if self._socket:
            await self._socket.close()

    async def go(self, page: str) -> None:
        """Open a page by its address in the menu."""
        self._page = self.pages[page]
        self._values.clear()
        self._tabs.clear()
        for fragment in list(self._polls):
            self._end_poll(fragment)
        await self._rerun()

    async def click(self, key: str) -> None:
        """Press a button; what was typed goes with it."""
        await self._rerun(pressed=self._id(key))

    async def open_tab(self, key: str, label: str) -> None:
        """Open one of the tabs on a page."""
        self._values[self._tabs[key]] = label
        await self._rerun()

    def type(self, key: str, text: str) -> None:
        """Put text into a box; it is sent with the next click."""
        self._values[self._id(key)] = text

    async def until(self, true: Callable[[], object], seconds: float, what: str) -> None:
        """Wait until that is so on the page, and its script rests."""
        async with self._changed:
            try:
                async with asyncio.timeout(seconds):
                    await self._changed.wait_for(lambda: not self._running and true())
            except TimeoutError:
                raise TimeoutError(f"no {what} within {seconds:g} s; {self._seen()}") from None

    def has(self, key: str) -> bool:
        """Whether a widget stands on the page that can be used."""
        found = self._widgets(key)
        return bool(found) and not getattr(found[0], "disabled", False)

    def all(self, kind: str) -> list[Any]:
        """What stands on the page of one kind: ``"metric"``, ``"progress"``, in no order."""
        return [
            getattr(element, kind)
            for element in self.elements.values()
            if element.WhichOneof("type") == kind
        ]

    @property
    def problems(self) -> list[str]:
        """Errors on the page, in the page's words."""
        alerts = [alert.body for alert in self.all("alert") if alert.format == _ERROR]
        return alerts + [f"{one.type}: {one.message}" for one in self.all("exception")]

    async def _rerun(self, pressed: str = "", fragment: str = "", *, poll: bool = False) -> None:
        assert self._socket is not None, "open() comes first"  # noqa: S101
        message = BackMsg()
        state = message.rerun_script
        state.page_script_hash, state.fragment_id, state.is_auto_rerun = self._page, fragment, poll
        state.widget_states.SetInParent()
        for identity, value in self._values.items():
            state.widget_states.widgets.add(id=identity, string_value=value)
        if pressed:
            state.widget_states.widgets.add(id=pressed, trigger_value=True)
        if not poll:
            self._running = True
        await self._socket.send(message.SerializeToString())

    async def _read(self, socket: ClientConnection) -> None:
        async for data in socket:
            assert isinstance(data, bytes)  # noqa: S101
            self._hear(data)
            message = ForwardMsg.FromString(data)
            self._take(message)
            async with self._changed:
                self._changed.notify_all()

    def _take(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self._run += 1
            self._running = True
            self._page = message.new_session.page_script_hash
        elif kind == "navigation":
            self.pages = {
                page.url_pathname: page.page_script_hash for page in message.navigation.app_pages
            }
        elif kind == "delta":
            self._draw(tuple(message.metadata.delta_path), message.delta)
        elif kind == "auto_rerun":
            self._poll(message.auto_rerun.fragment_id, message.auto_rerun.interval)
        elif kind == "stop_auto_rerun":
            for fragment in message.stop_auto_rerun.fragment_ids:
                self._end_poll(fragment)
        elif kind == "script_finished" and message.script_finished in _FINISHED:
            if message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                self._forget_old()
            self._running = False

    def _draw(self, place: tuple[int, ...], delta: Any) -> None:
        if delta.WhichOneof("type") == "add_block":
            # What was below it is drawn anew.
            for other in [one for one in self.elements if one[: len(place)] == place]:
                del self.elements[other]
            if delta.add_block.WhichOneof("type") == "tab_container":
                identity = delta.add_block.tab_container.id
                if match := _KEY.match(identity):
                    self._tabs[match[1]] = identity
            return
        if delta.WhichOneof("type") == "new_element":
            self.elements[place] = delta.new_element
            self._runs[place] = self._run

    def _forget_old(self) -> None:
        """What the last whole run did not draw is gone."""
        for place in [one for one in self.elements if self._runs[one] != self._run]:
            del self.elements[place]
        for fragment in [one for one, (run, _) in self._polls.items() if run != self._run]:
            self._end_poll(fragment)

    def _poll(self, fragment: str, seconds: float) -> None:
        self._end_poll(fragment)

        async def again() -> None:
            while True:
                await asyncio.sleep(seconds)
                if not self._running:
                    await self._rerun(fragment=fragment, poll=True)

        self._polls[fragment] = self._run, asyncio.create_task(again())

    def _end_poll(self, fragment: str) -> None:
        if old := self._polls.pop(fragment, None):
            old[1].cancel()

    def _widgets(self, key: str) -> list[Any]:
        found: list[Any] = []
        for element in self.elements.values():
            widget = getattr(element, element.WhichOneof("type") or "empty")
            match = _KEY.match(getattr(widget, "id", ""))
            if match and match[1] == key:
                found.append(widget)
        return found

    def _id(self, key: str) -> str:
        found = self._widgets(key)
        if not found:
            raise LookupError(f"no '{key}' on the page; {self._seen()}")
        return str(found[0].id)

    def _seen(self) -> str:
        keys = [
            match[1]
            for element in self.elements.values()
            if (
                match := _KEY.match(
                    getattr(getattr(element, element.WhichOneof("type") or "empty"), "id", "")
                )
            )
        ]
        return f"running: {self._running}; problems: {self.problems}; widgets: {', '.join(keys)}"
