"""The review of observed air quality on the terminal."""

from __future__ import annotations

import duckdb
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from atlas.air.caution import cautions
from atlas.air.province import PROVINCE_SECTIONS
from atlas.air.review import SECTIONS, sources_of
from atlas.air.section import Question, Section, remark_on, rows_of
from atlas.air.text import shown
from warehouse.codes import NAME_OF_PROVINCE
from warehouse.home import Home
from warehouse.published import open_published


def print_review(console: Console, home: Home, asked: Question) -> None:
    """Print the review of a period, or of a province in it, from the published file."""
    place = f" of {NAME_OF_PROVINCE[asked.province]}" if asked.province else ""
    with open_published(home) as connection:
        console.print(
            f"\n[bold]Air quality{place} in {asked.period.name}[/bold] against {asked.period.before.name} "
            f"({asked.edition} {asked.year})",
            highlight=False,
        )
        console.print(escape(sources_of(connection, asked.edition, asked.year)), highlight=False)
        for sentence in cautions(connection, asked):
            console.print(f"[bold]Note:[/bold] {escape(sentence)}", highlight=False)
        for section in PROVINCE_SECTIONS if asked.province else SECTIONS:
            _print_section(console, connection, section, asked)


def _print_section(
    console: Console, connection: duckdb.DuckDBPyConnection, section: Section, asked: Question
) -> None:
    columns, rows = rows_of(connection, section, asked)
    remark = remark_on(connection, section, asked)
    if not rows:
        if remark.empty:
            console.print(f"\n[bold]{escape(section.title)}[/bold]: {escape(remark.empty)}")
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
