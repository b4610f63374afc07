"""Lead sheets to a table of songs, and filters over such a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from engine.music.lead_sheet import LeadSheet

# "lyrics" as they were written, "sung" as models read them: without headings and remarks.
COLUMNS = ("title", "artist", "year", "genre", "lyrics", "sung", "words", "lines")


def songs_table(sheets: Iterable[LeadSheet]) -> pd.DataFrame:
    """One row a lead sheet: `COLUMNS`, then ``key``, ``time_signature``, ``tempo``, ``chords``.

    Lines played without singing are left out of ``lyrics``; ``chords`` counts placed chords.
    """
    return frame(_sheet_row(sheet) for sheet in sheets)


def frame(rows: Iterable[dict[str, Any]]) -> pd.DataFrame:
    """Rows as a table of songs: every column of `COLUMNS` there, ``year`` a nullable integer.

    Rows without ``sung`` are sung as they were written.
    """
    import pandas as pd

    table = pd.DataFrame(list(rows))
    if "sung" not in table and "lyrics" in table:
        table["sung"] = table["lyrics"]
    for name in COLUMNS:
        if name not in table:
            table[name] = None
    table["year"] = table["year"].astype("Int64")
    for name in ("words", "lines"):
        table[name] = table[name].fillna(0).astype("int64")
    for name in ("title", "artist", "genre", "lyrics", "sung"):
        table[name] = table[name].astype("str").where(table[name].notna(), "")
    others = [name for name in table.columns if name not in COLUMNS]
    return table.reindex(columns=[*COLUMNS, *others])


def filtered(
    songs: pd.DataFrame,
    genres: Sequence[str] = (),
    years: tuple[int, int] | None = None,
    words: tuple[int, int] | None = None,
    search: str = "",
) -> pd.DataFrame:
    """Keep the songs that pass every filter given; an empty filter passes all.

    Parameters
    ----------
    genres : sequence of str
        Genres to keep.
    years, words : (int, int), optional
        Inclusive ranges. A song without a year passes no year filter.
    search : str
        Kept if title, artist or lyrics contain it, in any case; it is plain text, not a pattern.
    """
    kept: Any = songs
    if genres:
        kept = kept[kept["genre"].isin(list(genres))]
    if years is not None:
        kept = kept[kept["year"].between(*years).fillna(False).astype(bool)]
    if words is not None:
        kept = kept[kept["words"].between(*words)]
    if needle := search.strip().lower():
        found = kept["title"].str.lower().str.contains(needle, regex=False)
        for name in ("artist", "lyrics"):
            found |= kept[name].str.lower().str.contains(needle, regex=False)
        kept = kept[found]
    return kept


def _sheet_row(sheet: LeadSheet) -> dict[str, Any]:
    parts: list[str] = []
    sung = [line for line in sheet.lines if line.words]
    for index, line in enumerate(sung):
        if index and line.stanza != sung[index - 1].stanza:
            parts.append("")
        parts.append(" ".join(line.words))
    return {
        "title": sheet.title,
        "artist": sheet.artist,
        "year": None,
        "genre": sheet.genre,
        "lyrics": "\n".join(parts),
        "sung": "\n".join(parts),
        "words": sum(len(line.words) for line in sung),
        "lines": len(sung),
        "key": sheet.key.name,
        "time_signature": sheet.time_signature,
        "tempo": sheet.tempo,
        "chords": sum(len(line.chords) for line in sheet.lines),
    }
