"""The command line: the same engine as the app.

``python -m engine genre|chords|convert|listen|batch|parts|corpus|evaluate|faithfulness|forms|
written|serve``; each explains itself with ``--help``. Bad input is one line on stderr and exit
status 2; a task cancelled with Ctrl-C exits with 130.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine import batch_command, chords_command, corpus_command, export_command, serve_command
from engine.arguments import ArgumentParser
from engine.classifiers import CLASSIFIERS, NAMES
from engine.errors import CancelledError, EngineError, InputError
from engine.evaluation.tasks import TASKS
from engine.files import file_bytes, write_file
from engine.formats import BINARY, READ, WRITTEN
from engine.listening import ENDINGS as LISTENED
from engine.lyrics import Lyrics, language_warning

if TYPE_CHECKING:
    from engine.classifiers.prediction import Prediction

# A file far beyond any lyric is refused before it is read.
MAX_BYTES = 1_000_000


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    _speak_any_terminal()
    try:
        arguments = _parser().parse_args(argv)
        command: Callable[[argparse.Namespace], None] = arguments.command
        command(arguments)
        if sys.stdout is not None:  # pyright: ignore[reportUnnecessaryComparison]
            sys.stdout.flush()
    except CancelledError as error:
        _tell(f"cancelled: {error}")
        return 130
    except EngineError as error:
        _tell(f"error: {error}")
        return 2
    except KeyboardInterrupt:
        _tell("cancelled")
        return 130
    except BrokenPipeError:  # the reader of our output left early, as `head` does
        sys.stdout = None  # type: ignore[assignment]
        return 0
    except OSError as error:  # a full disk under the output, mostly
        sys.stdout = None  # type: ignore[assignment]
        _tell(f"error: the output cannot be written: {error.strerror or error}.")
        return 2
    return 0


def _speak_any_terminal() -> None:
    """Write what a terminal's encoding lacks as escapes, instead of ending with a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog="python -m engine", description="Genre and chords from the words of a song."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    genre = commands.add_parser("genre", help="tell the genre of a lyric")
    _add_lyric_arguments(genre)
    genre.add_argument(
        "--model",
        nargs="+",
        choices=NAMES,
        default=list(CLASSIFIERS),
        metavar="MODEL",
        help=f"models to ask, or parts of them (default: all models): {', '.join(NAMES)}",
    )
    genre.add_argument("--json", action="store_true", help="print JSON instead of a table")
    genre.set_defaults(command=_genre)

    chords = commands.add_parser("chords", help="write chords on a lyric")
    _add_lyric_arguments(chords)
    chords_command.add_arguments(chords)
    export_command.add_arguments(chords)
    chords.add_argument("--to", choices=WRITTEN, default="chordpro", help="output format")
    chords.add_argument("--output", type=Path, help="file to write (default: standard output)")
    chords.set_defaults(command=_chords)

    convert = commands.add_parser("convert", help="write a song in another format")
    convert.add_argument("input", type=Path, help="a song; its ending or content tells the format")
    convert.add_argument("output", type=Path, help="the file to write; its ending tells the format")
    convert.add_argument("--from", dest="source", choices=READ, help="format of the input")
    convert.add_argument("--to", choices=WRITTEN, help="format of the output")
    convert.add_argument("--transpose", type=int, default=0, metavar="SEMITONES")
    export_command.add_arguments(convert)
    convert.set_defaults(command=_convert)

    _add_listen(commands)

    evaluate = commands.add_parser("evaluate", help="measure models on a dataset, append records")
    evaluate.add_argument("--task", choices=list(TASKS), required=True)
    _add_evaluation_arguments(evaluate)
    evaluate.add_argument(
        "--training",
        type=Path,
        help="songs to fit baselines on (default: the file 'train' beside the data)",
    )
    evaluate.add_argument(
        "--scorer", default="minilm-l6", help="BERTScore encoder: minilm-l6 or roberta-large (hub)"
    )

    faithful = commands.add_parser(
        "faithfulness", help="measure whether explanations tell what genre models use"
    )
    _add_evaluation_arguments(faithful)
    faithful.set_defaults(task="faithfulness", scorer="minilm-l6", training=None)

    forms = commands.add_parser(
        "forms", help="measure whether genre models say the same of a song however it is written"
    )
    _add_evaluation_arguments(forms)
    forms.set_defaults(task="forms", scorer="minilm-l6", training=None)

    written = commands.add_parser(
        "written", help="write songs on the words of human songs, and measure what both are like"
    )
    _add_evaluation_arguments(written)
    written.add_argument(
        "--training",
        type=Path,
        help="songs to fit baselines on (default: the file 'train' beside the data)",
    )
    written.set_defaults(task="written", scorer="minilm-l6")

    batch_command.add_parsers(commands)
    corpus_command.add_parser(commands)
    serve_command.add_parser(commands)
    return parser


