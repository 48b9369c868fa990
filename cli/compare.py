"""`tradeplume compare`: two editions, releases or published files, figure by figure."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import HomeOption

if TYPE_CHECKING:
    from rich.console import Console

    from atlas.comparison import Compared, Comparison, Moved, Side
    from flows.by_role import ByRole, Split
    from warehouse.home import Home

JSON = "json"
FORMATS = ("table", JSON)


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
    by_role: Annotated[
        bool,
        typer.Option(
            "--by-role", help="Compute how much each input that differs moved the emissions."
        ),
    ] = False,
    files: Annotated[
        list[Path] | None,
        typer.Option(
            "--files", help="With --by-role: a folder of files that are no longer landed."
        ),
    ] = None,
    fmt: Annotated[
        str | None, typer.Option("--format", "-f", help="table or json; what to print.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", help="Write the comparison as a page here.")
    ] = None,
    home: HomeOption = None,
) -> None:
    """Show what moved from A to B, and by which input.

    Headlines first, then provinces, consumers, exporters and sectors.

    The inputs that differ come last: roles filled by other files, and other assumptions.
    A and B may be editions (`open-2007`), releases (`12`), published files or folders of a colleague, or an
    edition in one of these (`open-2017@colleague/published`).

    `--by-role` computes A again, then A with one input at a time from B, without concentrations. It says first
    how many runs that takes. A and B stay as they are, and the runs are not kept.

    Examples: `tradeplume compare 3 4`, `tradeplume compare open-2007 open-2017 -p SO2`,
    `tradeplume compare open-2017 open-2017@colleague/published --out moved.csv`,
    `tradeplume compare open-2017@1 open-2017@2 --by-role -p SO2 --html moved.html`
    """
    from atlas.comparison import compare as compare_sides
    from atlas.comparison import side_of
    from cli.console import console_of
    from warehouse.home import locate

    if fmt not in (None, *FORMATS):
        raise typer.BadParameter(f"{fmt} is not one of {', '.join(FORMATS)}", param_hint="--format")
    if files and not by_role:
        raise typer.BadParameter("is for --by-role alone", param_hint="--files")
    _demand_folders(out, html)
    place = locate(home)
    sides = side_of(a, place), side_of(b, place)
    found = compare_sides(*sides, place)
    is_json = fmt == JSON
    if not is_json:
        print_comparison(console_of(), found, a, b, pollutant, rows)
    split = _split(found, sides, place, files or (), is_json=is_json) if by_role else None
    if is_json:
        print(as_json(found, split, pollutant))
    elif split is not None:
        from cli.by_role import print_by_role

        print_by_role(console_of(), split, pollutant)
    aside = sys.stderr if is_json else None
    if html is not None:
        html.write_text(_page(found, split, a, b, pollutant, rows), encoding="utf-8")
        print(f"The page is {html}", file=aside)
    if out is not None:
        print(f"{_write(found, out):,} differences in {out}", file=aside)


def _demand_folders(*files: Path | None) -> None:
    """Raise UserFacingError for a file in a folder that does not exist, before any work."""
    from warehouse.errors import UserFacingError

    for file in files:
        if file is not None and not file.parent.is_dir():
            raise UserFacingError(
                f"The folder {file.parent} does not exist.",
                remedy="Make it, or choose another one.",
            )


def _page(
    found: Comparison, split: ByRole | None, a: str, b: str, pollutant: str | None, rows: int
) -> str:
    from atlas.comparison_page import Share, page
    from cli.by_role import rows_of

    shares = [
        Share(each.headline, each.pollutant, name, change, change / each.a_t if each.a_t else None)
        for each in (split.splits if split else ())
        if pollutant in (None, each.pollutant)
        for name, change in rows_of(each)
    ]
    return page(found, a, b, pollutant, rows, shares)


def _split(
    found: Comparison,
    sides: tuple[Side, Side],
    place: Home,
    files: Sequence[Path],
    *,
    is_json: bool,
) -> ByRole:
    """The runs of --by-role, told on the stream that the answer does not need."""
    from rich.console import Console

    from cli.by_role import Watched, leaving_nothing
    from cli.console import console_of
    from flows.by_role import by_role as computed

    watched = Watched(Console(stderr=True, width=160) if is_json else console_of())
    with leaving_nothing():
        return computed(found, sides, place, files, watched.tell, watched.watching)


def as_json(found: Comparison, split: ByRole | None, pollutant: str | None) -> str:
    """Everything that was compared as one JSON object; by_role is null without --by-role."""
    import json
    from dataclasses import asdict

    def is_wanted(each: Moved | Split) -> bool:
        return pollutant in (None, each.pollutant)

    answer: dict[str, object] = {
        "a": {"edition": found.a.edition, "year": found.a.year},
        "b": {"edition": found.b.edition, "year": found.b.year},
        "subjects": [
            {
                "title": compared.subject.title,
                "unit": compared.subject.unit,
                "same": compared.same,
                "moved": [asdict(each) for each in compared.moved if is_wanted(each)],
            }
            for compared in found.subjects
        ],
        "missing": found.missing,
        "inputs": [asdict(each) for each in found.inputs],
        "by_role": None,
    }
    if split is not None:
        splits = [asdict(each) for each in split.splits if is_wanted(each)]
        answer["by_role"] = {**asdict(split), "splits": splits}
    return json.dumps(answer, ensure_ascii=False, indent=1)


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

    from atlas.comparison import cells_of

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
            table.add_row(*cells_of(each))
    console.print(f"\n[bold]{title}[/bold]", highlight=False)
    console.print(table)
    if rest := sum(max(0, count - rows) for count in shown.values()) if rows else 0:
        console.print(f"and {rest} more (--rows 0 shows all)", highlight=False)


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
