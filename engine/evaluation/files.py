"""Which files an evaluation reads: the one that was named, or the one called "test" in a folder.

Nothing is read before it is known to be a regular file of a size that can be taken in: a device or
a pipe would be read without end.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from engine.corpora.reading import MAX_BYTES
from engine.errors import InputError


def evaluated_file(data: Path, extensions: tuple[str, ...]) -> Path:
    """The file itself, or the one called "test" in a folder.

    Raises
    ------
    InputError
        If there is no such file, or it is not one that `regular_file` lets be read.
    """
    if not _is_folder(data):
        return regular_file(data)
    for ending in extensions:
        if (data / f"test{ending}").is_file():
            return regular_file(data / f"test{ending}")
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
    found = _status(path)
    if not stat.S_ISREG(found.st_mode):
        raise InputError(f"'{path}' is not a regular file; a device or pipe is not read.")
    if found.st_size > MAX_BYTES:
        raise InputError(
            f"'{path}' has {found.st_size / 2**20:,.0f} MB; "
            f"at most {MAX_BYTES // 2**20} MB are accepted."
        )
    return path


def _is_folder(path: Path) -> bool:
    return stat.S_ISDIR(_status(path).st_mode)


def _status(path: Path) -> os.stat_result:
    try:
        return path.stat()
    except ValueError:  # a NUL character
        raise InputError("A path holds no NUL character; name a file on this machine.") from None
    except OSError as error:
        raise InputError(f"'{str(path)[:200]}' cannot be read ({error.strerror}).") from None
