"""One module a publisher: a genuine file in, one role's tidy table out."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from warehouse.sources import (
    ammonia_products,
    aqli,
    caqra_city,
    caqra_coverage,
    caqra_province,
    caqra_weather,
    ceads_co2,
    ceads_mrio,
    ceds_province,
    census,
    census_grid,
    city_days,
    customs,
    gains,
    gains_online,
    gem_coal,
    gpw,
    gtap_har,
    icio_factored,
    meic,
    meic_grid,
    meic_national,
    open_climatology,
    open_relief,
    provincial_exports,
    provincial_io,
    provincial_io_2007,
    provincial_panel,
    reas,
    reas_history,
    tidy,
    weather_netcdf,
    wiod,
    wiod_2016_parts,
    yearbook,
)
from warehouse.sources.air import AIR_READERS
from warehouse.sources.base import Reader

_READERS = (
    wiod.READER,
    icio_factored.READER,
    wiod_2016_parts.READER,
    provincial_io_2007.READER,
    provincial_io.READER,
    provincial_panel.READER,
    provincial_exports.READER,
    reas.READER,
    gains.READER,
    ceads_co2.READER,
    census.READER,
    census_grid.READER,
    gpw.READER,
    gem_coal.READER,
    open_climatology.READER,
    open_relief.READER,
    weather_netcdf.READER,
    reas_history.READER,
    caqra_province.READER,
    caqra_city.READER,
    caqra_coverage.READER,
    caqra_weather.READER,
    city_days.READER,
    gtap_har.READER,
    ceads_mrio.READER,
    customs.READER,
    yearbook.READER,
    meic.READER,
    meic_grid.READER,
    meic_national.READER,
    ceds_province.READER,
    aqli.READER,
    gains_online.READER,
    ammonia_products.READER,
    *AIR_READERS,
    tidy.READER,  # last: it accepts any Parquet or CSV
)

READERS: Mapping[str, Reader] = MappingProxyType({reader.name: reader for reader in _READERS})
"""Name to reader."""
