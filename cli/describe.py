"""`tradeplume describe`: one published table, column by column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from warehouse.database import fetch
from warehouse.errors import UserFacingError
from warehouse.nearest import hint
from warehouse.published import marts, open_published

if TYPE_CHECKING:
    from rich.console import Console

    from warehouse.home import Home


def print_mart(console: Console, home: Home, name: str) -> None:
    """Print what a mart holds and its columns. Raises NotPublished, and UserFacingError for an unknown name."""
    from rich.markup import escape
    from rich.table import Table

    with open_published(home) as connection:
        known = {mart.name: mart for mart in marts(connection)}
        if name not in known:
            raise UserFacingError(
                f"There is no published table {name}{hint(name, known)}.",
                remedy="`tradeplume marts` lists them.",
            )
        columns = fetch(
            connection,
            "select column_name, lower(data_type), coalesce(comment, '') from duckdb_columns()"
            " where schema_name = 'marts' and database_name = current_database() and table_name = ?"
            " order by column_index",
            [name],
        )
    mart = known[name]
    rows = mart.kind if mart.rows is None else f"{mart.rows:,} rows"
    console.print(
        f"[bold]{escape(name)}[/bold] ({rows}): {escape(mart.description)}", highlight=False
    )
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("column", "type", "what it holds"):
        table.add_column(heading, overflow="fold")
    for column, kind, text in columns:
        table.add_row(str(column), str(kind), escape(" ".join(str(text).split())))
    console.print(table)
