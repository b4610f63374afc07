"""Requests over HTTP: any body is answered, by an answer or by one sentence, never by a 500."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from engine.classifiers.prediction import GENRES, Prediction
from engine.music.chord import Chord
from engine.music.key import KEYS
from engine.music.lead_sheet import LeadSheet, Line, PlacedChord
from tests.fuzz import seeds
from tests.fuzz.damage import damaged, damaged_json
from tests.fuzz.fuzzing import Target, wrong_sentence

if TYPE_CHECKING:
    from engine.lyrics import Lyrics

_BOUNDARY = b"--b"
_REFUSED = {400, 404, 405, 408, 413, 422}


class _Classifier:
    """Answers at once."""

    def predict(self, lyrics: list[Lyrics]) -> list[Prediction]:
        for lyric in lyrics:
            lyric.text.encode()
        share = tuple(1 / len(GENRES) for _ in GENRES)
        return [Prediction("llama", "none", tuple(GENRES), share, 0.0) for _ in lyrics]


class _Generator:
    """Writes C on each line, at once."""

    def generate(self, lyric: Lyrics, controls: Any, **_: Any) -> LeadSheet:
        chord = (PlacedChord(0, Chord.parse("C")),)
        lines = tuple(
            Line(line.words, chord, line.section, line.stanza, line.number) for line in lyric.lines
        )
        key = controls.key or KEYS[0]
        return LeadSheet(title=controls.title, key=key, lines=lines, tempo=controls.tempo or 100)

    def alternatives(self, *_: Any) -> list[Any]:
        return []


@cache
def _app() -> Any:
    from engine.api.app import made
    from engine.api.service import Bounds, Service
    from engine.serving.models import ServedModels

    class Models(ServedModels):
        def classifier(self, name: str) -> Any:
            return _Classifier()

        def generator(self, name: str = "") -> Any:
            return _Generator()

    # Its own lines about broken forms would fill the screen.
    logging.getLogger("python_multipart").setLevel(logging.CRITICAL)
    return made(Service(Models(), Bounds(seconds=20, body_bytes=150_000)))


@cache
def _loop() -> asyncio.AbstractEventLoop:
    return asyncio.new_event_loop()


async def _answered(path: str, query: bytes, kind: bytes, body: bytes) -> tuple[int, bytes]:
    messages = [{"type": "http.request", "body": body, "more_body": False}]
    sent: list[Any] = []

    async def receive() -> Any:
        if messages:
            return messages.pop()
        await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query,
        "root_path": "",
        "scheme": "http",
        "headers": [(b"content-type", kind), (b"host", b"localhost")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    await _app()(scope, receive, send)
    return sent[0]["status"], b"".join(one.get("body", b"") for one in sent[1:])


def _check(status: int, body: bytes) -> None:
    if status == 200:
        return
    told = json.loads(body)
    assert status in _REFUSED, f"{status}: {told}"
    assert not wrong_sentence(told["error"]), told


def json_to(path: str) -> Callable[[bytes], None]:
    """Sends JSON to an address."""

    def read(data: bytes) -> None:
        _check(*_loop().run_until_complete(_answered(path, b"", b"application/json", data)))

    return read


def convert(data: bytes) -> None:
    """A file to be converted: the options stand on the first line, the form behind it."""
    query, _, form = data.partition(b"\n")
    kind = b"multipart/form-data; boundary=b"
    query = bytes(byte for byte in query if 32 < byte < 127)
    _check(*_loop().run_until_complete(_answered("/v1/convert", query, kind, form)))


def _forms() -> list[bytes]:
    song = seeds.songs("chordpro")[0]
    head = b'Content-Disposition: form-data; name="file"; filename="a.cho"\r\n\r\n'
    form = b"--b\r\n" + head + song + b"\r\n--b--\r\n"
    queries = (
        b"to=text",
        b"to=json&from=chordpro&capo=2&transpose=-3",
        b"to=ireal&names=nashville",
    )
    return [query + b"\n" + form for query in queries]


_WISHES = {
    "lyric": "[Verse]\nthe rain came down\non the river\n\n[Chorus]\nmorning light",
    "key": "G",
    "genre": "folk",
    "tempo": 120,
    "time": "6/8",
    "per_line": 2,
    "complexity": "triads",
    "temperature": 0.5,
    "variety": 0.5,
    "borrowed": 1,
    "fast": True,
    "allow": "C,G,Am",
    "form": None,
    "numerals": ["verse=I V vi IV", "line 2=C; G"],
    "cadence": ["end=plagal"],
    "seed": 3,
    "title": "Rain",
    "like": ["chorus=verse 1"],
    "unlike": ["verse"],
    "key_of": ["chorus=A"],
    "lock": ["1=C@1 G7@2", "2:1=Am7"],
    "alternatives": None,
    "capo": 2,
    "names": "roman",
    "to": "chordpro",
}
REQUESTS = {
    "http-genre": Target(
        json_to("/v1/genre"),
        lambda: [
            json.dumps({"lyric": "rain on the road", "models": ["llama", "combined"]}).encode()
        ],
        damaged_json,
        share=150,
        needs="fastapi",
    ),
    "http-chords": Target(
        json_to("/v1/chords"),
        lambda: [json.dumps(_WISHES).encode()],
        damaged_json,
        share=250,
        needs="fastapi",
    ),
    "http-convert": Target(convert, _forms, damaged, share=100, needs="fastapi"),
}
