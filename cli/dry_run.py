"""`tradeplume run --dry-run`: what a run would make, why, and about how long it would take."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from flows.engine import Plan

SHOWN_ITEMS = 4


def print_plan(console: Console, plans: Sequence[Plan]) -> None:
    """Print the steps that would run with their reasons, and the time they took before."""
    stale = [each for each in plans if each.reason]
    if not stale:
        console.print(f"Nothing to do: {len(plans)} steps are current.", highlight=False)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("step", "makes", "about", "why"):
        table.add_column(column, justify="right" if column == "about" else "left", overflow="fold")
    for each in stale:
        table.add_row(
            each.step.name,
            escape(_items(each)),
            _seconds(each.seconds_expected),
            escape(each.reason or ""),
        )
    console.print(table)
    console.print(
        f"\n{len(stale)} of {len(plans)} steps would run. {_total(stale)}", highlight=False
    )


def _items(planned: Plan) -> str:
    """The stale items of a step of several: the first few names."""
    if len(planned.items) == 1:
        return planned.step.title
    names = [name.split(".")[2] if name.count(".") > 1 else name for name in planned.stale]
    more = f" and {len(names) - SHOWN_ITEMS} more" if len(names) > SHOWN_ITEMS else ""
    return f"{len(names)} of {len(planned.items)}: {', '.join(names[:SHOWN_ITEMS])}{more}"


def _seconds(seconds: float | None) -> str:
    return "not known" if seconds is None else f"{seconds:.0f} s"


def _total(stale: Sequence[Plan]) -> str:
    known = [each.seconds_expected for each in stale if each.seconds_expected is not None]
    total = f"About {sum(known):.0f} s by the last run."
    if len(known) == len(stale):
        return total
    missing = len(stale) - len(known)
    return f"{total if known else ''} {missing} steps have not run yet: their time is not known.".strip()