def _add_listen(commands: Any) -> None:
    listen = commands.add_parser(
        "listen", help="tell tempo, key and chords of a recording (an estimate)"
    )
    listen.add_argument("clip", type=Path, help=f"a recording: {', '.join(LISTENED)}")
    listen.add_argument("--json", action="store_true", help="print JSON, beats and times included")
    listen.set_defaults(command=_listen)


def _add_lyric_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "file", nargs="?", default="-", help="text file, or - for standard input (default)"
    )
    parser.add_argument("--preset", default="embedded", help="embedded or full")


def _add_evaluation_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--data",
        type=Path,
        required=True,
        help="songs with genres (a table, or a folder of ChordPro files such as songbook) or "
        "chords (JSON lines), or the folder of a file 'test'",
    )
    parser.add_argument("--model", nargs="+", help="models and baselines (default: all)")
    parser.add_argument("--preset", default="embedded", help="embedded or full")
    parser.add_argument("--limit", type=int, help="only so many songs, drawn by seed")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--results", type=Path, help="folder of records (default: results)")
    parser.add_argument(
        "--restart", action="store_true", help="do not go on from an interrupted run"
    )
    batch_command.add_cluster_arguments(parser)
    parser.set_defaults(command=_evaluate)


def _genre(arguments: argparse.Namespace) -> None:
    from engine.classifiers import answers
    from engine.models.presets import preset

    preset(arguments.preset)
    lyrics = _read_lyrics(arguments.file)
    predictions = answers(list(dict.fromkeys(arguments.model)), lyrics, arguments.preset)
    if arguments.json:
        print(json.dumps([p.as_dict() for p in predictions], indent=2, ensure_ascii=False))
    else:
        print("\n\n".join(_as_text(p) for p in predictions))


def _as_text(prediction: Prediction) -> str:
    rows = [
        f"  {label:<11}{p:7.1%}  {'█' * round(p * 30)}".rstrip()
        for label, p in prediction.ranked[:5]
    ]
    said = prediction.label
    if prediction.in_doubt:
        said = (
            f"the words do not tell ({' or '.join(label for label, _ in prediction.ranked[:2])}?)"
        )
    head = f"{prediction.model} ({prediction.base}): {said}, {prediction.seconds:.2f} s"
    return "\n".join([head, *rows])


def _chords(arguments: argparse.Namespace) -> None:
    from engine import formats
    from engine.generator import check_lines, checked_genre, load_generator

    # Wishes are checked before words, and both before a model is loaded.
    genre = checked_genre(arguments.genre, arguments.preset) if arguments.genre else None
    controls = chords_command.controls_of(arguments, genre)
    export = export_command.export_of(arguments)
    binary_on_terminal = arguments.to in BINARY and not arguments.output and sys.stdout.isatty()
    if binary_on_terminal:
        raise InputError(f"{arguments.to} is binary; name a file with --output, or redirect.")
    if arguments.output and not arguments.output.absolute().parent.is_dir():
        raise InputError(f"The folder of --output {arguments.output} does not exist.")
    lyrics = _read_lyrics(arguments.file)
    check_lines(lyrics)
    asked = chords_command.asked_of(arguments, lyrics, controls)
    generator = load_generator("tinyllama", arguments.preset)
    sheet = generator.generate(
        lyrics,
        controls,
        progress=_counter("lines"),
        locked=asked.locked,
        places=asked.places,
    )
    if asked.alternatives:
        for one in generator.alternatives(sheet, controls, *asked.alternatives):
            print(f"{one.chord.symbol:<10}{one.probability:7.1%}")
        return
    data = formats.write(sheet, arguments.to, export)
    if arguments.output:
        _write(data, arguments.output, arguments.to)
    else:
        sys.stdout.buffer.write(
            data if data.endswith(b"\n") or arguments.to in BINARY else data + b"\n"
        )
        sys.stdout.buffer.flush()


