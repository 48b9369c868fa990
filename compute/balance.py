"""Balancing: a table scaled to new row and column totals, signs and zeros kept (METHOD section 2).

GRAS: Junius and Oosterhaven (2003); Lenzen, Wood and Gallego (2007); Temurshoev, Miller and
Bouwmeester (2013) for rows and columns without positive entries. Without negative entries it is
RAS, by the same code.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from compute._checks import (
    Array,
    InvalidInput,
    Mask,
    finite_matrix,
    finite_vector,
    listing,
    require_same_labels,
)
from compute._feasibility import Growth, find_shortage
from compute._signed import SignedParts, gras_factor, inverse
from compute._totals import (
    InfeasibleTotals,
    NotConverged,
    reconciled,
    refuse_unreachable,
    vanishing,
)

__all__ = [
    "BalancedTable",
    "InfeasibleTotals",
    "NotConverged",
    "gras",
    "structural_change",
]

# Residuals are relative to max(|total|, this share of the gross sum |x|): a total that is a small
# difference of large entries is not asked to be met beyond their rounding.
RESIDUAL_FLOOR_SHARE = 1e-3
# How often a run that hardly gets nearer is asked whether it can arrive at all.
DIAGNOSE_EVERY = 50
STALLED_GROWTH = 4 * float(np.finfo(np.float64).eps)
WORST_LISTED = 5


@dataclass(frozen=True)
class BalancedTable:
    """A balanced table and how it came about.

    table: (m, n), in the unit of the totals.  iterations: updates of both factors.
    row_residual, column_residual: |sum of x - total| / max(|total|, floor), the floor being 0.1 %
    of the sum of |x|, which matters for totals near zero over entries of both signs; max_residual:
    the largest of them.
    row_factor, column_factor: r and s of x = z r s for positive and z / (r s) for negative entries;
    zero where a zero total made a whole row or column zero.
    column_total_factor: what the given column totals were multiplied by to sum to the row totals.
    """

    table: Array
    iterations: int
    max_residual: float
    row_residual: Array
    column_residual: Array
    row_factor: Array
    column_factor: Array
    column_total_factor: float


@dataclass(frozen=True)
class _Problem:
    parts: SignedParts
    row_totals: Array
    column_totals: Array
    live_rows: Mask
    live_columns: Mask
    tolerance: float

    def row_factor(self, s: Array) -> Array:
        return gras_factor(self.row_totals, *self.parts.row_sums(s), self.live_rows)

    def column_factor(self, r: Array) -> Array:
        return gras_factor(self.column_totals, *self.parts.column_sums(r), self.live_columns)

    def row_residual(self, r: Array, sums: tuple[Array, Array]) -> Array:
        """Return the residual of the rows scaled by r, given the row sums of P s and N / s."""
        return _residual(_net(r, sums), _gross(r, sums), self.row_totals)

    def column_residual(self, s: Array, sums: tuple[Array, Array]) -> Array:
        """Return the residual of the columns scaled by s, given the column sums."""
        return _residual(_net(s, sums), _gross(s, sums), self.column_totals)


def gras(
    prior: ArrayLike,
    row_totals: ArrayLike,
    column_totals: ArrayLike,
    *,
    tolerance: float = 1e-6,
    max_iterations: int = 1000,
    reconcile: float = 0.0,
) -> BalancedTable:
    """Scale `prior` to the totals with least change of information (GRAS; RAS without negatives).

    prior: (m, n), any unit.  row_totals: (m,), column_totals: (n,), one unit, the result's.
    tolerance: the largest relative residual of a converged table (BalancedTable says of what).
    reconcile: when the sums of the totals differ by no more than this share, the column totals are
    scaled to the sum of the row totals and the factor is in the result; otherwise they are refused.

    A row or column total of zero over entries of one sign makes these entries zero, exactly.

    Raises InfeasibleTotals, naming rows and columns with their amounts: sums that differ, a
    non-zero total without an entry of its sign, or a set of rows that needs more than the columns
    within its reach. Raises NotConverged, a subclass, with the residual and the worst rows and
    columns when neither a solution nor such a proof was found. Raises InvalidInput for shapes, NaN
    and infinity. The prior is left as it is; beside it one table of its size is made.
    """
    require_same_labels(
        prior=(prior, ("m", "n")),
        row_totals=(row_totals, ("m",)),
        column_totals=(column_totals, ("n",)),
    )
    table = finite_matrix("prior", prior)
    rows = finite_vector("row_totals", row_totals, length=table.shape[0])
    columns = finite_vector("column_totals", column_totals, length=table.shape[1])
    if not tolerance > 0 or max_iterations < 1 or not 0 <= reconcile < 1:
        raise InvalidInput(
            "gras needs tolerance > 0, max_iterations >= 1 and 0 <= reconcile < 1, got "
            f"{tolerance}, {max_iterations} and {reconcile}"
        )
    columns, column_total_factor = reconciled(rows, columns, reconcile)
    with np.errstate(all="ignore"):  # what overflows is found by looking at the factors
        problem = _prepare(table, rows, columns, tolerance)
        r, s, iterations = _iterate(problem, max_iterations)
        row_gross = _gross(r, problem.parts.row_sums(s))
        column_gross = _gross(s, problem.parts.column_sums(r))
        balanced = problem.parts.scaled(r, s)  # residuals are those of the table itself
        row_residual = _residual(balanced.sum(axis=1), row_gross, rows)
        column_residual = _residual(balanced.sum(axis=0), column_gross, columns)
    max_residual = float(max(row_residual.max(), column_residual.max()))
    if not max_residual <= tolerance:
        raise _not_converged(
            problem, row_residual, column_residual, f"after {iterations} iterations"
        )
    return BalancedTable(
        table=balanced,
        iterations=iterations,
        max_residual=max_residual,
        row_residual=row_residual,
        column_residual=column_residual,
        row_factor=r,
        column_factor=s,
        column_total_factor=column_total_factor,
    )


def structural_change(prior: ArrayLike, table: ArrayLike) -> float:
    """Return how far balancing moved a table: sum of |x - z| over the sum of |z|.

    prior, table: same shape and unit.  A prior of zeros gives 0 for zeros and infinity else.
    """
    require_same_labels(prior=(prior, ("m", "n")), table=(table, ("m", "n")))
    old = finite_matrix("prior", prior)
    new = finite_matrix("table", table, shape=(old.shape[0], old.shape[1]))
    moved, whole = float(np.abs(new - old).sum()), float(np.abs(old).sum())
    if whole == 0:
        return 0.0 if moved == 0 else float("inf")
    return moved / whole


def _prepare(table: Array, rows: Array, columns: Array, tolerance: float) -> _Problem:
    parts = SignedParts.of(table)
    live_rows, live_columns = np.ones(rows.size, dtype=bool), np.ones(columns.size, dtype=bool)
    while True:
        row_parts = parts.row_sums(live_columns.astype(np.float64))
        column_parts = parts.column_sums(live_rows.astype(np.float64))
        dead_rows = live_rows & vanishing(rows, *row_parts)
        dead_columns = live_columns & vanishing(columns, *column_parts)
        if not dead_rows.any() and not dead_columns.any():
            break
        live_rows &= ~dead_rows
        live_columns &= ~dead_columns
    refuse_unreachable(rows, row_parts, columns, column_parts)
    return _Problem(parts, rows, columns, live_rows, live_columns, tolerance)


def _iterate(problem: _Problem, max_iterations: int) -> tuple[Array, Array, int]:
    """Alternate row and column factors until the rows are met too; the columns always just were."""
    r, s = np.ones(problem.row_totals.size), problem.live_columns.astype(np.float64)
    growth = Growth(np.zeros_like(r), np.zeros_like(s))
    row_residual, before = np.full_like(r, np.inf), np.inf
    for iteration in range(max_iterations + 1):
        sums = problem.parts.row_sums(s)
        if iteration > 0:
            row_residual = problem.row_residual(r, sums)
            if row_residual.max() <= problem.tolerance:
                return r, s, iteration
        if iteration % DIAGNOSE_EVERY == DIAGNOSE_EVERY - 1:
            if not row_residual.max() <= 0.5 * before:
                _refuse_shortage(problem, growth)
            before = float(row_residual.max())
        r_next = gras_factor(problem.row_totals, *sums, problem.live_rows)
        s_next = problem.column_factor(r_next)
        if not (_usable(r_next, problem.live_rows) and _usable(s_next, problem.live_columns)):
            why = "a factor over- or underflowed"
            break
        growth = Growth(_log_ratio(r_next, r), -_log_ratio(s_next, s))
        if iteration > 0 and growth.largest() <= STALLED_GROWTH:
            why = "nothing moves any more"
            break
        if iteration < max_iterations:
            r, s = r_next, s_next
    else:
        why = "the limit"
    _refuse_shortage(problem, growth)
    column_sums = problem.parts.column_sums(problem.row_factor(s))
    column_residual = problem.column_residual(s, column_sums)
    raise _not_converged(
        problem, row_residual, column_residual, f"after {iteration} iterations ({why})"
    )


def _net(factor: Array, sums: tuple[Array, Array]) -> Array:
    return sums[0] * factor - sums[1] * inverse(factor)


def _gross(factor: Array, sums: tuple[Array, Array]) -> Array:
    return sums[0] * factor + sums[1] * inverse(factor)


def _residual(net: Array, gross: Array, totals: Array) -> Array:
    scale = np.maximum(np.abs(totals), RESIDUAL_FLOOR_SHARE * gross)
    return np.divide(np.abs(net - totals), scale, out=np.zeros_like(net), where=scale != 0)


def _log_ratio(after: Array, before: Array) -> Array:
    """Return log(after / before), zero where either is zero (rows and columns out of the game)."""
    ratio = np.divide(after, before, out=np.ones_like(after), where=(before > 0) & (after > 0))
    return np.log(ratio)


def _usable(factors: Array, live: Mask) -> bool:
    return bool(np.isfinite(factors).all() and (factors[live] > 0).all())


def _refuse_shortage(problem: _Problem, growth: Growth) -> None:
    shortage = find_shortage(
        problem.parts,
        problem.row_totals,
        problem.column_totals,
        (problem.live_rows, problem.live_columns),
        growth,
        problem.tolerance,
    )
    if shortage is not None:
        raise InfeasibleTotals(
            f"rows {listing(shortage.rows)} together need {shortage.needed:.10g}, but the columns "
            f"within their reach, {listing(shortage.columns)}, may hold only "
            f"{shortage.available:.10g}",
            shortage.rows,
            shortage.columns,
        )


def _not_converged(
    problem: _Problem, row_residual: Array, column_residual: Array, when: str
) -> NotConverged:
    worst_rows, worst_columns = _worst(row_residual), _worst(column_residual)
    what = [
        f"{name} {i} (total {totals[i]:.10g}, off by {residual[i]:.3g})"
        for name, worst, totals, residual in (
            ("row", worst_rows, problem.row_totals, row_residual),
            ("column", worst_columns, problem.column_totals, column_residual),
        )
        for i in worst
    ]
    both = np.concatenate((row_residual, column_residual))
    residual = float(np.max(both, where=np.isfinite(both), initial=0.0)) or float("inf")
    return NotConverged(
        f"not converged {when}: relative residual {residual:.3g}, tolerance "
        f"{problem.tolerance:g}; worst are {listing(what)}",
        worst_rows,
        worst_columns,
        residual,
    )


def _worst(residual: Array) -> list[int]:
    order = np.argsort(-np.nan_to_num(residual, nan=np.inf), kind="stable")
    return [int(i) for i in order[:WORST_LISTED] if residual[i] != 0]
