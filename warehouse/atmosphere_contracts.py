"""The contracts of the roles that the atmosphere needs: cells, points, weather, relief, evaluation."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

from warehouse.codes import PROVINCES
from warehouse.contract_check import NUMBER, TEXT, WHOLE, Column, Contract
from warehouse.contract_sums import Breach

WEATHER_BOUNDS: Mapping[str, tuple[str, float, float]] = MappingProxyType(
    {
        "eastward_wind": ("m/s", -60.0, 60.0),
        "northward_wind": ("m/s", -60.0, 60.0),
        "air_temperature": ("K", 200.0, 330.0),
        "relative_humidity": ("%", 0.0, 105.0),
        "wind_variance": ("m2/s2", 0.0, 500.0),
        "mixing_height": ("m", 10.0, 6000.0),
        "precipitation": ("mm/day", 0.0, 200.0),
    }
)
"""Variable to unit and the bounds of a monthly mean; beyond them the unit is not the stated one."""
REQUIRED_WEATHER = ("eastward_wind", "northward_wind", "air_temperature", "relative_humidity")
CHINA_BOX = (73.5, 135.0, 18.0, 53.5)
"""West, east, south, north (degrees) that a grid of weather must cover."""


# What no cell, plant, month or year has (our judgement, 2026-11-30): several times the bundled files' largest,
# and below what a factor of 1000 makes of an ordinary one.
_CROWD = 5e7  # persons of a cell; Shanghai's cells hold 5 million
_EMISSION_T = 1e9  # of a province; carbon monoxide of Hebei: 2e7 t
_PLANT_MW = 5e4  # the largest coal plant has 6,700
_MONTH_UG_M3 = 2e4  # carbon monoxide as well; its months reach 3,000
_MEAN_OF_THE_MONTH = Column(
    "concentration_ug_m3", NUMBER, "Mean of the month", "ug/m3", minimum=0, maximum=_MONTH_UG_M3
)
_YEAR_UG_M3 = 1e3  # fine particles; years of provinces reach 100


def weather_is_whole(frame: pl.DataFrame) -> Breach | None:
    """Required variables, twelve months of each, one regular grid that covers China, sane units."""
    missing = [name for name in REQUIRED_WEATHER if name not in set(frame["variable"])]
    if missing:
        return Breach(
            "A variable is missing.",
            column="variable",
            found=", ".join(missing),
            expected="all four",
        )
    for row, (name, value) in enumerate(frame.select("variable", "value").iter_rows(), start=1):
        unit, low, high = WEATHER_BOUNDS[name]
        if not low <= value <= high:
            return Breach(
                f"A monthly mean of {name} cannot be in {unit}.",
                row=row,
                column="value",
                found=f"{value:g}",
                expected=f"{low:g} to {high:g} {unit}",
                remedy="Check the unit of the file.",
            )
    return _grid_breach(frame) or _upside_down(frame)


def _upside_down(frame: pl.DataFrame) -> Breach | None:
    """Latitudes that run against the field: in January the north of China is never warmer than its south.

    Between 45 to 55 N and 15 to 30 N the bundled month differs by 18 K at 850 hPa; near the ground it is more.
    """
    january = frame.filter((pl.col("variable") == "air_temperature") & (pl.col("month") == 1))
    north, south = (
        january.filter(pl.col("latitude").is_between(low, high))["value"].mean()
        for low, high in ((45, 55), (15, 30))
    )
    if not isinstance(north, float) or not isinstance(south, float) or north <= south + 1:
        return None
    return Breach(
        "January is warmer in the north of China than in its south: the grid stands on its head.",
        column="latitude",
        found=f"{north - 273.15:.1f} degrees Celsius in 45 to 55 N, {south - 273.15:.1f} in 15 to 30 N",
        expected="the south warmer",
        remedy="Turn the latitudes, or the fields: they run in opposite directions.",
    )


def _grid_breach(frame: pl.DataFrame) -> Breach | None:
    west, east, south, north = CHINA_BOX
    for (name,), part in frame.group_by("variable", maintain_order=True):
        latitude, longitude = part["latitude"].unique(), part["longitude"].unique()
        months = sorted(part["month"].unique().to_list())
        if months != list(range(1, 13)):
            return Breach(
                f"Months of {name} are missing.",
                column="month",
                found=", ".join(map(str, months)),
                expected="1 to 12",
            )
        if part.height != 12 * latitude.len() * longitude.len():
            return Breach(
                f"The grid of {name} has gaps.",
                column="value",
                found=f"{part.height} values",
                expected=f"12 x {latitude.len()} x {longitude.len()}",
            )
        covers = (
            longitude.min() <= west  # type: ignore[operator]
            and longitude.max() >= east  # type: ignore[operator]
            and latitude.min() <= south  # type: ignore[operator]
            and latitude.max() >= north  # type: ignore[operator]
        )
        if not covers:
            return Breach(
                f"The grid of {name} does not cover China.",
                column="longitude",
                found=f"{longitude.min()!s} to {longitude.max()!s} E, {latitude.min()!s} to {latitude.max()!s} N",
                expected=f"at least {west} to {east} E, {south} to {north} N",
            )
    return None


def people_are_counted(frame: pl.DataFrame) -> Breach | None:
    """Residents come in persons: a whole country in thousands would be a hundredth of a province."""
    total, rural = frame["population_persons"].sum(), frame["rural_population_persons"].sum()
    by_province = frame.group_by("province").agg(pl.col("population_persons").sum())
    low = by_province.filter(pl.col("population_persons") < 1e5)
    if low.height:
        return Breach(
            "A province has too few residents; are they in thousands?",
            column="population_persons",
            found=f"{low['province'][0]}: {low['population_persons'][0]:,.0f}",
            expected="persons",
        )
    if rural > total:
        return Breach(
            "More rural residents than residents.",
            column="rural_population_persons",
            found=f"{rural:,.0f}",
            expected=f"at most {total:,.0f}",
        )
    return None


def _province() -> Column:
    return Column("province", TEXT, "Province, ISO 3166-2", allowed=PROVINCES)


def _place(what: str, *, grid: bool) -> tuple[Column, Column]:
    """Longitude and latitude, in the nested grid's domain when the role lies on it."""
    west, east, south, north = (69.8, 139.9, 14.8, 54.9) if grid else (-180.0, 360.0, -90.0, 90.0)
    return (
        Column("longitude", NUMBER, what, "degrees east", minimum=west, maximum=east),
        Column("latitude", NUMBER, what, "degrees north", minimum=south, maximum=north),
    )