def _convert(arguments: argparse.Namespace) -> None:
    from engine import formats

    target = arguments.to or formats.format_of(arguments.output.name)
    data = file_bytes(arguments.input, formats.MAX_BYTES)
    source = arguments.source or formats.format_of(arguments.input.name, data)
    export = export_command.export_of(arguments)
    _write(formats.write(formats.read(data, source), target, export), arguments.output, target)
    if lost := formats.loses(target):
        _tell(f"note: {lost}")


def _listen(arguments: argparse.Namespace) -> None:
    from engine.listening import listen
    from engine.listening.clip import MAX_BYTES as MOST

    heard = listen(file_bytes(arguments.clip, MOST))
    if arguments.json:
        print(json.dumps(heard.as_dict(), indent=2, ensure_ascii=False))
        return
    print(f"tempo {heard.tempo:.0f} bpm, {heard.key.name}, {heard.beats_in_bar} beats a bar")
    print(heard.chord_line)
    print(f"progression: {heard.progression}")
    _tell("These are estimates; the tempo may be half or double of what you count.")


def _write(data: bytes, output: Path, format_name: str) -> None:
    from engine import formats

    write_file(output, data)
    _tell(f"wrote {output} ({formats.name(format_name)}, {len(data):,} bytes)")


def _evaluate(arguments: argparse.Namespace) -> None:
    from engine.evaluation.runner import evaluate
    from engine.evaluation.tasks import find_task

    count = _counter("songs")

    def progress(model: str, done: int, total: int) -> None:
        count(done, total, model)

    run = evaluate(
        arguments.task,
        arguments.data,
        arguments.model or find_task(arguments.task).names,
        preset=arguments.preset,
        training=arguments.training,
        limit=arguments.limit,
        seed=arguments.seed,
        scorer=arguments.scorer,
        results=arguments.results,
        resume=not arguments.restart,
        cluster=batch_command.cluster_of(arguments),
        progress=progress,
    )
    for problem in run.problems:
        _tell(f"warning: {problem}")
    for record in run.records:
        interval = "" if record.low is None else f"  [{record.low:.4f}, {record.high:.4f}]"
        print(f"{record.model:<24}{record.metric:<28}{record.value:>10.4f}{interval}")


def _read_lyrics(source: str) -> Lyrics:
    lyrics = Lyrics.parse(_read_bytes(source))
    if warning := language_warning(lyrics):
        _tell(f"warning: {warning}")
    return lyrics


def _read_bytes(source: str) -> bytes:
    if source == "-":
        if sys.stdin is None:  # pyright: ignore[reportUnnecessaryComparison] - closed by the caller
            raise InputError("Standard input is closed; name a file, or give the words through it.")
        data = sys.stdin.buffer.read(MAX_BYTES + 1)
    else:
        return file_bytes(Path(source), MAX_BYTES)
    if len(data) > MAX_BYTES:
        raise InputError(f"The input is larger than {MAX_BYTES:,} bytes; no lyric is that long.")
    return data


def _counter(unit: str) -> Callable[..., None]:
    """Progress on stderr, rewritten in place, only where a person is looking."""

    def show(done: int, total: int, name: str = "") -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{name} {done}/{total} {unit} ".lstrip())
            sys.stderr.write("\n" if done == total else "")
            sys.stderr.flush()

    return show


def _tell(message: Any) -> None:
    print(" ".join(str(message).split()), file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
