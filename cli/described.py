"""`tradeplume describe`: a published table, its grain, and its columns with their comments."""

from __future__ import annotations

import difflib
import re

import duckdb
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from warehouse.errors import UserFacingError
from warehouse.home import Home
from warehouse.published import Mart, marts, open_published

COLUMNS = """
select column_name, data_type, coalesce(comment, '') from duckdb_columns()
where schema_name = 'marts' and database_name = current_database() and table_name = ?
order by column_index
"""


def print_table(console: Console, home: Home, name: str) -> None:
    """Print a table's description, columns and a query to begin with. Raises UserFacingError for no such table."""
    with open_published(home) as connection:
        mart = _named(marts(connection), name)
        columns = columns_of(connection, mart.name)
    rows = "a view" if mart.rows is None else f"{mart.rows:,} rows"
    console.print(f"[bold]{escape(mart.name)}[/bold], {rows}", highlight=False)
    if mart.description:
        console.print(escape(mart.description), highlight=False)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("column", "type", "what it holds"):
        table.add_column(heading, no_wrap=heading == "column", overflow="fold")
    for column, kind, comment in columns:
        table.add_row(escape(column), escape(kind.lower()), escape(comment))
    console.print()
    console.print(table)
    console.print(f'\ntradeplume sql "from {mart.name} limit 5"', markup=False, highlight=False)


def columns_of(connection: duckdb.DuckDBPyConnection, name: str) -> list[tuple[str, str, str]]:
    """Name, type and comment of every column of a table or view, in order."""
    found = connection.execute(COLUMNS, [name]).fetchall()
    return [
        (str(column), _type(str(kind)), " ".join(comment.split()))
        for column, kind, comment in found
    ]


def _type(kind: str) -> str:
    """A type in a word: the values of an ENUM are for a query."""
    return re.sub(r"^ENUM\(.*\)$", "ENUM", kind)


def _named(held: list[Mart], name: str) -> Mart:
    wanted = name.strip().lower().removeprefix("marts.")
    for mart in held:
        if mart.name == wanted:
            return mart
    near = difflib.get_close_matches(wanted, [mart.name for mart in held], n=3)
    raise UserFacingError(
        f"{name!r} is not a published table.",
        remedy=f"Did you mean {', '.join(near)}?" if near else "`tradeplume marts` lists them.",
    )
