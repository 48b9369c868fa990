"""Generated tables of any size, shaped like a multi-regional one: the benchmarks' only input."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SECTORS = 65  # GTAP 11
FILLED_SHARE = 0.6  # of the cells
DOMESTIC_SHARE = 0.85  # of what a sector buys
SPREAD = 2.5  # standard deviation of the log of a cell: a few large ones, many tiny
CATEGORIES = 3  # household, government, capital


def generated_flows(regions: int, sectors: int = SECTORS, *, seed: int = 2017) -> tuple[Array, int]:
    """(Z | Y), million USD: (n, n + regions x 3), and n = regions x sectors.

    Every column buys 85 % at home; 60 % of the cells are filled, log-normally. Intermediate columns
    are scaled to 30-75 % of the sector's output, so the economy is productive.
    """
    rng = np.random.default_rng(seed)
    n = regions * sectors
    buyers = np.concatenate(
        (np.arange(n) // sectors, np.arange(regions * CATEGORIES) // CATEGORIES)
    )
    table = np.empty((n, len(buyers)))
    for region in range(regions):
        rows = slice(region * sectors, (region + 1) * sectors)
        block = np.exp(SPREAD * rng.standard_normal((sectors, len(buyers)), dtype=np.float32))
        block[rng.random(block.shape, dtype=np.float32) >= FILLED_SHARE] = 0
        home = buyers == region
        block[:, ~home] *= (1 / DOMESTIC_SHARE - 1) / max(regions - 1, 1)
        table[rows] = block
    size = np.exp(1.2 * rng.standard_normal(n))
    bought = np.concatenate(
        (size * rng.uniform(0.3, 0.75, n), np.exp(rng.standard_normal(regions * CATEGORIES)))
    )
    bought[n:] *= size.sum() * 0.5 / bought[n:].sum()
    table *= bought / table.sum(axis=0)
    return table, n


def generated_economy(
    regions: int, sectors: int = SECTORS, *, seed: int = 2017
) -> tuple[Array, Array, Array]:
    """A (n, n), demand by region and category (n, regions x 3), and an intensity f (n,)."""
    flows, n = generated_flows(regions, sectors, seed=seed)
    demand = flows[:, n:].copy()
    # Column sums as generated, whatever the row sums make of the output.
    rng = np.random.default_rng(seed + 1)
    coefficients = np.ascontiguousarray(flows[:, :n])
    coefficients *= rng.uniform(0.3, 0.75, n) / coefficients.sum(axis=0)
    intensity = np.exp(2 * rng.standard_normal(n)) * (rng.random(n) < 0.8)
    require_as_meant(coefficients)
    return coefficients, demand, intensity


def require_as_meant(coefficients: Array) -> None:
    """Stop when the table is not what it is meant to be."""
    filled = float(np.count_nonzero(coefficients) / coefficients.size)
    largest = float(coefficients.sum(axis=0).max())
    if abs(filled - FILLED_SHARE) > 0.02 or largest >= 1:
        raise ValueError(f"generated table: {filled:.2f} filled, column sums up to {largest:.2f}")
