"""Interprovincial trade where nobody counts it: a gravity estimate balanced to outflow and inflow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from compute._checks import (
    Array,
    InvalidInput,
    as_floats,
    finite_matrix,
    finite_vector,
    require_same_labels,
)
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
    outflow: ArrayLike,
    inflow: ArrayLike,
    distance_km: ArrayLike,
    *,
    exponent: float = 1.0,
    tolerance: float = 1e-9,
) -> GravityFlows:
    """Trade between provinces: T_pq proportional to O_p I_q / d_pq^exponent, balanced to O and I by RAS.

    outflow, inflow: shape (p,), non-negative, with equal sums.  distance_km: shape (p, p), positive off the
    diagonal.  Raises InvalidInput (shapes, labels, NaN, negative margins, margins that differ in sum, distances
    that are not positive) and compute.balance.InfeasibleTotals.
    Source: Leontief and Strout 1963 in the doubly constrained form.
    """
    require_same_labels(
        outflow=(outflow, ("p",)), inflow=(inflow, ("p",)), distance_km=(distance_km, ("p", "p"))
    )
    sending, taking = _margins(outflow, inflow)
    distance = finite_matrix("distance_km", distance_km, shape=(sending.size, sending.size))
    if not np.isfinite(exponent):
        raise InvalidInput(f"exponent must be a finite number, it is {exponent}")
    if not np.isclose(sending.sum(), taking.sum(), rtol=1e-9, atol=1e-12):
        raise InvalidInput(f"Outflow sums to {sending.sum():g}, inflow to {taking.sum():g}")
    off_diagonal = ~np.eye(sending.size, dtype=bool)
    wrong = np.argwhere(off_diagonal & (distance <= 0))
    if wrong.size:
        one, other = (int(i) for i in wrong[0])
        raise InvalidInput(
            f"distance_km must be positive, it is {distance[one, other]:g} from province {one} to {other}"
        )
    cross_haul = infeasible_cross_haul(sending, taking)
    sent, taken = sending - cross_haul, taking - cross_haul
    if not sent.sum() > 0:
        return GravityFlows(np.zeros_like(distance), cross_haul, 0)
    attraction = np.zeros_like(distance)
    attraction[off_diagonal] = distance[off_diagonal] ** -exponent
    prior = sent[:, None] * taken[None, :] * attraction
    prior *= sent.sum() / prior.sum()
    balanced = gras(prior, sent, taken, tolerance=tolerance, max_iterations=20_000, reconcile=1e-6)
    return GravityFlows(balanced.table, cross_haul, balanced.iterations)


def infeasible_cross_haul(
    outflow: ArrayLike, inflow: ArrayLike, *, margin: float = 1.05
) -> NDArray[np.float64]:
    """What one province sends and takes beyond what all others can take and send, shape (p,).

    Without trade of a province with itself, O_p <= sum of the others' I must hold; at most one province can
    break it.  Taking the same amount off its outflow and inflow mends it exactly; ``margin`` takes a little
    more, so that the balancing does not have to end on the very edge.  Raises InvalidInput (shapes, NaN, negative
    margins).
    """
    require_same_labels(outflow=(outflow, ("p",)), inflow=(inflow, ("p",)))
    sending, taking = _margins(outflow, inflow)
    excess = np.maximum(sending + taking - sending.sum(), 0.0)
    cross_haul: NDArray[np.float64] = np.minimum(excess * margin, np.minimum(sending, taking))
    return cross_haul


def _margins(outflow: ArrayLike, inflow: ArrayLike) -> tuple[Array, Array]:
    """Both as vectors of one length, finite and not negative; InvalidInput names the first province."""
    count = as_floats("outflow", outflow).size
    sending, taking = (
        finite_vector(name, values, length=count)
        for name, values in (("outflow", outflow), ("inflow", inflow))
    )
    for name, values in (("outflow", sending), ("inflow", taking)):
        wrong = np.flatnonzero(values < 0)
        if wrong.size:
            raise InvalidInput(
                f"{name} must not be negative, it is {values[wrong[0]]:g} in province {wrong[0]}"
            )
    return sending, taking
