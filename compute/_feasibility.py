"""Which rows and columns make a balancing problem infeasible: a cut, found from a diverging run.

For a set S of rows and a set T of columns, take any table with the zeros and signs of the prior.
When no row of S has a positive entry outside T and no column of T has a negative entry outside S,

    u(S) - v(T) = sum of x over (S, not T) - sum of x over (not S, T) <= 0.

So u(S) > v(T) proves that the totals cannot be met. By the max-flow min-cut theorem an infeasible
problem has such sets. The scaling of an infeasible problem diverges and finds them: row factors
grow at a handful of rates, and the sets are those above one of the rates (Gietl and Reffel 2013,
Accumulation points of the iterative proportional fitting procedure, Metrika 76; Aas 2014). Rows
ranked by the growth of their factor therefore give the candidates, one for each prefix; each is
checked against the prior itself, so what is reported is a proof and not a guess. It needs one pass
over the table, at any size and scale; an integer max-flow has neither property.
"""

from dataclasses import dataclass

import numpy as np

from compute._checks import Array, Indices, Mask
from compute._signed import SignedParts

ROUNDING_SHARE = 1e-12


@dataclass(frozen=True)
class Shortage:
    """Rows that need more than the columns within their reach may hold."""

    rows: list[int]
    columns: list[int]
    needed: float
    available: float


@dataclass(frozen=True)
class Growth:
    """Natural logarithms of what one iteration multiplied the row and column factors by."""

    rows: Array
    columns: Array

    def largest(self) -> float:
        """Return the largest in absolute value."""
        return float(max(np.abs(self.rows).max(), np.abs(self.columns).max()))


def find_shortage(
    parts: SignedParts,
    row_totals: Array,
    column_totals: Array,
    live: tuple[Mask, Mask],
    growth: Growth,
    tolerance: float,
) -> Shortage | None:
    """Return the largest proven shortage among the prefixes of the rows ranked by growth.

    A shortage counts from `tolerance` (relative to the gross totals of the two sets) on, since one
    below it can be met within the tolerance. None: nothing is proven, the totals may be feasible.
    """
    live_rows, live_columns = live
    order = np.flatnonzero(live_rows)
    order = order[np.argsort(-growth.rows[order], kind="stable")]
    count = order.size
    if count == 0:
        return None
    rank = np.full(row_totals.size, count, dtype=np.int64)
    rank[order] = np.arange(count)

    entry = _entry_prefix(parts, rank, column_totals, growth, order)
    entry[~live_columns] = count + 1
    possible = ~_violated(parts, rank, entry, count)
    needed, gross_needed = (
        np.cumsum(np.concatenate(([0.0], t))) for t in (row_totals[order], abs(row_totals[order]))
    )
    available, gross_available = (
        np.cumsum(np.bincount(entry, weights=t, minlength=count + 2))[: count + 1]
        for t in (column_totals, abs(column_totals))
    )
    shortage = needed - available
    negligible = max(tolerance, ROUNDING_SHARE) * (gross_needed + gross_available)
    proven = possible & (shortage > negligible)
    if not proven.any():
        return None
    prefix = int(np.argmax(np.where(proven, shortage, -np.inf)))
    return Shortage(
        rows=sorted(int(i) for i in order[:prefix]),
        columns=[int(j) for j in np.flatnonzero(entry <= prefix)],
        needed=float(needed[prefix]),
        available=float(available[prefix]),
    )


def _entry_prefix(
    parts: SignedParts, rank: Indices, column_totals: Array, growth: Growth, order: Indices
) -> Indices:
    """Return the length of the first prefix whose columns T include the column.

    A column must enter with the first row that has a positive entry in it. One with a negative
    total may enter before, at its own rate (a column factor shrinks as fast as its rows' grow):
    what it takes back makes the shortage larger.
    """
    count = order.size
    entry = parts.first_positive(rank, none=count) + 1
    sorted_growth = growth.rows[order]
    between = np.append((sorted_growth[:-1] + sorted_growth[1:]) / 2, -np.inf)
    own = np.searchsorted(-between, -growth.columns, side="right") + 1
    return np.where(column_totals < 0, np.minimum(entry, own), entry)


def _violated(parts: SignedParts, rank: Indices, entry: Indices, count: int) -> Mask:
    """Return for prefixes 0..count whether a column of T has a negative entry outside S."""
    live_rank = np.where(rank < count, rank, -1)
    last = parts.last_negative(live_rank)
    change = np.zeros(count + 3, dtype=np.int64)
    affected = (entry <= count) & (last >= entry)
    np.add.at(change, entry[affected], 1)
    np.add.at(change, last[affected] + 1, -1)
    return np.cumsum(change)[: count + 1] > 0
