"""Supply chains: production layers, flows between layers, the largest paths (METHOD 5).

Layer t is what is produced t steps before the final product: A^t y. In a domestic variant A is
A_PP and y what the provinces export; in a global one both are those of the whole table. A, y and f
must be of one variant throughout: mixed, the flows do not conserve.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from compute._arguments import Groups, system_of, vector_or_columns, whole_number
from compute._checks import Array, finite_vector, require_same_labels
from compute._top_paths import TooManyPaths, top_paths
from compute.leontief import LeontiefSystem

__all__ = [
    "LayerFlows",
    "ProductionLayers",
    "TooManyPaths",
    "chain_flows",
    "layer_flows",
    "production_layers",
    "top_paths",
]


@dataclass(frozen=True)
class ProductionLayers:
    """Emission by layer and emitting sector, and what lies deeper than the layers.

    contributions: PL_t = f A^t y, (layers, n), or (layers, n, k) for k demands.
    remainder: all deeper layers together, (n,) or (n, k).
    """

    contributions: Array
    remainder: Array

    @property
    def total(self) -> Array:
        """Emission by emitting sector, all layers: f x, (n,) or (n, k)."""
        return np.asarray(self.contributions.sum(axis=0) + self.remainder)


@dataclass(frozen=True)
class LayerFlows:
    """Emission embodied in what each layer supplies to the one before it.

    flows: E^{t+1->t}, (layers, from group, to group), t = 0 first.
    groups: labels of both, in order; indices of sectors where no groups were asked for.
    conservation: (layers,), the gap between what flows into layer t and the embodied total of
    layer t less its own direct emission: the worst group, relative to the layer's embodied total.
    """

    flows: Array
    groups: NDArray[np.generic]
    conservation: Array


def production_layers(
    coefficients: ArrayLike | LeontiefSystem,
    demand: ArrayLike,
    intensity: ArrayLike,
    *,
    layers: int = 4,
) -> ProductionLayers:
    """Emission by production layer: PL_t = f A^t y, t = 0..layers-1, and the rest (eq. 15).

    coefficients: A, (n, n), or its LeontiefSystem, the costly part, when there is one.
    demand: y, (n,), or (n, k) for k demands at once (one an exporter, say), million USD, of any
    sign.  intensity: f, (n,), e.g. t/musd; ones give output.
    Raises InvalidInput (shapes, NaN, infinity, layers = 0) and UnproductiveEconomy.
    """
    require_same_labels(
        coefficients=(coefficients, ("n", "n")),
        demand=(demand, ("n", "?k")),
        intensity=(intensity, ("n",)),
    )
    system = system_of(coefficients)
    arriving = vector_or_columns("demand", demand, system.size)
    direct = finite_vector("intensity", intensity, length=system.size)
    layers = whole_number("layers", layers, 1)
    per_row = direct if arriving.ndim == 1 else direct[:, None]
    contributions = np.empty((layers, *arriving.shape))
    for layer in range(layers):
        np.multiply(per_row, arriving, out=contributions[layer])
        arriving = system.coefficients @ arriving
    return ProductionLayers(contributions, per_row * system.solve(arriving))


def layer_flows(
    coefficients: ArrayLike | LeontiefSystem,
    demand: ArrayLike,
    intensity: ArrayLike,
    *,
    layers: int = 3,
    groups: ArrayLike | None = None,
) -> LayerFlows:
    """Embodied flows between adjacent layers: E^{t+1->t}_ij = m_i a_ij (A^t y)_j (eq. 16).

    coefficients: A, (n, n), or its LeontiefSystem when there is one.
    demand: y, (n,), million USD, of any sign.  intensity: f, (n,), e.g. t/musd.
    layers: how many flows, 1->0 the first.
    groups: (n,) labels (provinces, products) to sum the flows by; without, all n x n pairs.
    Raises InvalidInput (shapes, NaN, infinity, layers = 0) and UnproductiveEconomy.
    """
    _same_sectors(coefficients, demand, intensity, groups)
    system = system_of(coefficients)
    table, n = system.coefficients, system.size
    final = finite_vector("demand", demand, length=n)
    direct = finite_vector("intensity", intensity, length=n)
    layers = whole_number("layers", layers, 1)
    multipliers = system.solve_transposed(direct)
    by = None if groups is None else Groups.of("groups", groups, n)
    # What a unit of output of j buys, embodied, by sector or group it buys from.
    bought = multipliers[:, None] * table if by is None else (by.members * multipliers) @ table

    flows = np.empty((layers, len(bought), len(bought)))
    conservation = np.empty(layers)
    for layer, arriving in enumerate(_layers(table, final, layers)):
        inflow, own = bought * arriving, (multipliers - direct) * arriving
        if by is not None:
            inflow, own = inflow @ by.members.T, by.members @ own
        flows[layer] = inflow
        embodied = np.abs(multipliers * arriving).sum()
        gap = np.abs(inflow.sum(axis=0) - own).max()
        conservation[layer] = gap / embodied if embodied > 0 else gap
    return LayerFlows(flows, np.arange(n) if by is None else by.labels, conservation)


def chain_flows(
    coefficients: ArrayLike | LeontiefSystem,
    demand: ArrayLike,
    intensity: ArrayLike,
    *,
    groups: ArrayLike,
) -> tuple[Array, NDArray[np.generic]]:
    """Embodied flows over two steps by groups: E^{2->1->0}_kji = m_k a_kj a_ji y_i.

    coefficients: A, (n, n), or its LeontiefSystem when there is one.
    demand: y, (n,), million USD.  intensity: f, (n,), e.g. t/musd.  groups: (n,) labels.
    Returns the flows, (k of layer 2, j of layer 1, i of layer 0), and the labels of every axis.
    Summed over i they are E^{2->1}, over k E^{1->0} less the direct emission of layer 1.
    Raises InvalidInput (shapes, NaN, infinity) and UnproductiveEconomy.
    """
    _same_sectors(coefficients, demand, intensity, groups)
    system = system_of(coefficients)
    final = finite_vector("demand", demand, length=system.size)
    direct = finite_vector("intensity", intensity, length=system.size)
    by = Groups.of("groups", groups, system.size)
    bought = (by.members * system.solve_transposed(direct)) @ system.coefficients
    sold = system.coefficients @ (by.members * final).T
    return np.einsum("kn,jn,ni->kji", bought, by.members, sold, optimize=True), by.labels


def _same_sectors(coefficients: object, demand: object, intensity: object, groups: object) -> None:
    """Refuse labels that disagree along the sectors."""
    require_same_labels(
        coefficients=(coefficients, ("n", "n")),
        demand=(demand, ("n",)),
        intensity=(intensity, ("n",)),
        groups=(groups, ("n",)),
    )


def _layers(table: Array, final: Array, layers: int) -> Iterator[Array]:
    """Yield y, A y, A^2 y, ..."""
    arriving = final
    for layer in range(layers):
        yield arriving
        if layer + 1 < layers:
            arriving = table @ arriving
