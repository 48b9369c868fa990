"""The door to DuckDB: opening files, quoting names, writing and reading tables."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from warehouse.damage import damaged, is_damage
from warehouse.errors import HomeLocked, UserFacingError
from warehouse.home import unusable

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

SCHEMAS = ("raw", "seeds", "staging", "intermediate", "computed", "marts", "meta")
MEMORY_VARIABLE = "TRADEPLUME_MEMORY_LIMIT"
DEFAULT_MEMORY_LIMIT = "3GB"
MEMORY_BESIDE_ARRAYS = "1GB"
# The storage format of DuckDB 1.5, which the clients of BI tools read. Working files have it, too, so that
# publishing can take over their blocks (warehouse/blocks.py).
STORAGE_VERSION = "v1.5.0"

# For a file that others made or queries that others wrote: no file but the open one, no extension, no
# variable of this process, and nothing of this can be changed back.
GUARDED = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
    "arrow_lossless_conversion": "true",
    # One query may not fill the disk that the pipeline writes to.
    "max_temp_directory_size": "10GB",
}

_NOT_WRITABLE = re.compile(
    r"No space left on device|File too large|Disk quota exceeded|Read-only file system"
    r"|Permission denied|Not a directory",
    re.IGNORECASE,
)
_OF_THE_DISK = (duckdb.IOException, duckdb.FatalException, duckdb.InternalException)
_LOCKED = re.compile(r"Conflicting lock is held in (?P<program>.*?) \(PID (?P<pid>\d+)\)")


def quote(identifier: str) -> str:
    """An identifier as SQL, whatever it contains: ``a"b`` becomes ``"a""b"``."""
    if not identifier or "\0" in identifier:
        raise ValueError(f"not an identifier: {identifier!r}")
    return '"' + identifier.replace('"', '""') + '"'


def qualified(*parts: str) -> str:
    """A name with its schema (and catalog) as SQL: ``"marts"."fct_mrio_flow"``."""
    return ".".join(quote(part) for part in parts)


def literal(text: str) -> str:
    """A text as an SQL literal, for statements that take no parameters (ATTACH, COMMENT)."""
    return "'" + text.replace("'", "''") + "'"


def memory_limit() -> str:
    """DuckDB's memory limit: ``$TRADEPLUME_MEMORY_LIMIT`` or 3GB."""
    return os.environ.get(MEMORY_VARIABLE) or DEFAULT_MEMORY_LIMIT


@contextmanager
def connect(
    path: Path | None,
    *,
    read_only: bool = False,
    temp_directory: Path | None = None,
    repeatable: bool = True,
    guarded: bool = False,
    schema: str = "",
) -> Iterator[duckdb.DuckDBPyConnection]:
    """An open DuckDB file (None: in memory), closed at the end of the block.

    repeatable: one thread, so that sums of doubles come out the same to the last bit at every run;
    otherwise as many as the machine has.
    guarded: what is in the file and what it is asked cannot reach anything else (``GUARDED``); only a
    statement that is itself a COPY still writes, into the temporary folder.  schema: the default one.
    Errors of the disk and of locking leave the block as HomeUnusable and HomeLocked.
    """
    # The guard comes first: DuckDB takes a temporary folder after it, and refuses one before it.
    config = {**(GUARDED if guarded else {}), "memory_limit": memory_limit()}
    if repeatable:
        config["threads"] = "1"
    if temp_directory is not None:
        config["temp_directory"] = str(temp_directory)
    if path is not None and not path.exists():
        config["storage_compatibility_version"] = STORAGE_VERSION
    place = path or temp_directory or Path()
    with translated(place):
        connection = duckdb.connect(str(path or ":memory:"), read_only=read_only, config=config)
        try:
            # A second connection of this process to a guarded file finds its settings made and locked.
            is_locked = bool(scalar(connection, "select current_setting('lock_configuration')"))
            if not is_locked:
                # What is printed is the caller's to decide.
                connection.execute("set enable_progress_bar = false")
            if schema:
                connection.execute(f"use {quote(schema)}")
            if guarded and not is_locked:
                connection.execute("set lock_configuration = true")
            yield connection
        finally:
            connection.close()


@contextmanager
def translated(place: Path) -> Iterator[None]:
    """Turn DuckDB's errors of disk, lock and memory into those a user can act on."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise UserFacingError(
            f"DuckDB ran out of memory on {place.name}: {_first_line(error)}",
            remedy=f"Set {MEMORY_VARIABLE} higher (now {memory_limit()}), or free disk space.",
        ) from error
    except duckdb.Error as error:
        raise _explained(place, error) or error from error


def _explained(place: Path, error: duckdb.Error) -> UserFacingError | None:
    text = str(error)
    if holder := _LOCKED.search(text):
        return HomeLocked(
            f"{place} is open in {holder['program']} (process {holder['pid']}).",
            remedy="Close that program, or wait until it has finished.",
        )
    if is_damage(error):
        return damaged(place, _first_line(error))
    if isinstance(error, _OF_THE_DISK) and _NOT_WRITABLE.search(text):
        return unusable(place.parent, _first_line(error))
    return None


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]


def ensure_schemas(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the schemas of a working file that are not there yet."""
    for schema in SCHEMAS:
        connection.execute(f"create schema if not exists {quote(schema)}")


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All of the block or nothing."""
    connection.execute("begin transaction")
    try:
        yield
    except BaseException:
        # A fatal error has closed the transaction already; the first error is the one to show.
        with suppress(duckdb.Error):
            connection.execute("rollback")
        raise
    connection.execute("commit")


@contextmanager
def every_thread(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """As many threads as the machine has: for moving rows, whose order DuckDB keeps, and never for sums."""
    threads = int(str(scalar(connection, "select current_setting('threads')")))
    connection.execute(f"set threads = {max(threads, os.cpu_count() or 1)}")
    try:
        yield
    finally:
        connection.execute(f"set threads = {threads}")


@contextmanager
def beside_arrays(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Less memory for DuckDB while large arrays need it, unless the user has set a limit.

    Pages that it holds back from reading a large table would stand beside the arrays made of it.
    """
    if os.environ.get(MEMORY_VARIABLE):
        yield
        return
    connection.execute(f"set memory_limit = {literal(MEMORY_BESIDE_ARRAYS)}")
    try:
        yield
    finally:
        connection.execute(f"set memory_limit = {literal(DEFAULT_MEMORY_LIMIT)}")


