"""Allocation under caps: RAS with an upper bound for every cell.

The table closest to the prior in information (as in RAS) among those that meet the totals and keep
below the caps is x = min(z r s, cap). Filling rows and columns in turn finds r and s; without caps
that is RAS. A cell that reaches its cap stays there while the rest of its row or column takes what
remains, but is free again when the other direction needs less of it: caps fixed for good would
depend on the order and can make feasible totals infeasible.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from compute._checks import (
    Array,
    InvalidInput,
    Mask,
    as_floats,
    finite_matrix,
    finite_vector,
    listing,
    non_negative,
    require_same_labels,
)

# A row whose total is zero keeps a factor of this share of the largest: small enough to leave
# nothing where another row can deliver, and above zero where a column total needs the row.
LEAST_ROW_FACTOR = 1e-100
# Cells below this share of their column total are what such rows leave behind: they become zero.
NEGLIGIBLE_SHARE = 1e-50
# A capped cell whose uncapped value falls by more than this share a round will be free again.
LOOSENING_SHARE = 1e-12
# A total may exceed the sum of its caps by this share: double sums of the same amounts.
SUM_ROUNDING_SHARE = 1e-12


class CapExceeded(ValueError):
    """A column total is larger than what its cells may hold; `columns` are the indices."""

    def __init__(self, message: str, columns: Iterable[int] = ()) -> None:
        """Keep the indices beside the message that names them with their amounts."""
        super().__init__(message)
        self.columns = [int(j) for j in columns]


@dataclass(frozen=True)
class CappedTable:
    """A table that meets its column totals below its caps.

    table: (m, n), in the unit of the totals.  rounds: passes over rows and columns.
    capped: (m, n), cells at their cap.  row_deviation: (m,), row sums less the row totals asked for
    (zeros when none were), what caps, zeros and the column totals did not allow.
    """

    table: Array
    rounds: int
    capped: Mask
    row_deviation: Array


def capped_ras(
    prior: ArrayLike,
    row_totals: ArrayLike | None,
    column_totals: ArrayLike,
    upper: ArrayLike,
    *,
    tolerance: float = 1e-9,
    max_rounds: int = 1000,
) -> CappedTable:
    """Scale a non-negative `prior` to its totals with no cell above `upper`.

    prior: (m, n) >= 0, any unit; a zero stays zero.  row_totals: (m,) >= 0, or None when only the
    columns count (each is then filled in proportion to the prior until cells reach their cap).
    column_totals: (n,) >= 0.  upper: (m, n) >= 0, infinity for no cap.  Totals and caps have one
    unit.
    Ends when every row is met within `tolerance` (a share of its total), when the table has come to
    rest (no cell moves by that share of its column total or is about to), or after `max_rounds`.

    Column totals are always met. Where row totals conflict with them, with the caps or with the
    zeros, the rows give way and `row_deviation` says by how much.

    Raises CapExceeded, naming the columns, when a total is larger than the sum of the caps of the
    column's non-zero cells; InvalidInput for shapes, NaN, infinite totals and negative entries.
    """
    require_same_labels(
        prior=(prior, ("m", "n")),
        row_totals=(row_totals, ("m",)),
        column_totals=(column_totals, ("n",)),
        upper=(upper, ("m", "n")),
    )
    weights = non_negative("prior", finite_matrix("prior", prior))
    m, n = weights.shape
    columns = non_negative("column_totals", finite_vector("column_totals", column_totals, length=n))
    caps = _caps(upper, weights)
    if not tolerance > 0 or max_rounds < 1:
        raise InvalidInput(
            f"capped_ras needs tolerance > 0 and max_rounds >= 1, got {tolerance}, {max_rounds}"
        )
    _refuse_overfull(columns, caps)
    weights = np.where(columns > 0, weights, 0.0)
    caps = np.where(weights > 0, caps, 0.0)
    if row_totals is None:
        table, rounds = np.minimum(weights * _fill(weights, caps, columns), caps), 1
        deviation = np.zeros(m)
    else:
        rows = non_negative("row_totals", finite_vector("row_totals", row_totals, length=m))
        table, rounds = _alternate(weights, caps, rows, columns, tolerance, max_rounds)
        deviation = table.sum(axis=1) - rows
    return CappedTable(table, rounds, (table >= caps) & (weights > 0), deviation)


def _caps(upper: ArrayLike, weights: Array) -> Array:
    caps = as_floats("upper", upper)
    if caps.shape != weights.shape:
        raise InvalidInput(f"upper must have shape {weights.shape}, its shape is {caps.shape}")
    if np.isnan(caps).any():
        raise InvalidInput(f"upper has NaN, the first at {np.argwhere(np.isnan(caps))[0].tolist()}")
    return np.where(weights > 0, non_negative("upper", caps), 0.0)


def _refuse_overfull(totals: Array, caps: Array) -> None:
    room = caps.sum(axis=0)
    over = np.flatnonzero(totals > room * (1 + SUM_ROUNDING_SHARE))
    if over.size:
        what = listing(
            f"column {j} has total {totals[j]:.10g} and room for {room[j]:.10g}" for j in over
        )
        raise CapExceeded(f"column totals above the sum of their caps: {what}", over)


def _alternate(
    weights: Array, caps: Array, rows: Array, columns: Array, tolerance: float, max_rounds: int
) -> tuple[Array, int]:
    reachable_rows = np.minimum(rows, caps.sum(axis=1))
    s = np.ones(columns.size)
    table = np.zeros_like(weights)
    uncapped = table
    rounds = 0
    while rounds < max_rounds:
        rounds += 1
        r = _fill((weights * s).T, caps.T, reachable_rows)
        r = np.maximum(r / (r.max() or 1.0), LEAST_ROW_FACTOR)
        s = _fill(weights * r[:, None], caps, columns)
        before, uncapped_before = table, uncapped
        uncapped = weights * r[:, None] * s
        table = np.minimum(uncapped, caps)
        met = np.abs(table.sum(axis=1) - rows) <= tolerance * rows
        still = np.abs(table - before) <= tolerance * columns
        # A table may stand still while the factors under its caps move on and will free a cell.
        loosening = (uncapped > caps) & (uncapped < uncapped_before * (1 - LOOSENING_SHARE))
        if met.all() or (still.all() and not loosening.any()):
            break
    return np.where(table > NEGLIGIBLE_SHARE * columns, table, 0.0), rounds


def _fill(weights: Array, caps: Array, totals: Array) -> Array:
    """Return for every column the factor f with sum of min(f weights, caps) = total.

    Cells above their cap are fixed at it and the rest is scaled to what remains, until none
    exceeds. The factor only grows meanwhile, so a cell once above its cap stays above it: exact.
    """
    fixed = np.zeros(weights.shape, dtype=bool)
    factor = np.zeros(totals.size)
    while True:
        free = np.where(fixed, 0.0, weights).sum(axis=0)
        rest = totals - np.where(fixed, caps, 0.0).sum(axis=0)
        scaled = np.divide(rest, free, out=factor.copy(), where=free > 0)
        factor = np.maximum(factor, scaled)
        exceeding = ~fixed & (weights * factor > caps)
        if not exceeding.any():
            break
        fixed |= exceeding
    # A column full to its caps has no free cell left: the factor that brings the last one there.
    brim = np.divide(caps, weights, out=np.zeros_like(weights), where=fixed).max(axis=0)
    filled: Array = np.maximum(factor, brim)
    return filled
