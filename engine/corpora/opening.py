"""The one way to read a table of any format: ``open_table``."""

from __future__ import annotations

from engine.corpora.delimited import DelimitedTable
from engine.corpora.json_rows import JsonTable
from engine.corpora.parquet import ParquetTable
from engine.corpora.sources import Source
from engine.corpora.tables import Table
from engine.errors import InputError


def open_table(source: Source, text_column: str | None = None) -> Table:
    """Look through a table.

    Parameters
    ----------
    source : Source
        A file or an upload; its extension tells the format.
    text_column : str, optional
        Which column holds the lyrics; without a name, the one that is usually called so.

    Raises
    ------
    InputError
        If the file is missing, empty, of another format, beyond the bounds, or has no such column.
    """
    try:
        if source.kind == ".parquet":
            return ParquetTable(source, text_column)
        if source.kind in {".csv", ".tsv"}:
            return DelimitedTable(source, text_column)
        return JsonTable(source, text_column)
    except UnicodeError as error:
        encoding = getattr(error, "encoding", "UTF-16")
        raise InputError(f"{source.name} is not readable as {encoding} text.") from None
    except OSError as error:
        raise InputError(f"{source.name} cannot be read: {error.strerror or error}.") from None
