"""Deaths and their errors as the draws of the inventory need them, read from what the step `health` wrote."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from compute._checks import Array
from compute.atmosphere.engine import COMPONENT_OF_POLLUTANT
from compute.health_burden import ORDERS, Response
from compute.uncertainty.draws import log_deviation
from compute.uncertainty.health import Deaths
from warehouse.tables import Tables


def read_deaths(
    con: Tables,
    pollutants: Sequence[str],
    receptors: Sequence[str],
    sensitivity: Array | None,
    exposure_coefficient: float,
) -> Deaths | None:
    """Deaths of the attributed outcome by province; None where the edition has none.

    sensitivity: (receptors, k, P, sectors), ug/m3 per tonne.  exposure_coefficient: coefficient of variation of
    what people breathe.
    """
    if sensitivity is None or not con.has("computed.health_outcome"):
        return None
    parts = con.sql(
        "select province, component, deaths, pm25_ug_m3 from computed.health_outcome order by all"
    ).pl()
    provinces = tuple(parts["province"].unique(maintain_order=True))
    point = np.array([parts.filter(province=code)["deaths"].sum() for code in provinces])
    density = {
        (province, component): deaths / level if level > 0 else 0.0
        for province, component, deaths, level in parts.iter_rows()
    }
    per_ug_m3 = np.array(
        [
            [density.get((code, COMPONENT_OF_POLLUTANT.get(name, "")), 0.0) for name in pollutants]
            for code in provinces
        ]
    )
    rows = [list(receptors).index(code) for code in provinces]
    share = sensitivity[rows] * (per_ug_m3 / point[:, None])[:, :, None, None]
    fitted = con.sql(
        "select deaths, rate_slope_deaths from computed.health_response"
        " order by province, theta_order, exposure_order"
    ).fetchnumpy()
    level, slope = (
        np.asarray(fitted[name], dtype=np.float64).reshape(len(provinces), ORDERS, ORDERS)
        for name in ("deaths", "rate_slope_deaths")
    )
    deviation = float(log_deviation(np.array(exposure_coefficient)))
    return Deaths(provinces, point, Response(level, slope, deviation), share)
