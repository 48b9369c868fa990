"""Balancing a table to new totals: ipfn 1.4 and gras, same prior, same totals, to 1e-6.

python -m benchmarks.against_ipfn [rows] [columns]
"""

from __future__ import annotations

import sys

import numpy as np
from ipfn.ipfn import ipfn
from threadpoolctl import threadpool_limits

from benchmarks.generated import FILLED_SHARE, Array
from benchmarks.measured import clocked, compare, machine
from compute.balance import gras

TOLERANCE = 1e-6


def residual(table: Array, rows: Array, columns: Array) -> float:
    """The largest relative gap between a sum and its total."""
    return float(
        max(
            np.abs(table.sum(axis=1) / rows - 1).max(),
            np.abs(table.sum(axis=0) / columns - 1).max(),
        )
    )


def main(height: int = 2000, width: int = 2200) -> None:
    rng = np.random.default_rng(7)
    prior = np.exp(2 * rng.standard_normal((height, width)))
    prior[rng.random(prior.shape) >= FILLED_SHARE] = 0
    # Totals of a table with the same cells, other rows and columns, and noise in every cell.
    target = prior * np.exp(0.5 * rng.standard_normal(prior.shape))
    target *= np.exp(rng.standard_normal((height, 1)) + rng.standard_normal(width))
    rows, columns = target.sum(axis=1), target.sum(axis=0)
    print(f"{height} x {width}, {FILLED_SHARE:.0%} filled, to {TOLERANCE:.0e}; {machine()}")
    with clocked("gras") as ours:
        balanced = gras(prior, rows, columns, tolerance=TOLERANCE)
    with clocked("ipfn") as theirs:
        # rate_tolerance is off: with it ipfn may stop before it has converged.
        table = ipfn(
            prior.copy(), [rows, columns], [[0], [1]],
            convergence_rate=TOLERANCE, max_iteration=1000, rate_tolerance=0.0,
        ).iteration()  # fmt: skip
    print(
        f"  residuals: ipfn {residual(table, rows, columns):.1e}, "
        f"gras {residual(balanced.table, rows, columns):.1e} in {balanced.iterations} iterations"
    )
    gap = float(np.abs(table - balanced.table).max() / table.max())
    print(f"  largest gap between the tables, relative to the largest cell: {gap:.0e}")
    compare("balance", theirs.cpu_s, ours.cpu_s)
    if gap > 10 * TOLERANCE or balanced.max_residual > TOLERANCE:
        raise SystemExit("the tables differ")


if __name__ == "__main__":
    with threadpool_limits(1):  # CPU seconds count work, not threads that wait for each other
        main(*map(int, sys.argv[1:]))
