"""How sure the factors of a change are: both years' inventories drawn, each on its own (METHOD 8 and 9).

Effects are linear in the emissions of both years (compute.decomposition, `per_tonne`). A draw of an inventory
multiplies the emissions of a sector group in a province. So a draw of an effect is

    effect = sum over years, provinces p, groups g of  contribution_y,p,g  u_y,p,g

with the factors u of compute.uncertainty.inventory. The two years are independent: other random numbers for each.
Errors that both years share would make differences surer than this says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from compute._arguments import whole_number
from compute._checks import Array, Indices, InvalidInput, as_floats, finite_matrix, require_finite
from compute.uncertainty.inventory import InventoryError, inventory_factors


@dataclass(frozen=True)
class YearOfDraws:
    """What one year's inventory adds to the effects, and its errors.

    contribution_t: (m, k, P, g), tonnes: of m effects, each pollutant, province and sector group at the point.
    error: of the same k pollutants and g groups.
    Raises InvalidInput for another shape, NaN and infinity.
    """

    contribution_t: Array
    error: InventoryError

    def __post_init__(self) -> None:
        """Refuse contributions that are not those of the errors."""
        values = as_floats("contribution_t", self.contribution_t)
        wanted = (len(self.error.pollutants), len(self.error.groups))
        if values.ndim != 4 or (values.shape[1], values.shape[3]) != wanted:
            raise InvalidInput(
                f"contribution_t must be (effects, {wanted[0]} pollutants, provinces, {wanted[1]} groups), "
                f"its shape is {values.shape}"
            )
        require_finite("contribution_t", values)


def contributions(
    emission_t: ArrayLike,
    per_tonne: ArrayLike,
    province: Indices,
    group: Indices,
    *,
    provinces: int,
    groups: int,
) -> Array:
    """Sum what rows add to effects by province and sector group: (m, k, P, g), tonnes.

    emission_t: (k, n).  per_tonne: (m, n), effect for each tonne of the row.  province, group: (n,), where each
    row belongs, 0 to P - 1 and 0 to g - 1.
    Raises InvalidInput for shapes, NaN, infinity, unequal numbers of rows and places beyond provinces and groups.
    """
    emission = finite_matrix("emission_t", emission_t)
    effect = finite_matrix("per_tonne", per_tonne)
    rows = len(province)
    if not rows == len(group) == emission.shape[-1] == effect.shape[-1]:
        raise InvalidInput(
            f"rows must be as many everywhere, found {emission.shape[-1]} of emissions, {effect.shape[-1]} of "
            f"effects, {rows} of provinces and {len(group)} of groups"
        )
    is_inside = (province >= 0) & (province < provinces) & (group >= 0) & (group < groups)
    if not is_inside.all():
        raise InvalidInput(f"rows lie outside {provinces} provinces or {groups} groups")
    summed = np.zeros((provinces, groups, len(effect), len(emission)))
    np.add.at(summed, (province, group), np.einsum("mn,kn->nmk", effect, emission))
    return summed.transpose(2, 3, 0, 1)


def drawn_effects(years: Sequence[YearOfDraws], draws: int, seed: int) -> Array:
    """Draws of effects by pollutant and province, (draws, m, k, P), tonnes.

    years: of the same effects, pollutants and provinces; their draws are independent.
    seed: year y draws from seed + y.  Raises InvalidInput for no draws and years of unequal shape.
    """
    count, first = whole_number("draws", draws, 1), whole_number("seed", seed, 0)
    shapes = {year.contribution_t.shape[:3] for year in years}
    if len(shapes) != 1:
        raise InvalidInput(f"the years must have one shape, found {sorted(shapes)}")
    ((effects, pollutants, provinces),) = shapes
    drawn = np.zeros((count, effects, pollutants, provinces))
    for place, year in enumerate(years):
        for draw in range(count):
            factors = inventory_factors(year.error, provinces, first + place, draw)
            drawn[draw] += np.einsum("mkpg,kgp->mkp", year.contribution_t, factors)
    return drawn