def create_all(
    connection: duckdb.DuckDBPyConnection, statements: Mapping[str, str]
) -> dict[str, duckdb.Error]:
    """Run statements by name that may rest on one another, in an order that works: views, in no order known.

    Returns why the rest of them never ran; empty when all did.
    """
    waiting = dict(statements)
    while waiting:
        problems: dict[str, duckdb.Error] = {}
        for name, sql in waiting.items():
            try:
                connection.execute(sql)
            except (duckdb.CatalogException, duckdb.BinderException) as error:
                problems[name] = error  # it may read another one, which is not there yet
        if len(problems) == len(waiting):
            return problems
        waiting = {name: waiting[name] for name in problems}
    return {}


def drop_any(connection: duckdb.DuckDBPyConnection, schema: str, name: str) -> None:
    """Drop the table or view of a name, if there is one."""
    if name in tables_of(connection, schema):
        connection.execute(f"drop table {qualified(schema, name)}")
    elif name in views_of(connection, schema):
        connection.execute(f"drop view {qualified(schema, name)}")


def write_table(
    connection: duckdb.DuckDBPyConnection,
    schema: str,
    table: str,
    frame: pl.DataFrame | pa.Table,
) -> int:
    """Write a frame as ``schema.table``, replacing it; returns the rows written."""
    name = qualified(schema, table)
    connection.execute(f"create schema if not exists {quote(schema)}")
    connection.register("incoming_frame", frame)
    try:
        with every_thread(connection):
            connection.execute(f"create or replace table {name} as select * from incoming_frame")
    finally:
        connection.unregister("incoming_frame")
    return count_rows(connection, schema, table)


def write_frames(
    connection: duckdb.DuckDBPyConnection,
    schema: str,
    table: str,
    frames: Iterable[pl.DataFrame],
) -> int:
    """Write frames of the same columns one after the other as ``schema.table``, replacing it; returns the rows.

    One statement for all: within a transaction DuckDB holds memory for the rows of every INSERT until it ends.
    The frames are made while the statement runs, so making them must not use the connection.
    """
    rows, failed = 0, list[BaseException]()
    pending = iter(frames)
    first = next(pending, None)
    if first is None:
        return 0
    kinds = _as_arrow(first).schema

    def batches() -> Iterator[pa.RecordBatch]:
        nonlocal rows
        try:
            for frame in chain([first], pending):
                rows += frame.height
                yield from _as_arrow(frame).cast(kinds).to_batches()
        except BaseException as error:
            # DuckDB would make a text of it.
            failed.append(error)
            raise

    import pyarrow

    connection.execute(f"create schema if not exists {quote(schema)}")
    connection.register("incoming_frames", pyarrow.RecordBatchReader.from_batches(kinds, batches()))
    try:
        with every_thread(connection):
            connection.execute(
                f"create or replace table {qualified(schema, table)} as select * from incoming_frames"
            )
    except duckdb.Error:
        if failed:
            raise failed[0] from None
        raise
    finally:
        # A transaction that has failed lets go of it when it is rolled back.
        with suppress(duckdb.TransactionException):
            connection.unregister("incoming_frames")
    return rows


def _as_arrow(frame: pl.DataFrame) -> pa.Table:
    import polars

    return frame.to_arrow(compat_level=polars.CompatLevel.oldest())


def read_table(
    connection: duckdb.DuckDBPyConnection, query: str, parameters: Sequence[object] = ()
) -> pl.DataFrame:
    """The answer of a query as a polars frame."""
    frame: pl.DataFrame = connection.sql(query, params=list(parameters)).pl()
    return frame


def scalar(
    connection: duckdb.DuckDBPyConnection, query: str, parameters: Sequence[object] = ()
) -> object:
    """The single value of a query of one row and column."""
    rows = fetch(connection, query, parameters)
    if len(rows) != 1 or len(rows[0]) != 1:
        raise ValueError(f"expected one value, found {len(rows)} rows: {query}")
    return rows[0][0]


def fetch(
    connection: duckdb.DuckDBPyConnection, query: str, parameters: Sequence[object] = ()
) -> list[tuple[object, ...]]:
    """All rows of a query."""
    return list(connection.execute(query, list(parameters)).fetchall())


def count_rows(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> int:
    """The number of rows of a table or view."""
    return int(str(scalar(connection, f"select count(*) from {qualified(schema, table)}")))


def tables_of(connection: duckdb.DuckDBPyConnection, schema: str) -> list[str]:
    """The names of the tables of a schema of the open file, without its views."""
    return _names(connection, "duckdb_tables()", "table_name", schema)


def views_of(connection: duckdb.DuckDBPyConnection, schema: str) -> list[str]:
    """The names of the views of a schema of the open file."""
    return _names(connection, "duckdb_views()", "view_name", schema)


def _names(
    connection: duckdb.DuckDBPyConnection, catalog: str, column: str, schema: str
) -> list[str]:
    query = f"""
        select {column} from {catalog}
        where schema_name = ? and database_name = current_database() and not internal
        order by {column}
    """
    return [str(name) for (name,) in fetch(connection, query, [schema])]
