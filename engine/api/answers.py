"""The answers themselves: what the command line does, with models asked through their queues."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool

from engine import chords_command, export_command, formats
from engine.api.bodies import GenreRequest, LyricRequest, arguments_of
from engine.lyrics import Lyrics, language_warning
from engine.serving.models import GENERATOR

if TYPE_CHECKING:
    from pydantic import BaseModel
    from starlette.requests import Request

    from engine.api.service import Service
    from engine.classifiers.prediction import Prediction
    from engine.formats.export import Export
    from engine.music.lead_sheet import LeadSheet
    from engine.serving.queues import Job

POOL = "combined"


async def genre(service: Service, request: Request, body: GenreRequest) -> dict[str, Any]:
    """What models say of a lyric, in the order they are named."""
    lyric, warning = await run_in_threadpool(_read, body.lyric)
    names = list(dict.fromkeys(str(name) for name in body.models))
    request.scope["told"] |= {"models": names, "words": len(lyric.words)}
    pool = await run_in_threadpool(_pool, service.models.preset) if POOL in names else None
    asked = dict.fromkeys([*names, *(pool.weights if pool else ())])
    asked.pop(POOL, None)
    jobs = service.models.asked_genre(list(asked), lyric)
    said: dict[str, Prediction] = await service.results(request, jobs)
    answers = [
        pool.pooled(list(said.values())) if pool and name == POOL else said[name] for name in names
    ]
    return {"answers": [answer.as_dict() for answer in answers], "warning": warning}


async def chords(
    service: Service, request: Request, body: LyricRequest
) -> tuple[bytes | list[dict[str, Any]], str | None]:
    """A lyric with chords as a file, or other chords for one place of it; and a warning."""
    from engine.generator import check_lines, checked_genre

    arguments = arguments_of(body)
    preset = service.models.preset

    def checked() -> tuple[Any, ...]:
        # Wishes are checked before words, as on the command line.
        genre = checked_genre(arguments.genre, preset) if arguments.genre else None
        controls = chords_command.controls_of(arguments, genre)
        export = export_command.export_of(arguments)
        lyric, warning = _read(body.lyric)
        check_lines(lyric)
        return controls, export, lyric, warning, chords_command.asked_of(arguments, lyric, controls)

    controls, export, lyric, warning, asked = await run_in_threadpool(checked)
    request.scope["told"] |= {"format": arguments.to, "words": len(lyric.words)}

    def task(job: Job[Any]) -> LeadSheet | list[dict[str, Any]]:
        generator = service.models.generator()
        sheet = generator.generate(
            lyric,
            controls,
            progress=job.report,
            cancelled=job.cancelled,
            locked=asked.locked,
            places=asked.places,
        )
        if not asked.alternatives:
            return sheet
        return [
            {"chord": one.chord.symbol, "probability": one.probability}
            for one in generator.alternatives(sheet, controls, *asked.alternatives)
        ]

    written = await service.result(request, service.models.queue(GENERATOR).submit("Chords", task))
    if isinstance(written, list):
        return written, warning
    return await _file(service, request, written, arguments.to, export), warning


async def converted(
    service: Service, request: Request, name: str, data: bytes, options: BaseModel
) -> bytes:
    """A song in another format."""
    arguments = arguments_of(options)
    export = export_command.export_of(arguments)
    source: str = arguments.source or formats.format_of(name, data)
    request.scope["told"] |= {"from": source, "format": arguments.to, "bytes": len(data)}

    def task(_job: Job[bytes]) -> bytes:
        return formats.write(formats.read(data, source), arguments.to, export)

    return await service.result(request, service.conversions.submit("Conversion", task))


async def _file(
    service: Service, request: Request, sheet: LeadSheet, to: str, export: Export
) -> bytes:
    job = service.conversions.submit("Writing", lambda _job: formats.write(sheet, to, export))
    return await service.result(request, job)


def _read(text: str) -> tuple[Lyrics, str | None]:
    lyric = Lyrics.parse(text)
    return lyric, language_warning(lyric)


def _pool(preset: str) -> Any:
    from engine.classifiers.combined import read_pool
    from engine.models.presets import slot

    return read_pool(slot(POOL, preset))
