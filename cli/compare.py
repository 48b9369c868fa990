"""`tradeplume compare`: two editions, releases or published files, figure by figure."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import HomeOption

if TYPE_CHECKING:
    from rich.console import Console

    from atlas.comparison import Compared, Comparison, Moved


def compare(
    a: Annotated[str, typer.Argument(help="Edition, release number or published file.")],
    b: Annotated[str, typer.Argument(help="The same, or one of these as EDITION@PLACE.")],
    pollutant: Annotated[
        str | None, typer.Option("--pollutant", "-p", help="This pollutant alone, as SO2.")
    ] = None,
    rows: Annotated[
        int, typer.Option("--rows", min=0, help="Rows shown of each table and pollutant (0: all).")
    ] = 3,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Write every difference as CSV here.")
    ] = None,
    home: HomeOption = None,
) -> None:
    """Show what moved from A to B, and by which input.

    Headlines first, then provinces, consumers, exporters and sectors.

    The inputs that differ come last: roles filled by other files, and other assumptions.
    A and B may be editions (`open-2007`), releases (`12`), published files or folders of a colleague, or an
    edition in one of these (`open-2017@colleague/published`).

    Examples: `tradeplume compare 3 4`, `tradeplume compare open-2007 open-2017 -p SO2`,
    `tradeplume compare open-2017 open-2017@colleague/published --out moved.csv`
    """
    from atlas.comparison import compare as compare_sides
    from atlas.comparison import side_of
    from cli.console import console_of
    from warehouse.home import locate

    place = locate(home)
    found = compare_sides(side_of(a, place), side_of(b, place), place)
    print_comparison(console_of(), found, a, b, pollutant, rows)
    if out is not None:
        print(f"{_write(found, out):,} differences in {out}")


def print_comparison(
    console: Console, found: Comparison, a: str, b: str, pollutant: str | None, rows: int
) -> None:
    """Tables of what moved; a subject in which nothing did says of how many figures."""
    from rich.markup import escape

    console.print(
        f"A: {escape(a)} ({found.a.edition} {found.a.year})   B: {escape(b)} ({found.b.edition} {found.b.year})",
        highlight=False,
    )
    for compared in found.subjects:
        _print_subject(console, compared, pollutant, rows)
    for title in found.missing:
        console.print(f"\n{escape(title)}: not in both", highlight=False)
    if not found.inputs:
        console.print("\nNo input and no assumption differs.")
        return
    from rich.table import Table

    table = Table("what", "name", "A", "B", box=None, pad_edge=False, header_style="dim")
    for each in found.inputs:
        table.add_row(each.kind, escape(each.name), escape(each.in_a), escape(each.in_b))
    console.print("\n[bold]Inputs that differ[/bold]", highlight=False)
    console.print(table)


def _print_subject(console: Console, found: Compared, pollutant: str | None, rows: int) -> None:
    from rich.markup import escape
    from rich.table import Table

    title = f"{escape(found.subject.title)} ({found.subject.unit})"
    wanted = [each for each in found.moved if pollutant in (None, each.pollutant)]
    if not wanted:
        of = f"of {len(found.moved) + found.same} figures"
        which = (
            f"none {of} moved"
            if not found.moved
            else f"none of {pollutant} moved, {len(found.moved)} {of} did"
        )
        console.print(f"\n[bold]{title}[/bold]: {which}", highlight=False)
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for number, heading in enumerate(("pollutant", "of", "A", "B", "change", "B against A")):
        table.add_column(heading, justify="left" if number < 2 else "right")
    shown: dict[str, int] = {}
    for each in wanted:
        shown[each.pollutant] = shown.get(each.pollutant, 0) + 1
        if rows == 0 or shown[each.pollutant] <= rows:
            table.add_row(*_cells(each))
    console.print(f"\n[bold]{title}[/bold]", highlight=False)
    console.print(table)
    if rest := sum(max(0, count - rows) for count in shown.values()) if rows else 0:
        console.print(f"and {rest} more (--rows 0 shows all)", highlight=False)


def _cells(each: Moved) -> tuple[str, ...]:
    def text(value: float | None) -> str:
        if value is None:
            return "-"
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"

    share = "new" if each.value_a is None else "gone" if each.value_b is None else "-"
    if each.value_a is not None and each.value_b is not None and each.change_share is not None:
        share = f"{each.change_share:+.1%}"
    return (
        each.pollutant,
        each.code,
        text(each.value_a),
        text(each.value_b),
        f"{each.change:+,.4g}",
        share,
    )


def _write(found: Comparison, out: Path) -> int:
    import csv

    fields = (
        "subject",
        "unit",
        "pollutant",
        "code",
        "value_a",
        "value_b",
        "change",
        "change_share",
        "moved_share",
    )
    with out.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(fields)
        rows = [
            (
                *(compared.subject.title, compared.subject.unit, each.pollutant, each.code),
                *(each.value_a, each.value_b, each.change, each.change_share, each.moved_share),
            )
            for compared in found.subjects
            for each in compared.moved
        ]
        writer.writerows(rows)
    return len(rows)
