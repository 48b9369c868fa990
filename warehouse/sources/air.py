"""The readers of observed air quality, weather and industrial output."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from warehouse.errors import InputError
from warehouse.sources import (
    caqra,
    city_table,
    cnemc,
    cnemc_long,
    crea_city,
    era5,
    gsod,
    nbs_monthly,
    official_period,
    output_terminal,
    station_list,
    uci,
    weather_table,
)
from warehouse.sources.base import Reader, readable


def _checked(reader: Reader) -> Reader:
    """The reader, which takes any number of files, but not none, and none that is missing or empty."""

    def read(paths: Sequence[Path], role: str, year: int) -> pl.DataFrame:
        if not paths:
            raise InputError(
                f"Reader {reader.name} takes one file or more.",
                found="no file",
                expected="at least one file",
                remedy="Put the files in place.",
            )
        return reader.read(
            [path if path.is_dir() else readable(path) for path in paths], role, year
        )

    return replace(reader, read=read)


AIR_READERS = tuple(
    _checked(reader)
    for reader in (
        cnemc.READER,
        cnemc_long.READER,
        station_list.READER,
        caqra.READER,
        uci.READER,
        crea_city.READER,
        city_table.READER,
        era5.READER,
        gsod.READER,
        weather_table.DAILY_READER,
        weather_table.HOURLY_READER,
        nbs_monthly.READER,
        output_terminal.READER,
        official_period.READER,
    )
)
