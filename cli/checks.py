"""The results of the last checks, for people."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape

from warehouse import meta
from warehouse.database import connect
from warehouse.errors import GateFailed, NotPublished
from warehouse.home import Home
from warehouse.publish import failed_working_files


def print_checks(console: Console, home: Home, *, everything: bool) -> bool:
    """Print the check results of all working files; returns whether one forbids publishing.

    Raises NotPublished when nothing has been run, HomeLocked while a run is writing.
    """
    working_files = home.working_files()
    if not working_files:
        raise NotPublished("No edition has been run yet.", remedy="Run `tradeplume run`.")
    failed = False
    for working in working_files:
        with connect(working.path, read_only=True) as connection:
            checks = meta.read_checks(connection)
        errors = len(meta.failed_errors(checks))
        warnings = sum(not check.passed for check in checks) - errors
        failed = failed or errors > 0
        console.print(
            f"[bold]{escape(working.edition)} {working.year}[/bold]: {len(checks)} checks, "
            f"{errors} failed, {warnings} warnings",
            highlight=False,
        )
        for check in checks:
            if everything or not check.passed:
                console.print(f"  {_mark(check)} {escape(meta.describe(check))}", highlight=False)
    return failed


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


def _mark(check: meta.Check) -> str:
    if check.passed:
        return "[green]passed[/green] "
    return "[red]failed[/red] " if check.severity == "error" else "[yellow]warning[/yellow]"
