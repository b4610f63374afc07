"""The process that answers one query (`engine.corpora.store.query`): it can read one store.

Reads a JSON object from standard input and writes an Arrow stream to standard output. What is wrong
with the query is one line on standard error, and exit status 2. It imports nothing of ours.
"""

from __future__ import annotations

import json
import signal
import sys
from typing import Any

ADDRESSES = 6 * 2**30  # DuckDB and Arrow map far more than they use
MEMORY = "300MB"
MOST_BYTES = 64 * 2**20


def main() -> int:
    """Answer the query."""
    asked: dict[str, Any] = json.load(sys.stdin)
    _hold(int(asked["seconds"]) + 1)
    import duckdb
    import pyarrow as pa

    try:
        connection = duckdb.connect(
            asked["store"],
            read_only=True,
            config={
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "allow_community_extensions": False,
                "python_enable_replacements": False,
                "memory_limit": MEMORY,
                "temp_directory": "",
                "threads": 2,
            },
        )
        connection.execute("SET enable_progress_bar = false")  # it would draw into the answer
        if asked["measures"]:
            place = asked["measures"].replace("'", "''")
            connection.execute(f"ATTACH '{place}' AS measured (READ_ONLY)")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        statements = connection.extract_statements(asked["sql"])
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            return _refused("One SELECT is answered here, and nothing that writes or changes.")
        reader: Any = connection.execute(statements[0]).to_arrow_reader(1024)
        batches: list[Any] = []
        rows = size = 0
        for batch in reader:
            batches.append(batch)
            rows, size = rows + len(batch), size + batch.nbytes
            if size > MOST_BYTES:
                return _refused("The answer is too large; ask for fewer rows or columns.")
            if rows > asked["rows"]:
                break
        with pa.ipc.new_stream(sys.stdout.buffer, reader.schema) as stream:
            for batch in batches:
                stream.write_batch(batch)
    except duckdb.OutOfMemoryException:
        return _refused("The query needs more memory than it may have; narrow it.")
    except (duckdb.Error, pa.ArrowException) as error:
        return _refused(_told(str(error)))
    return 0


def _hold(seconds: int) -> None:
    """Bounds that the operating system keeps, whatever a query does."""
    if sys.platform == "win32":
        return
    import resource

    signal.alarm(seconds)  # ends the process even where it is deep in a function
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESSES, ADDRESSES))
    resource.setrlimit(resource.RLIMIT_CPU, (2 * seconds, 2 * seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _told(message: str) -> str:
    """What DuckDB says of an error: its first lines, up to the drawing of where it is."""
    lines: list[str] = []
    for line in message.splitlines():
        if line.startswith("LINE ") or not line.strip():
            break
        lines.append(line.strip())
    return " ".join(lines) or "The query cannot be answered"


def _refused(message: str) -> int:
    sys.stderr.write(message)
    return 2


if __name__ == "__main__":
    sys.exit(main())
