"""Reading the published file: what it holds, and queries that cannot change it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb

from warehouse.database import connect, count_rows, fetch
from warehouse.errors import NotPublished, UserFacingError
from warehouse.home import Home


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
def open_published(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published file, read-only, with schema marts as the default. Raises NotPublished."""
    if not home.published_file.exists():
        raise NotPublished(
            f"Nothing is published yet: {home.published_file} does not exist.",
            remedy="Run `tradeplume run`, or set TRADEPLUME_HOME to the home that has one.",
        )
    with connect(home.published_file, read_only=True) as connection:
        connection.execute("use marts")
        yield connection


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
        return connection.sql(sql)
    except duckdb.Error as error:
        raise explained(error) from error


def explained(error: duckdb.Error) -> UserFacingError:
    """DuckDB's words about a query, as an error for the user."""
    return UserFacingError(
        f"DuckDB refuses the query: {str(error).strip()}",
        remedy="`tradeplume marts` lists the tables; `describe <table>` is a query, too.",
    )


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
