"""Readable, slow references for what compute does fast; only tests use them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Path = tuple[int, ...]


def all_paths(
    coefficients: Floats, demand: Floats, intensity: Floats, max_length: int
) -> list[tuple[Path, float]]:
    """Every path worth anything, largest first, ties by indices: all are looked at, none cut."""

    def onward(path: Path, weight: float) -> Iterator[tuple[Path, float]]:
        contribution = weight * intensity[path[-1]]
        if contribution > 0:
            yield path, contribution
        if len(path) <= max_length:
            for supplier in range(len(demand)):
                yield from onward((*path, supplier), weight * coefficients[supplier, path[-1]])

    found = [
        entry
        for root in range(len(demand))
        if demand[root] > 0
        for entry in onward((root,), demand[root])
    ]
    return sorted(found, key=lambda entry: (-entry[1], entry[0]))


def path_worth(
    path: Sequence[int], coefficients: Floats, demand: Floats, intensity: Floats
) -> float:
    """f_z a_zk ... a_ji y_i of one path, final product first."""
    worth = demand[path[0]]
    for buyer, supplier in pairwise(path):
        worth *= coefficients[supplier, buyer]
    return float(worth * intensity[path[-1]])


def flow_between_layers(
    coefficients: Floats, demand: Floats, intensity: Floats, layer: int
) -> Floats:
    """E^{layer+1 -> layer}, (n, n), entry by entry, with an explicit inverse."""
    n = len(demand)
    inverse = np.linalg.inv(np.eye(n) - coefficients)
    flow = np.zeros((n, n))
    for supplier in range(n):
        for buyer in range(n):
            multiplier = sum(intensity[i] * inverse[i, supplier] for i in range(n))
            arriving = (np.linalg.matrix_power(coefficients, layer) @ demand)[buyer]
            flow[supplier, buyer] = multiplier * coefficients[supplier, buyer] * arriving
    return flow
