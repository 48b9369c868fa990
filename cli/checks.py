"""The results of the last checks, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape

from warehouse import meta
from warehouse.database import connect, fetch
from warehouse.errors import GateFailed, NotPublished
from warehouse.home import Home
from warehouse.publish import failed_working_files
from warehouse.published import open_published

if TYPE_CHECKING:
    from rich.console import Console


def print_checks(console: Console, home: Home, *, everything: bool) -> bool:
    """Print the check results of all working files; returns whether one forbids publishing.

    Without working files (a folder that somebody shared) those of the published file.
    Raises NotPublished when nothing has been run, HomeLocked while a run is writing.
    """
    found = _of_working_files(home) or _of_published(home)
    for name, checks in found.items():
        errors = len(meta.failed_errors(checks))
        warnings = sum(not check.passed for check in checks) - errors
        console.print(
            f"[bold]{escape(name)}[/bold]: {len(checks)} checks, {errors} failed, {warnings} warnings",
            highlight=False,
        )
        for check in checks:
            if everything or not check.passed:
                console.print(f"  {_mark(check)} {escape(meta.describe(check))}", highlight=False)
    return any(meta.failed_errors(checks) for checks in found.values())


def _of_working_files(home: Home) -> dict[str, list[meta.CheckRow]]:
    found: dict[str, list[meta.CheckRow]] = {}
    for working in home.working_files():
        with connect(working.path, read_only=True, guarded=True) as connection:
            found[f"{working.edition} {working.year}"] = [*meta.read_checks(connection)]
    return found


def _of_published(home: Home) -> dict[str, list[meta.CheckRow]]:
    """The checks that the published file keeps, by edition and year. Raises NotPublished."""
    if not home.published_file.exists():
        raise NotPublished("No edition has been run yet.", remedy="Run `tradeplume run`.")
    columns = ", ".join(meta.CHECK_COLUMNS)
    found: dict[str, list[meta.CheckRow]] = {}
    with open_published(home) as connection:
        rows = fetch(
            connection,
            f"select edition, year, {columns} from marts.fct_check_result"
            " order by edition, year, passed, gate, suite, check_name, scope",
        )
    for edition, year, *values in rows:
        found.setdefault(f"{edition} {year}", []).append(meta.Check(*values))  # type: ignore[arg-type]
    return found


def demand_passed(home: Home) -> None:
    """Raise GateFailed when a check of any working file forbids publishing."""
    failed = failed_working_files(home)
    if failed:
        named = [
            f"  {name} {meta.describe(check)}"
            for name, checks in failed.items()
            for check in checks
        ]
        raise GateFailed(
            "\n".join(["Nothing was published, since a quality gate failed:", *named[:10]]),
            remedy="`tradeplume check` shows all of them; correct the input and run again.",
        )


def _mark(check: meta.CheckRow) -> str:
    if check.passed:
        return "[green]passed[/green] "
    return "[red]failed[/red] " if check.severity == "error" else "[yellow]warning[/yellow]"
