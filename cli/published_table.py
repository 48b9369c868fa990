"""Published figures beside ours as a table, for `tradeplume published`."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from warehouse.database import fetch, literal
from warehouse.errors import UserFacingError
from warehouse.home import Home
from warehouse.published import open_published

_SAID = {"equal": "", "above": "above ", "below": "below "}
_VERDICT = (
    "case when not comparable then 'not comparable' when within_tolerance then 'within'"
    " when not within_tolerance then 'outside' end"
)


def published_query(home: Home, edition: str, *, everything: bool) -> str:
    """The query for an edition's figures, comparable ones first; all of them, or those alone.

    Raises UserFacingError where the edition is not published or its figures are of an older version.
    """
    with open_published(home) as connection:
        known = [
            str(row[0])
            for row in fetch(
                connection,
                "select distinct edition from fct_published_figure order by edition",
            )
        ]
    if edition not in known:
        raise UserFacingError(
            f"Nothing published of edition {edition!r} stands beside published figures.",
            remedy=f"Choose one of {', '.join(known) or 'none'}, or compute it:"
            f" tradeplume run --edition {edition}",
        )
    return (
        "select figure_id, where_in_source, statement, relation, theirs, ours, unit, tolerance,"
        f" {_VERDICT} as verdict, coalesce(why_not, '') as why_not, coalesce(wanted, '') as wanted,"
        " coalesce(tolerance_reason, '') as tolerance_reason, concept, source"
        f" from fct_published_figure where edition = {literal(edition)}"
        f" and theirs is not null{'' if everything else ' and comparable'}"
        " order by not comparable, left(figure_id, 1) != 'p', figure_id"
    )


def print_published(console: Console, home: Home, edition: str, *, everything: bool) -> None:
    """Print theirs, ours, tolerance and verdict; then how many, and why the others are not comparable."""
    with open_published(home) as connection:
        rows = fetch(connection, published_query(home, edition, everything=True))
    compared = [row for row in rows if row[8] != "not comparable"]
    others = [row for row in rows if row[8] == "not comparable"]
    table = Table(
        title=f"Published figures beside edition {edition}", box=None, pad_edge=False, expand=False
    )
    for heading in ("figure", "statement", "theirs", "ours", "tolerance", "unit", "verdict"):
        is_number = heading in ("theirs", "ours", "tolerance")
        table.add_column(heading, justify="right" if is_number else "left", overflow="fold")
    for row in compared:
        figure, _, statement, relation, theirs, ours, unit, tolerance, verdict, *_ = row
        table.add_row(
            str(figure),
            escape(str(statement)),
            f"{_SAID[str(relation)]}{theirs:g}",
            _number(ours),
            _number(tolerance),
            str(unit),
            str(verdict or ""),
        )
    console.print(table)
    within = sum(row[8] == "within" for row in compared)
    console.print(
        f"{len(compared)} of {len(rows)} figures can be compared: {within} within their tolerance,"
        f" {len(compared) - within} outside. {len(others)} cannot be compared.",
        highlight=False,
    )
    if everything:
        _print_others(console, others)
    else:
        console.print(
            "`--all` says why the rest cannot be compared and which file would change that;"
            " `--format csv` has the reasons of the tolerances.",
            highlight=False,
        )


def _print_others(console: Console, others: list[tuple[object, ...]]) -> None:
    table = Table(title="Not comparable", box=None, pad_edge=False)
    for heading in ("figure", "statement", "theirs", "ours", "unit", "why not", "wanted"):
        is_number = heading in ("theirs", "ours")
        table.add_column(heading, justify="right" if is_number else "left", overflow="fold")
    for row in others:
        figure, _, statement, relation, theirs, ours, unit, _, _, why_not, wanted, *_ = row
        table.add_row(
            str(figure),
            escape(str(statement)),
            f"{_SAID[str(relation)]}{_number(theirs)}",
            _number(ours),
            str(unit),
            escape(str(why_not)),
            escape(str(wanted)),
        )
    console.print(table)


def _number(value: object) -> str:
    """Three digits; what is missing as a blank."""
    return f"{value:.3g}" if isinstance(value, float) else ""
