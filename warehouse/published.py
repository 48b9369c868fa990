"""Reading the published file: what it holds, and queries that cannot change it."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb

from warehouse.database import connect, count_rows, fetch
from warehouse.errors import NotPublished, UserFacingError
from warehouse.home import Home
from warehouse.spill import spill_folder

# A query on the largest mart takes seconds; one that takes this long has lost its join.
TIMEOUT_SECONDS = 300.0

_EXPLAIN = "explain (format json)"
_LINE = re.compile(r"\bLINE (\d+):")


@dataclass(frozen=True)
class Mart:
    """A table or view for readers. rows: None for a view, which is counted only when asked."""

    name: str
    kind: str
    rows: int | None
    description: str


@dataclass(frozen=True)
class Edition:
    """An edition and year in the published file, and when its run finished."""

    edition: str
    year: int
    finished_at: object
    published_at: object


@contextmanager
def open_published(home: Home, *, repeatable: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published file, read-only and guarded, with schema marts as the default.

    repeatable: sums of doubles come out the same to the last bit.  Raises NotPublished.
    """
    if not home.published_file.exists():
        raise NotPublished(
            f"Nothing is published yet: {home.published_file} does not exist.",
            remedy="Run `tradeplume run`, or set TRADEPLUME_HOME to the home that has one.",
        )
    with (
        spill_folder(home) as spill,
        connect(
            home.published_file,
            read_only=True,
            repeatable=repeatable,
            temp_directory=spill,
            guarded=True,
            schema="marts",
        ) as connection,
    ):
        yield connection


@contextmanager
def time_limit(connection: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
    """Interrupt what a connection does after some seconds (0: never). Raises UserFacingError then."""
    is_over = threading.Event()

    def interrupt() -> None:
        is_over.set()
        connection.interrupt()

    timer = threading.Timer(seconds, interrupt)
    timer.daemon = True
    if seconds > 0:
        timer.start()
    try:
        yield
    except duckdb.Error as error:
        if not is_over.is_set():
            raise
        raise UserFacingError(
            f"The query was stopped after {seconds:g} seconds.",
            remedy="Ask for less (a where, a limit, a join that lacks a condition), or give it more time"
            " with --timeout SECONDS (0: no limit).",
        ) from error
    finally:
        timer.cancel()


def query(connection: duckdb.DuckDBPyConnection, sql: str) -> duckdb.DuckDBPyRelation:
    """The answer of one query.

    Raises UserFacingError for wrong SQL, and for anything that is not one query.
    """
    try:
        statements = connection.extract_statements(sql)
        if len(statements) != 1:
            raise UserFacingError(
                f"One query is expected, found {len(statements)}.",
                remedy='For example: tradeplume sql "from dim_region limit 5"',
            )
        kind = statements[0].type
        # Not even EXPLAIN: with ANALYZE it runs what it explains, a COPY to a file, too.
        if kind is not duckdb.StatementType.SELECT:
            raise UserFacingError(
                f"Only queries are allowed on the published file, found {kind.name}.",
                remedy="Write an answer to a file with --out; tables change with `tradeplume run`.",
            )
        _demand_no_copy(connection, sql)
        return connection.sql(sql)
    except duckdb.InterruptException:
        raise
    except duckdb.Error as error:
        raise explained(error) from error


def _demand_no_copy(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    """A query with a COPY among its common table expressions is a SELECT for the parser: its plan tells.

    Even a guarded connection may write beside the file that it has open, and into its temporary folder.
    """
    try:
        ((_, plan),) = fetch(connection, f"{_EXPLAIN}\n{sql}")
    except duckdb.Error as error:
        # In the user's own lines, without the one before them.
        own = _LINE.sub(lambda line: f"LINE {int(line[1]) - 1}:", str(error))
        raise type(error)(own) from error
    if any("COPY" in name for name in _operators(json.loads(str(plan)))):
        raise UserFacingError(
            "Only queries are allowed on the published file, found a COPY.",
            remedy="Write an answer to a file with --out.",
        )


def _operators(plan: object) -> Iterator[str]:
    """The names of all operators of a plan."""
    if isinstance(plan, list):
        for each in plan:
            yield from _operators(each)
    elif isinstance(plan, dict):
        yield str(plan.get("name", ""))
        yield from _operators(plan.get("children", []))


def explained(error: duckdb.Error) -> UserFacingError:
    """DuckDB's words about a query, as an error for the user."""
    tables = "`tradeplume marts` lists the tables; `describe <table>` is a query, too."
    if isinstance(error, duckdb.PermissionException):
        tables = f"A query reads the published tables and no other file. {tables}"
    return UserFacingError(f"DuckDB refuses the query: {str(error).strip()}", remedy=tables)


def marts(connection: duckdb.DuckDBPyConnection) -> list[Mart]:
    """The tables and views of the published file, by name."""
    rows = fetch(
        connection,
        """
        select table_name as name, 'table' as kind, comment from duckdb_tables()
        where schema_name = 'marts' and database_name = current_database()
        union all
        select view_name, 'view', comment from duckdb_views()
        where schema_name = 'marts' and database_name = current_database()
        order by name
        """,
    )
    return [
        Mart(
            str(name),
            str(kind),
            count_rows(connection, "marts", str(name)) if kind == "table" else None,
            " ".join(str(comment or "").split()),
        )
        for name, kind, comment in rows
    ]


def editions(connection: duckdb.DuckDBPyConnection) -> list[Edition]:
    """The editions and years of the published file."""
    columns = "edition, year, finished_at, published_at"
    rows = fetch(connection, f"select {columns} from meta.release order by edition, year")
    return [Edition(*row) for row in rows]  # type: ignore[arg-type]
