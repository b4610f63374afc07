"""The HTTP interface: the command line's answers for other programs, off until it is started.

``python -m engine serve`` starts it. `bodies` are what may be asked, made from the command line's
own options; `answers` asks the models; `service` waits for them; `requests` bounds and logs each
request; `refusals` are the sentences; `server` ends in good order. FastAPI and its page of
documentation are an optional group (``requirements-server.txt``).
"""

from __future__ import annotations

from importlib.util import find_spec

HOW_TO_ADD = (
    "The HTTP interface is an optional part; "
    ".venv/bin/python -m pip install -r requirements-server.txt adds it."
)


def available() -> bool:
    """Whether the optional group is installed."""
    names = ("fastapi", "fastapi_offline", "uvicorn", "python_multipart")
    return all(find_spec(name) is not None for name in names)
