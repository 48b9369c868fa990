"""Interprovincial trade where nobody counts it: a gravity estimate balanced to outflow and inflow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.balance import gras


@dataclass(frozen=True)
class GravityFlows:
    """One sector's estimated trade between provinces.

    flows: shape (p, p), from row to column, zero diagonal, the unit of the margins.
    cross_haul: shape (p,), taken off a province's outflow and inflow alike because no other province could
    send or take it.  iterations: of the balancing.
    """

    flows: NDArray[np.float64]
    cross_haul: NDArray[np.float64]
    iterations: int


def gravity_flows(
    outflow: NDArray[np.float64],
    inflow: NDArray[np.float64],
    distance_km: NDArray[np.float64],
    *,
    exponent: float = 1.0,
    tolerance: float = 1e-9,
) -> GravityFlows:
    """Trade between provinces: T_pq proportional to O_p I_q / d_pq^exponent, balanced to O and I by RAS.

    outflow, inflow: shape (p,), non-negative, with equal sums.  distance_km: shape (p, p), positive off the
    diagonal.  Raises ValueError for margins that differ in sum, and compute.balance.InfeasibleTotals.
    Source: Leontief and Strout 1963 in the doubly constrained form.
    """
    if not np.isclose(outflow.sum(), inflow.sum(), rtol=1e-9, atol=1e-12):
        raise ValueError(f"Outflow sums to {outflow.sum():g}, inflow to {inflow.sum():g}")
    cross_haul = infeasible_cross_haul(outflow, inflow)
    sent, taken = outflow - cross_haul, inflow - cross_haul
    if not sent.sum() > 0:
        return GravityFlows(np.zeros_like(distance_km, dtype=float), cross_haul, 0)
    off_diagonal = ~np.eye(len(outflow), dtype=bool)
    attraction = np.zeros_like(distance_km, dtype=float)
    attraction[off_diagonal] = distance_km[off_diagonal] ** -exponent
    prior = sent[:, None] * taken[None, :] * attraction
    prior *= sent.sum() / prior.sum()
    balanced = gras(prior, sent, taken, tolerance=tolerance, max_iterations=20_000, reconcile=1e-6)
    return GravityFlows(balanced.table, cross_haul, balanced.iterations)


def infeasible_cross_haul(
    outflow: NDArray[np.float64], inflow: NDArray[np.float64], *, margin: float = 1.05
) -> NDArray[np.float64]:
    """What one province sends and takes beyond what all others can take and send, shape (p,).

    Without trade of a province with itself, O_p <= sum of the others' I must hold; at most one province can
    break it.  Taking the same amount off its outflow and inflow mends it exactly; ``margin`` takes a little
    more, so that the balancing does not have to end on the very edge.
    """
    total = outflow.sum()
    excess = np.maximum(outflow + inflow - total, 0.0)
    cross_haul: NDArray[np.float64] = np.minimum(excess * margin, np.minimum(outflow, inflow))
    return cross_haul
