"""The summary of a run on the terminal."""

from __future__ import annotations

from decimal import Decimal

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from atlas.summary import SECTIONS_OF_KIND, Answer, answer, headline, value_text
from atlas.summary_queries import first_query
from warehouse.home import Home
from warehouse.published import marts, open_published


def print_summary(
    console: Console,
    home: Home,
    edition: str,
    year: int,
    kind: str = "footprint",
    period: str | None = None,
) -> None:
    """Print what was published for an edition and year, what it means, and where to go on.

    period: of an edition of observed air quality, whose change was split.
    """
    with open_published(home) as connection:
        console.print(f"\n[bold]{escape(edition)} {year}[/bold]")
        if sentence := headline(connection, edition, year, kind, period):
            console.print(escape(sentence))
        for section in SECTIONS_OF_KIND[kind]:
            print_answer(console, answer(connection, section, edition, year, period))
        tables = [mart for mart in marts(connection) if mart.rows is not None]
        views = [mart.name for mart in marts(connection) if mart.rows is None]
    listed = ", ".join(f"{mart.name} {mart.rows:,}" for mart in tables)
    console.print(f"\n[bold]Tables and rows[/bold]\n{escape(listed)}", highlight=False)
    console.print(f"Views: {escape(', '.join(views))}", highlight=False)
    console.print(f"\n[bold]Published[/bold] {escape(str(home.published_file))}", soft_wrap=True)
    if kind == "air_quality":
        console.print("The whole review, and that of other periods:", highlight=False)
        console.print(
            f"  tradeplume air --edition {edition} --period {period}", markup=False, highlight=False
        )
    console.print("A first question:", highlight=False)
    console.print(
        f'  tradeplume sql "{first_query(kind, edition)}"',
        markup=False,
        highlight=False,
        soft_wrap=True,
    )


def print_answer(console: Console, found: Answer) -> None:
    """Print the rows of a section as a table, or why it has no rows."""
    title = escape(found.section.title)
    if not found.rows:
        why = f"not in this release ({found.problem})" if found.problem else "no rows"
        console.print(f"\n[bold]{title}[/bold]: {escape(why)}", highlight=False)
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for number, column in enumerate(found.columns):
        numeric = all(isinstance(row[number], int | float | Decimal | None) for row in found.rows)
        table.add_column(escape(column), justify="right" if numeric else "left", overflow="fold")
    for row in found.rows:
        pairs = zip(found.columns, row, strict=True)
        table.add_row(
            *(escape(value_text(column, value, found.section.form)) for column, value in pairs)
        )
    console.print(f"\n[bold]{title}[/bold]", highlight=False)
    console.print(table)
