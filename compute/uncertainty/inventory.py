"""Draws of an emission inventory: lognormal, by pollutant and sector group (nation and province).

A group's relative error in a province is a national part, shared by all provinces, times a
provincial part of its own. National parts of one pollutant are correlated between groups:

    u = exp(sn (sqrt(rho) a_k + sqrt(1 - rho) b_kg) + sp c_kgp - (sn^2 + sp^2) / 2)

with independent standard normal a, b, c, so that every factor has mean one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from compute._checks import Array, Indices, InvalidInput
from compute.uncertainty.draws import checked_coefficients, generator, log_deviation


@dataclass(frozen=True)
class InventoryError:
    """Relative errors of an inventory.

    pollutants: (k,), groups: (g,) names.  national, provincial: coefficients of variation, (k, g).
    group_correlation: rho, between national parts of two groups of one pollutant, 0 to 1.
    Raises InvalidInput for coefficients that are missing, negative or above 3.
    """

    pollutants: tuple[str, ...]
    groups: tuple[str, ...]
    national: Array
    provincial: Array
    group_correlation: float

    def __post_init__(self) -> None:
        """Refuse what cannot be drawn from."""
        labels = [f"{pollutant} {group}" for pollutant in self.pollutants for group in self.groups]
        for name, values in (("national", self.national), ("provincial", self.provincial)):
            if np.shape(values) != (len(self.pollutants), len(self.groups)):
                raise InvalidInput(
                    f"{name} coefficients of variation have shape {np.shape(values)},"
                    f" {len(self.pollutants)} pollutants by {len(self.groups)} groups are expected"
                )
            checked_coefficients(f"{name} coefficients of variation", values, labels)
        if not 0 <= self.group_correlation <= 1:
            raise InvalidInput(f"the correlation of groups is {self.group_correlation}, not 0 to 1")


def inventory_factors(error: InventoryError, provinces: int, seed: int, draw: int) -> Array:
    """One draw: factors on emissions, (pollutants, groups, provinces), each of mean one."""
    random = generator(seed, "inventory", draw)
    shape = error.national.shape
    shared = random.standard_normal((shape[0], 1))
    own = random.standard_normal(shape)
    local = random.standard_normal((*shape, provinces))
    national, provincial = log_deviation(error.national), log_deviation(error.provincial)
    rho = error.group_correlation
    nation = national * (np.sqrt(rho) * shared + np.sqrt(1 - rho) * own)
    centre = (np.square(national) + np.square(provincial)) / 2
    factors: Array = np.exp((nation - centre)[..., None] + provincial[..., None] * local)
    return factors


@dataclass(frozen=True)
class Allocation:
    """How emissions of source sectors were divided among emitters, one entry a row of the division.

    tonnes: (r,).  block: (r,), what is divided (a province, source sector and pollutant), 0 to b - 1.
    activity: (r,), 0 to a - 1.  cell: (r,), the place in the flat inventory, 0 to c - 1.
    coefficient: (a,), coefficient of variation of the activities' levels.
    """

    tonnes: Array
    block: Indices
    activity: Indices
    cell: Indices
    coefficient: Array
    cells: int

    def __post_init__(self) -> None:
        """Refuse coefficients that cannot be drawn from."""
        labels = [f"activity {number}" for number in range(len(self.coefficient))]
        checked_coefficients("coefficients of activity levels", self.coefficient, labels)


def divided(allocation: Allocation, level: Array | None = None) -> Array:
    """The inventory, (c,), tonnes, with the activities' levels multiplied by `level`, (a,).

    What each block divides stays as it is: levels only move emissions between sectors.
    """
    tonnes = allocation.tonnes
    if level is not None:
        weighted = tonnes * level[allocation.activity]
        before = np.bincount(allocation.block, weights=tonnes)
        after = np.bincount(allocation.block, weights=weighted)
        scale = np.divide(before, after, out=np.ones_like(before), where=after > 0)
        tonnes = weighted * scale[allocation.block]
    placed = np.bincount(allocation.cell, weights=tonnes, minlength=allocation.cells)
    return placed.astype(np.float64, copy=False)


def level_factors(allocation: Allocation, seed: int, draw: int) -> Array:
    """One draw of the activities' levels, (a,), lognormal of mean one."""
    deviation = log_deviation(allocation.coefficient)
    normal = generator(seed, "stand_in", draw).standard_normal(deviation.shape)
    factors: Array = np.exp(deviation * normal - np.square(deviation) / 2)
    return factors


def national_coefficients(
    total: Array, relative: Array, emission: Array, group_correlation: float
) -> Array:
    """Coefficients of variation of sector groups that make the known one of the national total.

    total: (k,), of each pollutant's sum over groups.  relative: (g,), the groups' errors in
    proportion.  emission: (k, g), tonnes.  With weights w = emission / its sum the group's
    coefficient is s r_g, where total^2 = s^2 (rho (sum w r)^2 + (1 - rho) sum (w r)^2).
    Returns (k, g).  Raises InvalidInput for coefficients that cannot be drawn from.
    """
    names = [f"pollutant {number}" for number in range(len(total))]
    checked_coefficients("coefficients of variation of totals", total, names)
    checked_coefficients("relative errors", relative, [f"group {g}" for g in range(len(relative))])
    sums = emission.sum(axis=1, keepdims=True)
    weighted = relative * np.divide(emission, sums, out=np.zeros_like(emission), where=sums > 0)
    size = np.sqrt(
        group_correlation * weighted.sum(axis=1) ** 2
        + (1 - group_correlation) * np.square(weighted).sum(axis=1)
    )
    scale = np.divide(total, size, out=np.zeros_like(size), where=size > 0)
    coefficients: Array = scale[:, None] * relative
    return coefficients
