"""The contracts of the roles of observed air quality: observations, stations, weather, industry."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

import polars as pl

from warehouse.air_levels import (
    WEATHER_BOUNDS,
    dew_below_temperature,
    humidity_in_per_cent,
    over_china,
    possible_levels,
    weather_bounds,
)
from warehouse.codes import PROVINCES
from warehouse.contract_check import DAY, NUMBER, TEXT, WHOLE, Column, Contract
from warehouse.contract_rules import never_zero_throughout
from warehouse.contract_sums import Breach
from warehouse.output_rules import PROVINCES_OF_A_MONTH, accumulated_rises, output_not_negative

POLLUTANTS = ("PM2.5", "PM10", "SO2", "NO2", "CO", "O3", "O3_8h")
"""Daily means, but O3_8h: the highest running 8-hour mean of the day."""

INDUSTRIAL_PRODUCTS: Mapping[str, str] = MappingProxyType(
    {
        "pig_iron": "10,000 t",
        "crude_steel": "10,000 t",
        "non_ferrous_metals": "10,000 t",
        "cement": "10,000 t",
        "electricity": "100 million kWh",
        "thermal_power": "100 million kWh",
        "highway_freight": "10,000 t",
    }
)
"""Product to the unit in which it is stored."""

OFFICIAL_INDICATORS: Mapping[str, str] = MappingProxyType(
    {
        "pm25_ug_m3": "ug/m3",
        "pm25_change": "%",
        "pm10_ug_m3": "ug/m3",
        "pm10_change": "%",
        "o3_ug_m3": "ug/m3",
        "o3_change": "%",
        "so2_ug_m3": "ug/m3",
        "so2_change": "%",
        "no2_ug_m3": "ug/m3",
        "no2_change": "%",
        "co_mg_m3": "mg/m3",
        "co_change": "%",
        "good_day_share": "%",
        "good_day_change": "percentage points",
        "heavy_day_share": "%",
        "heavy_day_change": "percentage points",
        "dust_exceedance_share": "%",
        "dust_heavy_share": "%",
    }
)
"""What the ministry publishes of a period, and its unit. Ozone: 90th percentile of highest 8-hour means."""

# No real month is fifty times the one before it: mg/m3 for ug/m3 or ppm for ug/m3 is.
UNIT_CHANGE_FACTOR = 50.0
_DAYS_OF_A_MEDIAN = 5


def unit_change(frame: pl.DataFrame) -> Breach | None:
    """The first place and pollutant whose monthly median leaps by a factor that only a unit can."""
    series = ["place_kind", "place", "pollutant"]
    months = (
        frame.filter(pl.col("value_ug_m3") > 0)
        .group_by(*series, pl.col("date").dt.truncate("1mo").alias("month"))
        .agg(pl.col("value_ug_m3").median().alias("median"), pl.len().alias("days"))
        .filter(pl.col("days") >= _DAYS_OF_A_MEDIAN)
        .sort(*series, "month")
        .with_columns(before=pl.col("median").shift().over(series))
        .with_columns(factor=pl.col("median") / pl.col("before"))
        .filter(
            (pl.col("factor") >= UNIT_CHANGE_FACTOR) | (pl.col("factor") <= 1 / UNIT_CHANGE_FACTOR)
        )
    )
    if months.is_empty():
        return None
    first = months.row(0, named=True)
    return Breach(
        f"the unit of {first['pollutant']} changes within the series of {first['place']}.",
        row=f"{first['place']}, {first['month']:%Y-%m}",
        column="value_ug_m3",
        found=f"a monthly median of {first['median']:.4g} after {first['before']:.4g}",
        expected="ug/m3 throughout",
        remedy="Bring the file into one unit, or leave out the part in the other one.",
    )


# Our judgement, not a source: several times what sandstorms and heavy winter days have been reported to reach, and
# below the flags 9999 and 99999 and below what another unit makes of an ordinary day.
HIGHEST_UG_M3: Mapping[str, float] = MappingProxyType(
    {
        "PM2.5": 9_000.0,
        "PM10": 9_000.0,
        "SO2": 5_000.0,
        "NO2": 2_000.0,
        "O3": 1_500.0,
        "O3_8h": 1_500.0,
        "CO": 150_000.0,
    }
)
"""Pollutant to a concentration that no hour and no day of a city reaches, ug/m3 (2026-11-30)."""
_FIRST_DAY, _LAST_DAY = date(1950, 1, 1), date(2100, 12, 31)


def possible_days(frame: pl.DataFrame) -> Breach | None:
    """The first day outside the time of measurements: 24-01-05 is read as a day of the year 24."""
    wrong = frame.with_row_index("row", offset=1).filter(
        ~pl.col("date").is_between(_FIRST_DAY, _LAST_DAY)
    )
    if wrong.is_empty():
        return None
    return Breach(
        f"{wrong.height:,} days are of another time.",
        row=int(wrong["row"][0]),
        column="date",
        found=str(wrong["date"][0]),
        expected=f"{_FIRST_DAY} to {_LAST_DAY}",
        remedy="Write the year with four digits.",
    )


def possible_concentrations(frame: pl.DataFrame) -> Breach | None:
    """The first value of a counted day beyond HIGHEST_UG_M3.

    Values below zero come from instruments near their limit: they are counted as an issue and stand in no mean.
    """
    highest = pl.col("pollutant").replace_strict(dict(HIGHEST_UG_M3), return_dtype=pl.Float64)
    wrong = frame.filter((pl.col("hour_count") > 0) & (pl.col("value_ug_m3") > highest)).sort(
        "place", "date", "pollutant"
    )
    if wrong.is_empty():
        return None
    first = wrong.row(0, named=True)
    return Breach(
        f"{wrong.height:,} concentrations are impossible: a flag for a missing value, or another unit.",
        row=f"{first['place']}, {first['date']}",
        column=first["pollutant"],
        found=f"{first['value_ug_m3']:g} ug/m3",
        expected=f"at most {HIGHEST_UG_M3[first['pollutant']]:,.0f} ug/m3",
        remedy="Leave the cells of missing values empty, and bring the file into ug/m3.",
    )


def without_station_days(own: pl.DataFrame, landed: pl.DataFrame) -> pl.DataFrame:
    """The edition's own observations but those of days for which station files were landed.

    Stations make cities of their own: both on one day would give a city two values.
    """
    days = landed.filter(pl.col("place_kind") == "station")["date"].unique()
    return own.filter(~pl.col("date").is_in(days.implode()))


def _code(name: str, description: str, *allowed: str, pattern: str | None = None) -> Column:
    return Column(
        name, TEXT, description, allowed=frozenset(allowed) if allowed else None, pattern=pattern
    )


def _hours(name: str, description: str) -> Column:
    return Column(name, WHOLE, description, "hours", minimum=0, maximum=24)


_DATE = Column("date", DAY, "Day, Beijing time (UTC+8)")

AIR_CONTRACTS = (
    Contract(
        name="observation",
        grain="one row per place, day and pollutant",
        columns=(
            _code("place_kind", "What the place is", "station", "city", "province"),
            _code("place", "Station code, city name as published, or province (ISO 3166-2)"),
            _DATE,
            _code("pollutant", "Pollutant; O3_8h: highest running 8-hour mean", *POLLUTANTS),
            _code("time_basis", "hourly: averaged here; daily: as published", "hourly", "daily"),
            _hours(
                "hour_count",
                "Valid hours (O3_8h: running means); daily: 24, or 0 when contradicted",
            ),
            _hours("negative_hours", "Hours below zero, left out"),
            _hours("stuck_hours", "Hours in which the instrument repeated itself, left out"),
            _hours("duplicate_hours", "Hours that the file holds twice, with one value"),
            Column("value_ug_m3", NUMBER, "Mean of the day's valid hours, CO as well", "ug/m3"),
        ),
        key=("place_kind", "place", "date", "pollutant"),
        rules=(possible_days, possible_concentrations, possible_levels, unit_change),
        adds_up=True,
        gives_way=without_station_days,
    ),
    Contract(
        name="station",
        grain="one row per monitoring station",
        columns=(
            _code("place", "Station code", pattern="^[0-9]{4}[A-Z]?$"),
            _code("city", "City as the list names it"),
        ),
        key=("place",),
    ),
    Contract(
        name="weather_observation",
        grain="one row per place, day and variable",
        columns=(
            _code("place_kind", "What the place is", "city", "province", "point"),
            _code("place", "City name, province, or a point as `39.750N_116.250E`"),
            _DATE,
            _code("variable", "Weather variable with its unit", *WEATHER_BOUNDS),
            Column("value", NUMBER, "Mean of the day (precipitation: sum)", "unit of the variable"),
        ),
        key=("place_kind", "place", "date", "variable"),
        rules=(
            possible_days,
            weather_bounds,
            dew_below_temperature,
            humidity_in_per_cent,
            over_china,
        ),
        adds_up=True,
    ),
    Contract(
        name="industrial_output",
        grain="one row per province, product, month and measure",
        columns=(
            Column("province", TEXT, "Province, ISO 3166-2", allowed=PROVINCES),
            _code("product", "Product", *INDUSTRIAL_PRODUCTS),
            Column("source_year", WHOLE, "Year", minimum=1990, maximum=2100),
            Column(
                "source_month", WHOLE, "Month; accumulated: January to it", minimum=1, maximum=12
            ),
            _code(
                "measure",
                "Output of the month, of the year so far, or its published growth",
                "current",
                "accumulated",
                "current_growth",
                "accumulated_growth",
            ),
            Column(
                "value",
                NUMBER,
                "Output in the product's unit, or growth in per cent",
                "unit",
                minimum=-1e4,
                maximum=1e7,
            ),
        ),
        key=("province", "product", "source_year", "source_month", "measure"),
        rules=(
            output_not_negative,
            never_zero_throughout(
                "value",
                "product",
                "source_year",
                "source_month",
                "measure",
                least=PROVINCES_OF_A_MONTH,
            ),
            accumulated_rises,
        ),
        adds_up=True,
    ),
    Contract(
        name="official_air_figure",
        grain="one row per period, place and indicator",
        columns=(
            _code(
                "period",
                "2025, 2025-01, 2025Q1, 2025H1, or months from and to: 2025-01..09",
                pattern=r"^\d{4}(-\d{2}(\.\.\d{2})?|Q[1-4]|H[12])?$",
            ),
            _code("place_kind", "What the place is", "nation", "key_region", "province", "city"),
            _code("place", "CHN, key region, province (ISO 3166-2), or city (GB/T 2260)"),
            _code("indicator", "What was published", *OFFICIAL_INDICATORS),
            Column(
                "value",
                NUMBER,
                "The figure as published",
                "unit of the indicator",
                minimum=-1e3,
                maximum=5e3,
            ),
        ),
        key=("period", "place_kind", "place", "indicator"),
        adds_up=True,
    ),
    Contract(
        name="satellite_pm25",
        grain="one row per province and year",
        columns=(
            Column("province", TEXT, "Province, ISO 3166-2", allowed=PROVINCES),
            Column("source_year", WHOLE, "Year", minimum=1990, maximum=2100),
            Column(
                "pm25_ug_m3",
                NUMBER,
                "PM2.5 weighted by people, from satellites",
                "ug/m3",
                minimum=0.1,
                maximum=500,
            ),
        ),
        key=("province", "source_year"),
    ),
)
