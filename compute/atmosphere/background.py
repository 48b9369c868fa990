"""What no emission of the provinces makes: air from beyond the domain, desert dust, mainland South-East Asia."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from compute.atmosphere.engine import EngineError
from compute.atmosphere.grid import Field
from compute.atmosphere.reduced import ReducedEngine
from compute.atmosphere.transport import as_fresh, of_all_ages

DUST_SEASON_SHARE = {"DJF": 0.12, "MAM": 0.50, "JJA": 0.23, "SON": 0.15}
"""Natural dust by season, assumed: half in spring (Zhang et al. 2003, Geophys. Res. Lett. 30, 2272, from memory).
The order is that of MERRA-2 in 2000-2021: up from March to May, down from June, April and May highest, December
and January lowest (Remote Sens. 15, 410, 2023)."""


NEIGHBOUR_SEASON_SHARE = {"DJF": 0.30, "MAM": 0.40, "JJA": 0.12, "SON": 0.18}
"""Particles of mainland South-East Asia by season, assumed: fires on the Indochinese Peninsula from March to May
(Liang et al. 2019, Aerosol Air Qual. Res. 19, 1188), from February on by Reid et al. (2013, Atmos. Res. 122, 403,
from memory), beside what is emitted all the year."""


@dataclass(frozen=True)
class BackgroundSource:
    """Particles that no province emits.

    share: (cells,), where they are raised, sums to one.  tonnes: of a year.  season_share: of the year.
    """

    share: Field
    tonnes: float
    season_share: Mapping[str, float]


def with_background(
    engine: ReducedEngine,
    constant_ug_m3: float,
    dust_share: Field,
    dust_t: float,
    others: Sequence[BackgroundSource] = (),
) -> ReducedEngine:
    """The engine with its background: a constant from beyond the domain, desert dust, other sources.

    dust_share: (cells,), where dust is raised, sums to one.  dust_t: PM2.5 of a year, t.
    Raises EngineError for a share that does not sum to one or is negative.
    """
    sources = (BackgroundSource(dust_share, dust_t, DUST_SEASON_SHARE), *others)
    for source in sources:
        if (source.share < 0).any() or abs(source.share.sum() - 1) > 1e-9:
            raise EngineError("the share of a background source must be weights that sum to one")
    fields = []
    for model in engine.models:
        per_second = 1e12 / (model.days * 86_400.0)
        raised = np.zeros(model.cells)
        for source in sources:
            raised += source.share * (source.tonnes * source.season_share[model.name] * per_second)
        lifted = np.concatenate([raised, np.zeros_like(raised)])
        everywhere = of_all_ages(model.operators["aerosol"].solve(as_fresh(lifted)))
        fields.append(constant_ug_m3 + everywhere[: model.cells])
    return replace(engine, background_ug_m3=np.stack(fields))
