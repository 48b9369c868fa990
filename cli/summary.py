"""The end of a run on the terminal, and `tradeplume summary`, which has all of it."""

from __future__ import annotations

from decimal import Decimal

import duckdb
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from atlas.headline import sentences
from atlas.summary import SECTIONS_OF_KIND, Answer, answer, value_text
from atlas.summary_queries import first_query
from warehouse.errors import UserFacingError
from warehouse.home import Home
from warehouse.published import editions, marts, open_published
from warehouse.request import DEFAULT_EDITION

CHECKS = """
select count(*), count(*) filter (where not passed and severity = 'warn')
from fct_check_result where edition = $edition and year = $year
"""


def print_end(
    console: Console, home: Home, edition: str, year: int, kind: str, period: str | None = None
) -> None:
    """Print the end of a run, one screen: the answer, three next commands, where the files lie.

    period: of an edition of observed air quality, whose change was split.
    """
    with open_published(home) as connection:
        console.print(f"\n[bold]{escape(edition)} {year}[/bold]", highlight=False)
        for sentence in sentences(connection, edition, year, kind, period):
            console.print(escape(sentence), highlight=False)
        if line := _checks(connection, edition, year):
            console.print(line, highlight=False)
        tables = marts(connection)
    rows = sum(mart.rows or 0 for mart in tables)
    review = f"tradeplume air --edition {_word(edition)} --period {period}"
    named = "" if edition == DEFAULT_EDITION else f" --edition {_word(edition)}"
    table = f"tradeplume summary{named}"
    console.print("\n[bold]Next[/bold]")
    for command, what in (
        (f'tradeplume sql "{first_query(kind, edition)}"', ""),
        (review, "the review by region and province")
        if kind == "air_quality"
        else (table, "the tables behind these sentences"),
        ("tradeplume atlas", "maps, consumers, sectors, supply chains"),
    ):
        text = f"  {command:<44} {what}".rstrip() if what else f"  {command}"
        console.print(text, markup=False, highlight=False, soft_wrap=True)
    console.print("\n[bold]Files[/bold]")
    for path, what in (
        (home.published_file, f"{len(tables)} tables and views, {rows:,} rows"),
        (home.published / "parquet", "the same as Parquet"),
        (home.published / "atlas" / "index.html", "the pages"),
    ):
        if path.exists():
            line = f"  {path}  ({what})"
            console.print(line, markup=False, highlight=False, soft_wrap=True)


def print_first_answer(console: Console, home: Home, edition: str, year: int) -> None:
    """Print what is published before the rest of a first run is computed: emissions, without concentrations."""
    with open_published(home) as connection:
        told = sentences(connection, edition, year, "footprint", None)
    for sentence in told:
        console.print(f"[bold]{escape(sentence)}[/bold]", highlight=False)
    line = (
        f"This is published ({home.published_file}). Concentrations, deaths and intervals follow."
    )
    console.print(line, markup=False, highlight=False, soft_wrap=True)


def _word(edition: str) -> str:
    """An edition as one word of a command line."""
    return edition if " " not in edition else f"'{edition}'"


def _checks(connection: duckdb.DuckDBPyConnection, edition: str, year: int) -> str:
    try:
        parameters = {"edition": edition, "year": year}
        ((made, warned),) = connection.execute(CHECKS, parameters).fetchall()
    except duckdb.CatalogException:
        return ""
    return f"Checks: {made:,} made, {warned} with a warning, no error (`tradeplume check`)."


def print_published(
    console: Console, home: Home, edition: str | None, year: int | None, period: str | None
) -> None:
    """Print the summary of a published edition, by default of the default one. Raises UserFacingError."""
    with open_published(home) as connection:
        chosen, of_year = _chosen(connection, edition, year)
        kind = kind_of(connection, chosen, of_year)
        if kind == "air_quality":
            period = period or _period(connection, chosen, of_year)
    print_summary(console, home, chosen, of_year, kind, period)


def _chosen(
    connection: duckdb.DuckDBPyConnection, edition: str | None, year: int | None
) -> tuple[str, int]:
    """The edition and year that are asked for. Raises UserFacingError naming those that are published."""
    held = [(each.edition, each.year) for each in editions(connection)]
    names = {name for name, _ in held}
    name = edition or (DEFAULT_EDITION if DEFAULT_EDITION in names else min(names, default=""))
    years = [of for of_name, of in held if of_name == name and year in (None, of)]
    if not years:
        listed = ", ".join(f"{of_name} {of}" for of_name, of in held)
        asked = f"{name} {year}" if year else name
        raise UserFacingError(
            f"{asked} is not published.",
            remedy=f"Choose one of {listed}, or compute it: tradeplume run --edition {name}",
        )
    return name, max(years)


def kind_of(connection: duckdb.DuckDBPyConnection, edition: str, year: int) -> str:
    """The kind of a published edition, by what the marts hold of it; its file need not be at hand."""
    for kind, mart in (("air_quality", "fct_air_quality"), ("concentration", "fct_pm25_province")):
        if _has_rows(connection, mart, edition, year):
            return kind
    return "footprint" if _has_rows(connection, "fct_uncertainty", edition, year) else "paper"


def _has_rows(connection: duckdb.DuckDBPyConnection, mart: str, edition: str, year: int) -> bool:
    held = "select 1 from duckdb_tables() where schema_name = 'marts' and table_name = ?"
    if not connection.execute(held, [mart]).fetchall():
        return False
    rows = f"select 1 from {mart} where edition = ? and year = ? limit 1"
    return bool(connection.execute(rows, [edition, year]).fetchall())


def _period(connection: duckdb.DuckDBPyConnection, edition: str, year: int) -> str | None:
    """The latest period whose change was split into weather and emissions; otherwise the latest quarter."""
    for query in (
        "select max(period) from fct_weather_adjusted_change where edition = ? and year = ?",
        "select max(period) from fct_air_quality where edition = ? and year = ? and period_kind = 'quarter'",
    ):
        ((found,),) = connection.execute(query, [edition, year]).fetchall()
        if found:
            return str(found)
    return None


def print_summary(
    console: Console,
    home: Home,
    edition: str,
    year: int,
    kind: str = "footprint",
    period: str | None = None,
) -> None:
    """Print what was published for an edition and year: every section, and all tables with their rows.

    period: of an edition of observed air quality, whose change was split.
    """
    with open_published(home) as connection:
        console.print(f"\n[bold]{escape(edition)} {year}[/bold]")
        for sentence in sentences(connection, edition, year, kind, period):
            console.print(escape(sentence))
        for section in SECTIONS_OF_KIND[kind]:
            print_answer(console, answer(connection, section, edition, year, period))
        found = marts(connection)
    listed = ", ".join(f"{mart.name} {mart.rows:,}" for mart in found if mart.rows is not None)
    console.print(f"\n[bold]Tables and rows[/bold]\n{escape(listed)}", highlight=False)
    views = ", ".join(mart.name for mart in found if mart.rows is None)
    console.print(f"Views: {escape(views)}", highlight=False)
    console.print(f"\n[bold]Published[/bold] {escape(str(home.published_file))}", soft_wrap=True)


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