_SOURCE_YEAR = Column("source_year", WHOLE, "Year of the figure", minimum=1900, maximum=2100)
_EMITTED = frozenset({"SO2", "NOx", "CO", "NH3", "BC", "OC", "PM2.5"})
EMISSION_GROUPS = frozenset({"power", "industry", "transport", "residential", "agriculture"})
_MONTH = Column("month", WHOLE, "Month", minimum=1, maximum=12)

ATMOSPHERE_CONTRACTS: tuple[Contract, ...] = (
    Contract(
        name="grid_cell",
        grain="one row per province and cell of the nested grid",
        columns=(
            _province(),
            *_place("Centre of the cell", grid=True),
            Column("area_km2", NUMBER, "Area of the province in the cell", "km2", minimum=0),
            Column("population_persons", NUMBER, "Residents", "persons", minimum=0, maximum=_CROWD),
            Column(
                "rural_population_persons",
                NUMBER,
                "Rural residents",
                "persons",
                minimum=0,
                maximum=_CROWD,
            ),
        ),
        key=("province", "longitude", "latitude"),
        rules=(people_are_counted,),
    ),
    Contract(
        name="emission_grid",
        grain="one row per province and cell of the nested grid, emission group, pollutant and year",
        columns=(
            _province(),
            *_place("Centre of the cell", grid=True),
            Column("emission_group", TEXT, "Group of sources", allowed=EMISSION_GROUPS),
            Column("pollutant", TEXT, "Pollutant", allowed=_EMITTED),
            _SOURCE_YEAR,
            Column(
                "emission_t",
                NUMBER,
                "Emission of the year in the cell",
                "t",
                minimum=0,
                maximum=_EMISSION_T,
            ),
        ),
        key=("province", "longitude", "latitude", "emission_group", "pollutant", "source_year"),
    ),
    Contract(
        name="point_source",
        grain="one row per unit",
        columns=(
            Column("unit_code", TEXT, "The publisher's code of the unit"),
            _province(),
            Column("kind", TEXT, "Kind of plant", allowed=frozenset({"coal_power"})),
            *_place("Place of the unit", grid=True),
            Column(
                "start_year", WHOLE, "First year; 1900 where not known", minimum=1900, maximum=2100
            ),
            Column(
                "end_year", WHOLE, "Year of closing; 2100 while working", minimum=1900, maximum=2100
            ),
            Column("capacity_mw", NUMBER, "Capacity", "MW", minimum=0, maximum=_PLANT_MW),
        ),
        key=("unit_code",),
    ),
    Contract(
        name="meteorology",
        grain="one row per variable, month and point of a regular grid",
        columns=(
            Column("variable", TEXT, "CF standard name", allowed=frozenset(WEATHER_BOUNDS)),
            _MONTH,
            *_place("Point of the grid", grid=False),
            Column("value", NUMBER, "Monthly mean", "the variable's (WEATHER_BOUNDS)"),
        ),
        key=("variable", "month", "longitude", "latitude"),
        rules=(weather_is_whole,),
    ),
    Contract(
        name="relief",
        grain="one row per cell of the nested grid",
        columns=(
            *_place("Centre of the cell", grid=True),
            Column("altitude_m", NUMBER, "Mean height, sea 0", "m", minimum=-500, maximum=9000),
        ),
        key=("longitude", "latitude"),
    ),
    Contract(
        name="evaluation_emission",
        grain="one row per province, source sector, pollutant and year",
        columns=(
            _province(),
            Column("source_sector", TEXT, "Sector as published, without totals"),
            Column(
                "pollutant",
                TEXT,
                "Pollutant",
                allowed=_EMITTED,
            ),
            _SOURCE_YEAR,
            Column(
                "emission_t", NUMBER, "Emission of the year", "t", minimum=0, maximum=_EMISSION_T
            ),
        ),
        key=("province", "source_sector", "pollutant", "source_year"),
    ),
    Contract(
        name="evaluation_observation",
        grain="one row per province, coverage, pollutant, year and month",
        columns=(
            _province(),
            Column(
                "coverage",
                TEXT,
                "Mean over area, over people, or over people of dense cities",
                allowed=frozenset({"area", "people", "dense"}),
            ),
            Column(
                "pollutant", TEXT, "Pollutant", allowed=frozenset({"PM2.5", "SO2", "NO2", "CO"})
            ),
            _SOURCE_YEAR,
            _MONTH,
            _MEAN_OF_THE_MONTH,
        ),
        key=("province", "coverage", "pollutant", "source_year", "month"),
    ),
    Contract(
        name="observed_series",
        grain="one row per province, series, pollutant and year",
        columns=(
            _province(),
            Column(
                "series",
                TEXT,
                "Product and release, as `aqli_2023`",
                pattern="^[a-z][a-z0-9]*(_[a-z0-9]+)*$",
            ),
            Column("pollutant", TEXT, "Pollutant", allowed=frozenset({"PM2.5"})),
            _SOURCE_YEAR,
            Column(
                "concentration_ug_m3",
                NUMBER,
                "Mean of the year over people",
                "ug/m3",
                minimum=0,
                maximum=_YEAR_UG_M3,
            ),
        ),
        key=("province", "series", "pollutant", "source_year"),
    ),
    Contract(
        name="evaluation_coverage",
        grain="one row per province, coverage and cell of the nested grid",
        columns=(
            _province(),
            Column(
                "coverage",
                TEXT,
                "Mean over people, or over people of dense cities",
                allowed=frozenset({"people", "dense"}),
            ),
            *_place("Centre of the cell", grid=True),
            Column(
                "persons",
                NUMBER,
                "Weight of the cell in the observed mean",
                "persons",
                minimum=0,
                maximum=_CROWD,
            ),
        ),
        key=("province", "coverage", "longitude", "latitude"),
    ),
    Contract(
        name="evaluation_weather",
        grain="one row per province, variable, year and month",
        columns=(
            _province(),
            Column("variable", TEXT, "CF standard name", allowed=frozenset(REQUIRED_WEATHER)),
            _SOURCE_YEAR,
            _MONTH,
            Column(
                "departure",
                NUMBER,
                "Of the month from its mean of all years",
                "the variable's (WEATHER_BOUNDS)",
                minimum=-100,
                maximum=100,
            ),
        ),
        key=("province", "variable", "source_year", "month"),
    ),
    Contract(
        name="evaluation_place",
        grain="one row per place, pollutant, year and month",
        columns=(
            Column("place", TEXT, "City or station"),
            *_place("Place", grid=True),
            Column(
                "pollutant", TEXT, "Pollutant", allowed=frozenset({"PM2.5", "SO2", "NO2", "CO"})
            ),
            _SOURCE_YEAR,
            _MONTH,
            _MEAN_OF_THE_MONTH,
        ),
        key=("place", "pollutant", "source_year", "month"),
    ),
)
"""Contracts of the roles of the atmosphere."""
