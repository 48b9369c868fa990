"""The rows of one mart from several files: its shape, what may stay where it lies, and what is inserted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb

from warehouse.database import fetch, literal, qualified, quote, scalar


@dataclass(frozen=True)
class Source:
    """Where the rows of one edition and year come from.

    catalog: the attached file.  fingerprint: of the last gate of the working file.
    is_carried: taken over from the published file, since the working file cannot be read.
    """

    edition: str
    year: int
    catalog: str
    fingerprint: str
    finished_at: datetime
    is_carried: bool = False

    @property
    def name(self) -> str:
        """``<edition>-<year>``."""
        return f"{self.edition}-{self.year}"


@dataclass(frozen=True)
class Mart:
    """A table of the file to be published.

    newest: decides on columns and comments, and alone gives the rows of other tables than facts.
    holders: the sources that have it, in order.
    is_fact: whether it has edition and year, and so the rows of all holders.
    """

    name: str
    newest: Source
    holders: tuple[Source, ...]
    is_fact: bool

    @property
    def givers(self) -> tuple[Source, ...]:
        """The sources that it takes rows of."""
        return self.holders if self.is_fact else (self.newest,)

    @property
    def shape(self) -> str:
        """No rows of its columns and types, as SQL."""
        union = " union all by name ".join(
            f"select * from {qualified(source.catalog, 'marts', self.name)}"
            for source in dict.fromkeys((self.newest, *self.givers))
        )
        return f"select * from ({union}) limit 0"


def mart_of(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    sources: Sequence[Source],
    by_age: Sequence[Source],
) -> Mart:
    """A mart as the sources have it. by_age: the newest first."""
    columns = {source.catalog: columns_of(connection, source.catalog, name) for source in by_age}
    newest = next(source for source in by_age if columns[source.catalog])
    return Mart(
        name,
        newest,
        tuple(source for source in sources if columns[source.catalog]),
        {"edition", "year"} <= columns[newest.catalog].keys(),
    )


def fits(connection: duckdb.DuckDBPyConnection, mart: Mart, source: Source) -> bool:
    """Whether a source's table is part of the mart as it lies: a fact of its edition and year, same columns."""
    if not mart.is_fact or source not in mart.holders:
        return False
    table = qualified(source.catalog, "marts", mart.name)
    shapes = [
        [tuple(column[:2]) for column in fetch(connection, f"describe {query}")]
        for query in (mart.shape, f"select * from {table}")
    ]
    if shapes[0] != shapes[1]:
        return False
    query = (
        f"select count(*) from {table} where edition is distinct from ? or year is distinct from ?"
    )
    return scalar(connection, query, [source.edition, source.year]) == 0


def copy_rows(
    connection: duckdb.DuckDBPyConnection, catalog: str, mart: Mart, taken: Source | None
) -> int:
    """Write the mart to a catalog; returns the rows that the sources have.

    taken: the source whose rows lie there already (None: none do).
    """
    target = qualified(catalog, "marts", mart.name)
    if taken is None:
        connection.execute(f"create table {target} as {mart.shape}")
    rows = 0
    for source in mart.givers:
        origin = f"from {qualified(source.catalog, 'marts', mart.name)}"
        key: list[object] = []
        if mart.is_fact:
            origin += " where edition = ? and year = ?"
            key = [source.edition, source.year]
        if source != taken:
            connection.execute(f"insert into {target} by name select * {origin}", key)
        rows += int(str(scalar(connection, f"select count(*) {origin}", key)))
    copy_comments(connection, catalog, "table", mart.name, mart.newest.catalog)
    return rows


def columns_of(
    connection: duckdb.DuckDBPyConnection, catalog: str, name: str
) -> dict[str, str | None]:
    """A mart's columns in order, with their comments."""
    query = """
        select column_name, comment from duckdb_columns()
        where database_name = ? and schema_name = 'marts' and table_name = ? order by column_index
    """
    rows = fetch(connection, query, [catalog, name])
    return {str(column): None if text is None else str(text) for column, text in rows}


def copy_comments(
    connection: duckdb.DuckDBPyConnection, catalog: str, kind: str, name: str, origin: str
) -> None:
    """Give a table or view and its columns in a catalog the comments that they have in the origin."""
    target = qualified(catalog, "marts", name)
    query = """
        select database_name, comment from (
            select database_name, schema_name, table_name as name, comment from duckdb_tables()
            union all
            select database_name, schema_name, view_name, comment from duckdb_views()
        )
        where schema_name = 'marts' and name = ?
    """
    said = {str(found): text for found, text in fetch(connection, query, [name])}
    if said.get(origin) != said.get(catalog):
        connection.execute(f"comment on {kind} {target} is {_text(said.get(origin))}")
    there = columns_of(connection, catalog, name)
    wanted = columns_of(connection, origin, name)
    for column, text in there.items():
        if wanted.get(column) != text:
            comment = _text(wanted.get(column))
            connection.execute(f"comment on column {target}.{quote(column)} is {comment}")


def _text(comment: object) -> str:
    return "null" if comment is None else literal(str(comment))
