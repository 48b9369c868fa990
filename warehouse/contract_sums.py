"""Parts against their stated total, with the deviations that publications are known to have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from warehouse.yaml_files import yaml_content

KNOWN_DEVIATIONS = Path(__file__).with_name("known_deviations.yml")
_VALUE = "value"  # the measure's name inside this module


@dataclass(frozen=True)
class Breach:
    """Where a table breaks a rule, and what it should be. row counts data rows from 1."""

    message: str
    row: int | str | None = None
    column: str | None = None
    found: str | None = None
    expected: str | None = None
    remedy: str = ""


Rule = Callable[[pl.DataFrame], Breach | None]


def sum_breach(
    frame: pl.DataFrame,
    rule: str,
    measure: str,
    by: list[str],
    is_total: pl.Expr,
    is_part: pl.Expr,
    *,
    sign: pl.Expr | None = None,
    needs_total: pl.Expr | None = None,
    name: str = "the stated total",
) -> Breach | None:
    """The first total that its parts miss by more than the rule's tolerance.

    by: columns that name a total.  sign: +1 or -1 of a part.  needs_total: rows whose total must be
    there.
    """
    numbered = frame.with_row_index("row", offset=1)
    totals = numbered.filter(is_total).rename({measure: _VALUE})
    if needs_total is not None:
        orphans = numbered.filter(needs_total).join(
            totals, on=by, how="anti", maintain_order="left"
        )
        if breach := first_breach(
            orphans, f"the total {name} is missing.", name, tuple(by), "a total beside its parts"
        ):
            return breach
    signed = pl.col(measure) if sign is None else pl.col(measure) * sign
    sums = numbered.filter(is_part).group_by(by).agg(parts=signed.sum())
    joined = totals.join(sums, on=by, how="left", maintain_order="left")
    return compare(joined.with_columns(pl.col("parts").fill_null(0.0)), rule, measure, by, name)


def compare(
    joined: pl.DataFrame, rule: str, measure: str, by: list[str], name: str
) -> Breach | None:
    """The first row whose ``value`` and ``parts`` differ by more than the rule's tolerance.

    joined: row, the columns ``by``, value, parts.
    """
    known = _known_deviations()
    tolerance = known["tolerances"][rule]
    allowed: pl.Expr = tolerance["absolute"] + tolerance["relative"] * pl.col(_VALUE).abs()
    for deviation in known["deviations"]:
        if deviation["rule"] == rule:
            place = [_is(column, code) for column, code in deviation["where"].items()]
            more = pl.max_horizontal(allowed, pl.lit(float(deviation["absolute"])))
            allowed = pl.when(pl.all_horizontal(place)).then(more).otherwise(allowed)
    agrees = (pl.col(_VALUE) - pl.col("parts")).abs() <= allowed
    wrong = joined.filter(~agrees.fill_null(False)).sort("row")
    if wrong.is_empty():
        return None
    first = wrong.row(0, named=True)
    return Breach(
        message=f"parts do not sum to {name} ({', '.join(str(first[key]) for key in by)}).",
        row=first["row"],
        column=measure,
        found=f"{first[_VALUE]:.10g}",
        expected="no such total"
        if first["parts"] is None
        else f"{first['parts']:.10g}, the sum of the parts",
        remedy=(
            "Correct the figure. If the publication itself is so, note it with its reason in "
            "warehouse/known_deviations.yml."
        ),
    )


def _is(column: str, code: str | list[str]) -> pl.Expr:
    """Whether a column holds the code, or one of several."""
    return pl.col(column).is_in([code] if isinstance(code, str) else code)


def negative_breach(
    frame: pl.DataFrame, where: pl.Expr, measure: str, place: tuple[str, ...]
) -> Breach | None:
    """The first negative value among the rows that ``where`` selects."""
    wrong = frame.with_row_index("row", offset=1).filter(where & (pl.col(measure) < 0))
    return first_breach(wrong, "output is negative.", measure, (*place, measure), "zero or more")


def first_breach(
    wrong: pl.DataFrame, message: str, column: str, show: tuple[str, ...], expected: str
) -> Breach | None:
    """The first of the rows that break a rule, showing some of its columns; None without rows."""
    if wrong.is_empty():
        return None
    first = wrong.row(0, named=True)
    return Breach(
        message=message,
        row=first["row"],
        column=column,
        found=", ".join(f"{name} {first[name]}" for name in show),
        expected=expected,
    )


@cache
def _known_deviations() -> dict[str, Any]:
    known: dict[str, Any] = yaml_content(KNOWN_DEVIATIONS.read_text(encoding="utf-8"))
    return known
