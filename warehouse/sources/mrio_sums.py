"""Sums that a provincial multi-regional table keeps, and the sign of its error column."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from warehouse.errors import InputError
from warehouse.sources.mrio_layout import Line

TOLERANCE = 1e-2
"""Relative to the total, or to ``FLOOR_10K_CNY`` where the total is smaller."""

FLOOR_10K_CNY = 100_000.0
OUTPUT_10K_CNY = (1e9, 1e11)
"""China's gross output was 8e9 in 2007 and 2.26e10 in 2017 (10,000 CNY); a few provinces have a tenth."""

Array = NDArray[np.float64]


def balanced(rows: Sequence[Line], columns: Sequence[Line], values: Array, place: str) -> Array:
    """The figures, the error column with the sign that closes the rows: GO = TIU + TFU + ERR.

    values: (rows, columns), 10,000 CNY.  Raises InputError for the first row or column that misses
    its total, for output that is not total input, and for another unit.
    """
    sector_row, sector_column = _is(rows, "sector"), _is(columns, "sector")
    totals = _named(columns)
    core = values[np.ix_(sector_row, sector_column)].sum(1)
    demand = values[np.ix_(sector_row, _is(columns, "final_demand"))].sum(1)
    use = values[sector_row]
    output = use[:, totals["GO"]]
    owners = [row for row in rows if row.kind == "sector"]
    _refuse_unit(float(output.sum()), place)
    if "TIU" in totals:
        _refuse_gap(core, use[:, totals["TIU"]], owners, "TIU", place)
    final = demand + use[:, totals["EX"]]
    _refuse_gap(final, use[:, totals["TFU"]], owners, "TFU", place)
    values = _signed(values, rows, totals, core + final - output)
    error = values[sector_row][:, totals["ERR"]] if "ERR" in totals else 0.0
    _refuse_gap(core + final + error, output, owners, "GO", place)
    _check_columns(rows, columns, values, output, place)
    return values


def _check_columns(
    rows: Sequence[Line], columns: Sequence[Line], values: Array, output: Array, place: str
) -> None:
    sector_column = _is(columns, "sector")
    named = _named(rows)
    owners = [column for column in columns if column.kind == "sector"]
    cost = values[:, sector_column]
    inputs = cost[_is(rows, "sector")].sum(0) + cost[named["IM"]]
    without_imports = inputs - cost[named["IM"]]
    stated = cost[named["TII"]]
    # TII stands below IM: with imports in it, as the layouts print it, or without.
    total = (
        inputs
        if np.abs(inputs - stated).sum() <= np.abs(without_imports - stated).sum()
        else without_imports
    )
    _refuse_gap(total, stated, owners, "TII", place)
    added = cost[_is(rows, "value_added")].sum(0)
    _refuse_gap(added, cost[named["TVA"]], owners, "TVA", place)
    _refuse_gap(inputs + added, cost[named["TI"]], owners, "TI", place)
    order = {
        (row.province, row.code): at for at, row in enumerate(r for r in rows if r.kind == "sector")
    }
    of_rows = output[[order[owner.province, owner.code] for owner in owners]]
    _refuse_gap(cost[named["TI"]], of_rows, owners, "TI, against output GO", place)


def _signed(values: Array, rows: Sequence[Line], totals: dict[str, int], gap: Array) -> Array:
    """The figures with the error column turned when it was printed as use less output."""
    if "ERR" not in totals:
        return values
    error = values[_is(rows, "sector"), totals["ERR"]]
    if np.abs(gap - error).sum() < np.abs(gap + error).sum():
        values = values.copy()
        values[:, totals["ERR"]] *= -1.0
    return values


def _is(lines: Sequence[Line], kind: str) -> NDArray[np.bool_]:
    return np.array([line.kind == kind for line in lines])


def _named(lines: Sequence[Line]) -> dict[str, int]:
    return {
        line.code: at
        for at, line in enumerate(lines)
        if line.kind not in {"sector", "final_demand"}
    }


def _refuse_unit(output: float, place: str) -> None:
    low, high = OUTPUT_10K_CNY
    if not low < output < high:
        raise InputError(
            "Gross output is not that of Chinese provinces in 10,000 CNY.",
            file=place,
            column="GO",
            found=f"{output:,.6g} in all",
            expected=f"between {low:g} and {high:g}",
            remedy="Restore the published unit, 10,000 CNY.",
        )


def _refuse_gap(parts: Array, total: Array, owners: Sequence[Line], name: str, place: str) -> None:
    gap = np.abs(parts - total) / np.maximum(np.abs(total), FLOOR_10K_CNY)
    worst = int(np.argmax(gap))
    if gap[worst] > TOLERANCE:
        owner = owners[worst]
        raise InputError(
            f"Parts do not sum to the total {name}.",
            file=place,
            row=f"{owner.province} {owner.code}",
            column=name,
            found=f"{parts[worst]:,.6g} against {total[worst]:,.6g} (10,000 CNY)",
            expected=f"equal within {TOLERANCE:g}; {int((gap > TOLERANCE).sum())} do not",
            remedy="Restore the published figures; no province, row or column may be taken out.",
        )
