"""Totals a table is balanced to: what is wrong with them before the first iteration."""

from collections.abc import Iterable

import numpy as np

from compute._checks import Array, Indices, InvalidInput, Mask, listing

# Double sums of the same amounts in another order differ by less than this share.
SUM_ROUNDING_SHARE = 1e-12


class InfeasibleTotals(ValueError):
    """Totals that no table with the prior's zeros and signs can meet.

    rows, columns: indices of those that cannot be met, or that together cannot be met.
    """

    def __init__(self, message: str, rows: Iterable[int] = (), columns: Iterable[int] = ()) -> None:
        """Keep the indices beside the message that names them with their amounts."""
        super().__init__(message)
        self.rows = [int(i) for i in rows]
        self.columns = [int(j) for j in columns]


class NotConverged(InfeasibleTotals):
    """No proof of infeasibility, but the residual stayed above the tolerance.

    rows, columns are the worst ones, worst first; residual is relative, as in BalancedTable.
    """

    def __init__(
        self,
        message: str,
        rows: Iterable[int] = (),
        columns: Iterable[int] = (),
        residual: float = np.inf,
    ) -> None:
        """Keep the residual too."""
        super().__init__(message, rows, columns)
        self.residual = residual


def reconciled(rows: Array, columns: Array, reconcile: float) -> tuple[Array, float]:
    """Return the column totals scaled to the sum of the row totals, and the factor; or refuse."""
    with np.errstate(over="ignore"):
        row_sum, column_sum = float(rows.sum()), float(columns.sum())
        gross = max(float(np.abs(rows).sum()), float(np.abs(columns).sum()))
    if not np.isfinite(gross):
        raise InvalidInput("the sum of the totals overflows")
    difference = abs(row_sum - column_sum)
    if difference <= SUM_ROUNDING_SHARE * gross:
        return columns, 1.0
    larger = max(abs(row_sum), abs(column_sum))
    if difference <= reconcile * larger and row_sum * column_sum > 0:
        return columns * (row_sum / column_sum), row_sum / column_sum
    raise InfeasibleTotals(
        f"row totals sum to {row_sum:.10g} and column totals to {column_sum:.10g}: they differ by "
        f"{difference / larger:.3g} of the larger, more than the {reconcile:g} that may be "
        "reconciled"
    )


def vanishing(totals: Array, positive: Array, negative: Array) -> Mask:
    """Return where a total of zero over entries of one sign, or over none, leaves only zeros."""
    vanishing: Mask = (totals == 0) & ((positive == 0) | (negative == 0))
    return vanishing


def refuse_unreachable(
    rows: Array,
    row_parts: tuple[Array, Array],
    columns: Array,
    column_parts: tuple[Array, Array],
) -> None:
    """Refuse totals without an entry of their sign, all at once; parts are sums of P and of N."""
    bad_rows = _unreachable(rows, *row_parts)
    bad_columns = _unreachable(columns, *column_parts)
    if bad_rows.size or bad_columns.size:
        what = [
            f"{name} {i} has total {totals[i]:.10g} and {_lacking(positive[i], negative[i])}"
            for name, bad, totals, (positive, negative) in (
                ("row", bad_rows, rows, row_parts),
                ("column", bad_columns, columns, column_parts),
            )
            for i in bad
        ]
        raise InfeasibleTotals(
            "totals without an entry that could meet them (entries of rows and columns that must "
            f"be zero do not count): {listing(what)}",
            bad_rows,
            bad_columns,
        )


def _unreachable(totals: Array, positive: Array, negative: Array) -> Indices:
    unmet: Indices = np.flatnonzero(
        ((totals > 0) & (positive == 0)) | ((totals < 0) & (negative == 0))
    )
    return unmet


def _lacking(positive: float, negative: float) -> str:
    if positive == 0 and negative == 0:
        return "no entry"
    return "no negative entry" if negative == 0 else "no positive entry"
