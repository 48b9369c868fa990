"""The readers of observed air quality, weather and industrial output."""

from __future__ import annotations

from warehouse.sources import (
    caqra,
    cnemc,
    cnemc_long,
    crea_city,
    era5,
    gsod,
    nbs_monthly,
    station_list,
    uci,
)

AIR_READERS = (
    cnemc.READER,
    cnemc_long.READER,
    station_list.READER,
    caqra.READER,
    uci.READER,
    crea_city.READER,
    era5.READER,
    gsod.READER,
    nbs_monthly.READER,
)
