"""What may be asked over HTTP: fields made from the options of the command line.

So a wish that the command line learns is a field here at once, with the same name, the same bounds
and the same words to explain it.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from engine import chords_command, export_command
from engine.arguments import ArgumentParser
from engine.classifiers import CLASSIFIERS, NAMES
from engine.formats import READ, WRITTEN

_MOST_OF_A_LIST = 200


class _Asked(BaseModel):
    """Nothing that is not known: a misspelt field is told, not passed over."""

    model_config = ConfigDict(extra="forbid")


class LyricRequest(_Asked):
    """The words of a song."""

    lyric: str = Field(description="the words of the song, with headings such as [Chorus]")


class GenreRequest(LyricRequest):
    """A lyric, and the models to ask."""

    models: list[Literal[NAMES]] = Field(  # pyright: ignore[reportInvalidTypeForm] - from a table
        default=list(CLASSIFIERS),
        min_length=1,
        max_length=len(NAMES),
        description="models, or parts of them",
    )


class GenreAnswers(BaseModel):
    """What the models say, each as the command line's JSON has it."""

    answers: list[dict[str, Any]]
    warning: str | None = Field(description="a sentence, if the lyric does not look English")


class Alternatives(BaseModel):
    """Chords for one place, the likeliest first."""

    alternatives: list[dict[str, Any]]


class Refusal(BaseModel):
    """Why a request is not answered, in one sentence."""

    error: str
    request: str = Field(description="the request's id, as in the header X-Request-ID")


def arguments_of(body: BaseModel) -> argparse.Namespace:
    """The options of a request as the command line's own functions take them."""
    return argparse.Namespace(**body.model_dump())


def _fields(*options: Any) -> dict[str, Any]:
    """Fields for the options that these functions add to a command line."""
    parser = ArgumentParser()
    for add in options:
        add(parser)
    return {action.dest: _field(action) for action in parser.options}


def _field(action: argparse.Action) -> tuple[Any, Any]:
    told = Field(default=action.default, description=action.help)
    if action.nargs == 0:  # a switch
        return bool, told
    kind: Any = action.type or str
    if action.choices is not None:
        kind = _one_of(action.choices)
    if isinstance(action.default, list):
        many = Field(default=[], max_length=_MOST_OF_A_LIST, description=action.help)
        return list[kind], many
    return (kind, told) if action.default is not None else (kind | None, told)


def _one_of(names: Iterable[str]) -> Any:
    return Literal[tuple(names)]


_MADE: Any = create_model  # its own types leave no room for fields that are found out
CHORDS_REQUEST: type[LyricRequest] = _MADE(
    "ChordsRequest",
    __base__=LyricRequest,
    __doc__="A lyric, the wishes for its chords, and how the song is to be written.",
    **_fields(chords_command.add_arguments, export_command.add_arguments),
    to=(_one_of(WRITTEN), Field("chordpro", description="output format")),
)
CONVERT_OPTIONS: type[_Asked] = _MADE(
    "ConvertOptions",
    __base__=_Asked,
    __doc__="How the song is to be written, and which formats are meant.",
    source=(
        _one_of(READ) | None,
        Field(None, alias="from", description="format of the input (default: by the file)"),
    ),
    transpose=(int, Field(0, description="semitones up")),
    to=(_one_of(WRITTEN), Field(description="output format")),
    **_fields(export_command.add_arguments),
)
