"""What of a hostile text is still alive in anything a page sends to the browser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from streamlit.testing.v1 import AppTest

MARK = "stranger"
HOSTILE = (
    f"![{MARK}](http://evil/{MARK}.png) [{MARK}](javascript:alert(1)) <img src=x onerror={MARK}> "
    f"${MARK}$ :red[{MARK}] :material/home: `{MARK}` www.{MARK}.example \u202e{MARK}\n# {MARK} "
    f"**{MARK}** :smile:"
)
LIVE = (
    f"![{MARK}]",
    f"[{MARK}](",
    " <img",
    f"${MARK}$",
    ":red[",
    ":material/",
    ":smile:",
    f"`{MARK}`",
    f"www.{MARK}",
    "http://",
    "javascript:alert",
    "\u202e",
    f"\n# {MARK}",
    f"**{MARK}**",
)
# Fields that Streamlit shows as they are, or that are not shown.
LETTERS = {
    ("Text", "body"),
    ("Code", "code_text"),
    ("Json", "body"),
    ("TextArea", "default"),
    ("TextArea", "value"),
    ("TextInput", "default"),
    ("TextInput", "value"),
    ("Selectbox", "options"),
    ("Selectbox", "raw_value"),
    ("MultiSelect", "options"),
    ("MultiSelect", "raw_values"),
    ("PlotlyChart", "config"),
    ("PlotlyChart", "alt"),
    ("Dataframe", "alt"),
    ("Audio", "alt"),
    ("Dataframe", "columns"),
}
SEEN_APART = {("Html", "body"), ("PlotlyChart", "spec")}


def live(app: AppTest) -> list[str]:
    """Where a piece of `HOSTILE` would be obeyed: message, field, and the text."""
    found: list[str] = []
    for message, field, text in texts(app):
        if MARK not in text:
            continue
        if (message, field) == ("Html", "body"):
            obeyed = tags(text) & {"a", "img", "script", "iframe"}
        elif (message, field) == ("PlotlyChart", "spec"):
            obeyed = {one for one in strings(json.loads(text)) if MARK in one and "<img" in one}
        elif (message, field) == ("BidiComponent", "json"):
            # A figure to be saved is drawn by plotly; all else our components draw as letters.
            figure = json.loads(json.loads(text).get("figure", "null"))
            obeyed = {one for one in strings(figure) if MARK in one and "<img" in one}
        elif (message, field) in LETTERS or field in {"id", "key", "element_id"}:
            continue
        else:
            obeyed = {piece for piece in LIVE if piece in text}
        if obeyed:
            found.append(f"{message}.{field}: {sorted(obeyed)} in {text!r}")
    return found


def shows(app: AppTest) -> bool:
    """Whether any of the hostile text came to the page at all."""
    return any(MARK in text for _, _, text in texts(app))


def texts(app: AppTest) -> Iterator[tuple[str, str, str]]:
    """(message, field, text) of everything the page sends."""
    for node in app._tree:
        yield from of_message(getattr(node, "proto", None))


def of_message(message: Any) -> Iterator[tuple[str, str, str]]:
    if not isinstance(message, Message):
        return
    name = message.DESCRIPTOR.name
    for field, value in message.ListFields():
        many = value if field.is_repeated else [value]
        for one in many:
            if field.type == FieldDescriptor.TYPE_STRING and isinstance(one, str):
                yield name, field.name, one
            elif field.type == FieldDescriptor.TYPE_MESSAGE:
                yield from of_message(one)


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from strings([*value, *value.values()])
    elif isinstance(value, list):
        for one in value:
            yield from strings(one)


def tags(html: str) -> set[str]:
    found: set[str] = set()

    class Parser(HTMLParser):
        def handle_starttag(self, tag: str, attrs: Any) -> None:
            found.add(tag)

    Parser().feed(html)
    return found
