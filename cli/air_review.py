"""The review of observed air quality on the terminal."""

from __future__ import annotations

import duckdb
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from atlas.air.review import SECTIONS, Section, remark_on, rows_of, sources_of
from atlas.air.text import shown
from warehouse.home import Home
from warehouse.period import Period
from warehouse.published import open_published


def print_review(console: Console, home: Home, edition: str, year: int, period: Period) -> None:
    """Print the review of a period from the published file."""
    with open_published(home) as connection:
        console.print(
            f"\n[bold]Air quality in {period.name}[/bold] against {period.before.name} ({edition} {year})",
            highlight=False,
        )
        console.print(escape(sources_of(connection, edition, year)), highlight=False)
        for section in SECTIONS:
            _print_section(console, connection, section, edition, year, period.name)


def _print_section(
    console: Console,
    connection: duckdb.DuckDBPyConnection,
    section: Section,
    edition: str,
    year: int,
    period: str,
) -> None:
    columns, rows = rows_of(connection, section, edition, year, period)
    remark = remark_on(connection, section, edition, year, period)
    if not rows:
        if remark.empty:
            said = " ".join(filter(None, (remark.empty, remark.looked_at)))
            console.print(f"\n[bold]{escape(section.title)}[/bold]: {escape(said)}")
        return
    title = " - ".join(filter(None, (section.title, remark.looked_at)))
    table = Table(
        title=escape(title), title_justify="left", title_style="bold", box=None, pad_edge=False
    )
    for number, column in enumerate(columns):
        numeric = all(isinstance(row[number], int | float | None) for row in rows)
        table.add_column(escape(column), justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(escape(shown(value)) for value in row))
    console.print()
    console.print(table)
