"""Tonnes of a year on a grid, by group of sources, as the monthly fluxes that files of models hold."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from compute.atmosphere.engine import EMISSION_GROUPS
from compute.atmosphere.geoschem.fluxes import even_shares, monthly_flux
from compute.atmosphere.geoschem.species import SourceVariable

Array = NDArray[np.float64]


def group_fluxes(
    source: SourceVariable,
    tonnes: Array,
    area_m2: Array,
    month_shares: Mapping[str, Array],
    year: int,
) -> dict[str, Array]:
    """Flux of every month by group of sources, each (12, ny, nx) in kg/m2/s; groups without emission are left out.

    source: the variable to write.  tonnes: of its pollutant in the year, (groups, ny, nx).  month_shares: (12,) by
    group; ammonia is spread evenly.  Raises FluxError for negative tonnes.
    """
    fluxes = {}
    for place, group in enumerate(EMISSION_GROUPS):
        amount = tonnes[place] * source.kg_per_kg
        if not amount.any():
            continue
        shares = even_shares(year) if source.pollutant == "NH3" else month_shares[group]
        fluxes[group] = monthly_flux(amount, shares, area_m2, year)
    return fluxes
