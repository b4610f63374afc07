"""Songs that are files each: a folder, or a zip, of ChordPro and plain text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from engine.corpora.store.schema import LEAD_SHEET, song_row, sung
from engine.corpora.store.writing import Bad, Reached, writing
from engine.errors import InputError, quoted
from engine.files import file_bytes, megabytes, member_bytes, opened_zip
from engine.lyrics import Lyrics
from engine.music.lead_sheet import LeadSheet

CHORDPRO = (".cho", ".chordpro", ".chopro", ".crd", ".pro")
TEXT = (".txt", ".text")
MAX_FILES = 20_000
MAX_FILE_BYTES = 2**20
MAX_BYTES = 200 * 2**20

Read = Callable[[], bytes]


@dataclass(frozen=True)
class SongFile:
    """One file: its name, and how its bytes are read."""

    name: str
    read: Read


def files_in_folder(folder: Path) -> list[SongFile]:
    """The song files of a folder and of those below it, in the order of their names."""
    found = sorted(path for path in folder.rglob("*") if _is_song(path.name) and path.is_file())
    _refuse_too_many(str(folder), len(found))
    return [
        SongFile(path.relative_to(folder).as_posix(), lambda path=path: _of_path(path))
        for path in found
    ]


def files_in_zip(name: str, data: bytes) -> list[SongFile]:
    """The song files of a zip, in the order of their names.

    Raises
    ------
    InputError
        If it is no whole zip, or unpacks to more than is read.
    """
    packed = opened_zip(data, quoted(name))
    members = sorted(
        (one for one in packed.infolist() if not one.is_dir() and _is_song(one.filename)),
        key=lambda one: one.filename,
    )
    _refuse_too_many(quoted(name), len(members))
    if (size := sum(one.file_size for one in members)) > MAX_BYTES:
        raise InputError(
            f"{quoted(name)} unpacks to {megabytes(size)}; at most {megabytes(MAX_BYTES)} are read."
        )
    return [
        SongFile(one.filename, lambda one=one: member_bytes(packed, one, MAX_FILE_BYTES))
        for one in members
    ]


def store_of_files(files: Iterable[SongFile], store: Path, name: str) -> None:
    """Make a store of song files; those that cannot be read are among what could not be read.

    Raises
    ------
    InputError
        If there is no song in them.
    """
    rows: list[dict[str, Any]] = []
    bad: list[Bad] = []
    for number, file in enumerate(files, start=1):
        try:
            rows.append(_row(file))
        except InputError as error:
            bad.append(Bad(file.name, number, str(error)))
    if not rows:
        why = f" ({bad[0].file}: {bad[0].reason})" if bad else ""
        raise InputError(
            f"{quoted(name)} holds no song; ChordPro ({', '.join(CHORDPRO)}) and text "
            f"({', '.join(TEXT)}) are read{why}."
        )
    identity = {"kind": "files", "names": [row["id"] for row in rows], "sums": _sums(rows)}
    with writing(store, identity) as writer:
        if not writer.has_read(name):
            with writer.batch(name, Reached(0, len(rows))):
                writer.add_songs(rows)
                writer.add_bad(bad)
        writer.tell(kind="files", name=name, source=name)


def sheet_row(sheet: LeadSheet, identity: str) -> dict[str, Any]:
    """A lead sheet as the table of songs holds it."""
    from engine.formats import json_format

    lyrics = "\n".join(_lines(sheet))
    told = sung(lyrics)
    return song_row(
        id=identity,
        title=sheet.title,
        artist=sheet.artist or "",
        genre=sheet.genre or "",
        tags=[sheet.genre] if sheet.genre else [],
        key=sheet.key.name,
        notation=LEAD_SHEET,
        lyrics=lyrics,
        sung=told.text,
        words=told.words,
        lines=told.lines,
        sheet=json_format.write(sheet).decode(),
    )


def _lines(sheet: LeadSheet) -> Iterator[str]:
    """The words with headings in brackets and a blank line between stanzas."""
    before: tuple[int, str] | None = None
    for line in sheet.lines:
        if not line.words:
            continue
        here = (line.stanza, line.heading)
        if here != before:
            if before is not None:
                yield ""
            if line.section:
                yield f"[{line.heading}]"
        before = here
        yield " ".join(line.words)


def _row(file: SongFile) -> dict[str, Any]:
    data = file.read()
    stem = PurePosixPath(file.name).stem.replace("_", " ").strip()
    if PurePosixPath(file.name).suffix.lower() in CHORDPRO:
        from dataclasses import replace

        from engine.formats import chordpro

        sheet = chordpro.read(data)
        return sheet_row(sheet if sheet.title else replace(sheet, title=stem), file.name)
    parsed = Lyrics.parse(data)
    text = data.decode("utf-8-sig", "replace").replace("\r\n", "\n").strip()
    return song_row(
        id=file.name,
        title=stem,
        lyrics=text,
        sung=parsed.text.lower().replace("’", "'"),
        words=len(parsed.words),
        lines=len(parsed.lines),
    )


def _sums(rows: list[dict[str, Any]]) -> str:
    import hashlib

    digest = hashlib.sha256()
    for row in rows:
        digest.update(f"{row['lyrics']}\0{row['sheet']}\0".encode("utf-8", "replace"))
    return digest.hexdigest()


def _is_song(name: str) -> bool:
    path = PurePosixPath(name)
    hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
    return not hidden and path.suffix.lower() in (*CHORDPRO, *TEXT)


def _refuse_too_many(name: str, count: int) -> None:
    if count > MAX_FILES:
        raise InputError(f"{name} holds {count:,} song files; at most {MAX_FILES:,} are read.")


def _of_path(path: Path) -> bytes:
    return file_bytes(path, MAX_FILE_BYTES)
