"""Which files an evaluation reads: the one that was named, or the one called "test" in a folder.

Where a task takes them, a folder of ChordPro files, such as the songbook, is read as it is.

Nothing is read before it is known to be a regular file of a size that can be taken in: a device or
a pipe would be read without end.
"""

from __future__ import annotations

from pathlib import Path

from engine.corpora.reading import MAX_BYTES
from engine.corpora.songbook import song_files
from engine.errors import InputError
from engine.files import open_file


def evaluated_file(data: Path, extensions: tuple[str, ...], *, sheets: bool = False) -> Path:
    """The file itself, or the one called "test" in a folder.

    With `sheets`, a folder without such a file that holds ChordPro files stands for itself.

    Raises
    ------
    InputError
        If there is no such file, or it is not one that `regular_file` lets be read.
    """
    try:
        folder = data.is_dir()
    except OSError:  # such as a name that is too long: told when it is opened
        folder = False
    if not folder:
        return regular_file(data)
    for ending in extensions:
        if (data / f"test{ending}").is_file():
            return regular_file(data / f"test{ending}")
    if sheets and song_files(data):
        return data
    raise InputError(
        f"The folder '{data.name}' has no file called test{', test'.join(extensions)}."
    )


def training_file(data: Path, training: Path | None) -> Path:
    """The file that baselines are fitted on: the one named, or "train" beside the evaluated one.

    Raises
    ------
    InputError
        If there is none, or it is not one that `regular_file` lets be read.
    """
    if training is not None:
        return regular_file(training)
    if data.is_dir():
        raise InputError("A baseline is fitted when it is evaluated: name its training file.")
    beside = data.with_name(f"train.{data.name.split('.', 1)[1]}")
    if not beside.exists():
        raise InputError(
            f"A baseline is fitted when it is evaluated: name its training file "
            f"(there is no '{beside.name}' beside '{data.name}')."
        )
    return regular_file(beside)


def regular_file(path: Path) -> Path:
    """The path, if it is a regular file of at most as many bytes as a table may have.

    Raises
    ------
    InputError
        If it is not there, is a device, pipe or socket, or is too large.
    """
    open_file(path, MAX_BYTES).close()
    return path
