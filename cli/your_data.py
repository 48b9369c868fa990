"""`tradeplume template` and `tradeplume try`: a user's own data, before a run."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import HomeOption
from warehouse.request import DEFAULT_EDITION

if TYPE_CHECKING:
    from rich.console import Console

    from expectations.results import CheckResult
    from warehouse.trial import Difference, Trial

EditionOption = Annotated[str, typer.Option("--edition", "-e", help="Edition that has the role.")]
_ALIKE_SHARE = 1e-9


def template(
    role: Annotated[str, typer.Argument(help="Role, as sector_emission (`tradeplume editions`).")],
    edition: EditionOption = DEFAULT_EDITION,
    home: HomeOption = None,
) -> None:
    """Print a role as it is used now, as CSV.

    The lines above the table say columns, units and rules. Of a role that nothing fills, only these lines and the
    heading are printed.

    Change what you know better, check the file with `tradeplume try`, and land it.

    Example: `tradeplume template sector_emission > mine.csv`
    """
    from warehouse.edition import load_edition
    from warehouse.home import locate
    from warehouse.template import write_template

    place = locate(home)
    write_template(load_edition(edition, place.root), role, place.root, sys.stdout)


def try_(
    role: Annotated[str, typer.Argument(help="Role that the file shall fill.")],
    files: Annotated[list[Path], typer.Argument(help="Your file, or the files of one publisher.")],
    edition: EditionOption = DEFAULT_EDITION,
    rows: Annotated[
        int, typer.Option("--rows", min=0, help="Faults and sums shown (0: all).")
    ] = 20,
    home: HomeOption = None,
) -> None:
    """Check a file of yours; say what it would change.

    Reads the file as a run does, and checks it against the edition's other files, as gate 1 does. Says also which
    landed files do not go together with this one.

    Stores nothing. Every fault has its line in the file.

    Exit code 3 when a run would refuse the file, 4 when gate 1 would stop the run.

    Example: `tradeplume try sector_emission mine.csv --edition open-2007`
    """
    from cli.console import console_of
    from expectations.tried import judge_tried
    from warehouse.edition import load_edition
    from warehouse.errors import GateFailed, InputError
    from warehouse.home import locate
    from warehouse.trial import try_files

    place = locate(home)
    found = try_files(load_edition(edition, place.root), role, files, place.root)
    print_trial(console_of(), found, rows)
    if found.frame is None:
        raise typer.Exit(InputError.exit_code)
    chosen = load_edition(edition, place.root)
    checks = judge_tried(chosen, role, found.frame, found.vintage_year, place.root)
    if _print_gate(console_of(), checks):
        raise typer.Exit(GateFailed.exit_code)
    where = place.landing / edition / role
    print(f"To use it: put it into {where}, then tradeplume run --edition {edition}")


def print_trial(console: Console, found: Trial, rows: int) -> None:
    """What was found: notes, every fault with its line, or the sums beside those used now."""
    from rich.markup import escape

    for note in found.notes:
        console.print(f"note: {escape(note)}", highlight=False)
    if found.faults:
        _print_faults(console, found, rows)
        return
    console.print(
        f"{found.rows:,} rows, read by {found.reader}: a run reads this as {found.role} of {found.edition}.",
        highlight=False,
    )
    if not found.now:
        console.print("Nothing fills this role now.", highlight=False)
        return
    what = escape("; ".join(found.now))
    verb = "completes" if found.completes else "replaces"
    console.print(f"It {verb} {found.now_rows:,} rows: {what}", highlight=False)
    _print_differences(console, found.differences, rows)


def _print_faults(console: Console, found: Trial, rows: int) -> None:
    from rich.markup import escape

    shown = found.faults[: rows or None]
    for fault in shown:
        where = f"line {fault.line}: " if fault.line else ""
        console.print(escape(where + "\n  ".join(fault.error.lines())), highlight=False)
    count = len(found.faults)
    if count > len(shown):
        console.print(f"and {count - len(shown):,} more (--rows 0 shows all)", highlight=False)
    more = "; the reader stops at the first" if found.only_first else ""
    console.print(f"{count:,} fault{'s' if count > 1 else ''}{more}. A run would refuse this file.")


def _print_gate(console: Console, checks: list[CheckResult]) -> bool:
    """What gate 1 finds in the new table; whether it would stop a run."""
    from rich.markup import escape

    stopping = {check.check_name.removesuffix("_error") for check in checks}
    for check in checks:
        if check.severity == "warn" and check.check_name.removesuffix("_warn") in stopping:
            continue  # the same places, by the narrower limit
        text = f"{check.severity}: {check.scope} {check.check_name}\n  {check.detail}"
        console.print(escape(text), highlight=False)
    errors = sum(check.severity == "error" for check in checks)
    if errors:
        console.print(
            f"{errors:,} error{'s' if errors > 1 else ''}. Gate 1 would stop a run with this file.",
            highlight=False,
        )
    return bool(errors)


def _print_differences(console: Console, differences: tuple[Difference, ...], rows: int) -> None:
    from rich.markup import escape
    from rich.table import Table

    moved = [each for each in differences if not _is_alike(each)]
    if not moved:
        console.print(f"All {len(differences)} sums are as before.", highlight=False)
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for number, name in enumerate(("sum of", "by", "code", "now", "file", "change")):
        table.add_column(name, justify="left" if number < 3 else "right")
    for each in moved[: rows or None]:
        share = each.change_share
        change = "new" if each.now is None else "gone" if each.new is None else "-"
        if each.now is not None and each.new is not None and share is not None:
            change = f"{share:+.1%}"
        table.add_row(
            each.measure, each.by, escape(each.code), _text(each.now), _text(each.new), change
        )
    console.print(f"{len(moved)} of {len(differences)} sums differ:", highlight=False)
    console.print(table)
    if rows and len(moved) > rows:
        console.print(f"and {len(moved) - rows} more (--rows 0 shows all)", highlight=False)


def _is_alike(each: Difference) -> bool:
    if each.now is None or each.new is None:
        return False
    return abs(each.new - each.now) <= _ALIKE_SHARE * max(abs(each.now), abs(each.new))


def _text(value: float | None) -> str:
    return "-" if value is None else f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
