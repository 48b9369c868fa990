"""Small tables that keep the contracts of the raw roles."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from warehouse.contracts import CONTRACTS
from warehouse.paper_contracts import GTAP_HEADERS


def role_table(role: str) -> pl.DataFrame:
    """A small table that keeps the contract of a role."""
    rows: dict[str, list[tuple[Any, ...]]] = {
        "export_total": [
            ("CN-BJ", "goods_by_origin", "USD", 10.5),
            ("CN-BJ", "goods_and_services", "CNY", 90.0),
            ("CN-GD", "goods_by_origin", "USD", 20.25),
        ],
        "sector_emission": [
            ("CN-BJ", "PP", "SO2", 1.5),
            ("CN-BJ", "IND", "SO2", 2.5),
            ("CN-BJ", "TOTAL", "SO2", 4.0),
        ],
        "emission_concordance": [("kilns", "C23", 0.25), ("kilns", "C24", 0.75)],
        "subsector_emission": [
            ("CHIN_PLUS", "CEMENT", "SO2", 2005, 1.5),
            ("CHIN_PLUS", "STEEL", "SO2", 2005, 20.0),
            ("CHIN_PLUS", "SUM", "SO2", 2005, 21.5),
        ],
        "emission_proxy": [
            ("CN-BJ", "Coal Mining", "process", 1.0),
            ("CN-BJ", "Food", "process", 0.5),
            ("CN-BJ", "Total Consumption", "process", 1.5),
        ],
        "demand_structure": [
            ("CHN", "C26", "USA", "households", 10.0),
            ("CHN", "C26", "USA", "inventories", -1.0),
        ],
        "consumer_output": [("DEU", "C26", "household", "final", 10.0)],
        "population": [("110101", "CN-BJ", 116.41, 39.91, 708829.0)],
        "population_total": [("CN-BJ", 2006, 1.6e7), ("CN-BJ", 2007, 1.7e7)],
        "emission_grid": [("CN-BJ", 116.25, 40.0, "power", "SO2", 2007, 12.5)],
        "grid_cell": [("CN-BJ", 116.25, 40.0, 700.0, 2e6, 3e5)],
        "point_source": [("G1", "CN-BJ", "coal_power", 116.3, 40.1, 1998, 2100, 300.0)],
        "meteorology": weather_rows(),
        "relief": [(116.25, 40.0, 120.0)],
        "evaluation_emission": [("CN-BJ", "PP", "SO2", 2013, 10.0)],
        "evaluation_observation": [("CN-BJ", "area", "PM2.5", 2013, 1, 120.0)],
        "evaluation_weather": [("CN-BJ", "air_temperature", 2013, 1, -1.25)],
        "evaluation_coverage": [("CN-BJ", "dense", 116.25, 40.0, 2e6)],
        "observed_series": [("CN-BJ", "aqli_2023", "PM2.5", 2007, 56.6)],
        "national_emission": [("power", "SO2", 2017, 1830470.0), ("power", "SO2", 2016, 2668840.0)],
        "alternative_emission": [("CN-BJ", "Energy Sector", "SO2", 1200.0)],
        "baseline_mortality": [
            ("CHN", "IHD", "25+", 2007, 180.0, 160.0, 200.0),
            ("CHN", "LC", "25+", 2007, 60.0, 60.0, 60.0),
        ],
        "age_structure": [("CHN", "all", 2007, 1.3e9)],
        "crude_death_rate": [("CN-BJ", 2007, 4.83)],
        "deflator": [
            ("ALL", 2007, "CNY", "The bureau's index", 100.0),
            ("ALL", 2017, "CNY", "The bureau's index", 138.7),
            ("metals", 2007, "CNY", "The bureau's index", 100.0),
            ("metals", 2017, "CNY", "The bureau's index", 106.25),
        ],
        "relative_risk": [
            ("mrbrt_2021", "IHD", "all", 0.0, 1.0, 1.0, 1.0),
            ("mrbrt_2021", "IHD", "all", 100.0, 1.5, 1.2, 1.8),
        ],
        "evaluation_place": [("Beijing", 116.4, 39.9, "PM2.5", 2014, 1, 101.5)],
        "observation": [
            ("city", "北京", date(2018, 1, 1), "PM2.5", "hourly", 23, 1, 0, 0, 35.5),
            ("city", "北京", date(2018, 1, 2), "PM2.5", "hourly", 24, 0, 0, 0, 48.0),
        ],
        "station": [("1001A", "北京"), ("1013A", "天津")],
        "weather_observation": [
            ("point", "39.750N_116.250E", date(2018, 1, 1), "temperature_c", -3.5),
            ("point", "39.750N_116.250E", date(2018, 1, 1), "pressure_hpa", 1021.0),
        ],
        "official_air_figure": [
            ("2025Q1", "nation", "CHN", "pm25_ug_m3", 41.3),
            ("2025-01..09", "nation", "CHN", "pm25_ug_m3", 26.0),
        ],
        "satellite_pm25": [("CN-BJ", 2017, 43.8), ("CN-BJ", 2018, 40.1)],
        "industrial_output": [
            ("CN-NX", "pig_iron", 2025, 3, "accumulated", 50.5),
            ("CN-NX", "pig_iron", 2025, 3, "accumulated_growth", 2283.0),
        ],
        "gtap_flow": gtap_rows(),
        "provincial_mrio": [
            ("CN-BJ", "01", "sector", "CN-GD", "02", "sector", 5.0),
            ("CN-GD", "02", "sector", "CN-BJ", "01", "sector", 4.0),
            ("ALL", "IM", "import", "CN-GD", "02", "sector", 2.5),
            ("CN-BJ", "01", "sector", "ALL", "GO", "total", 30.0),
        ],
        "trade": [
            ("export", "CN-BJ", "502", "01012100", "10", "USD", 1.5),
            ("export", "CN-BJ", "502", "01020000", "15", "USD", 2.5),
        ],
        "sector_output": [
            ("CN-BJ", "rice", "output_10k_t", 1.5),
            ("CN-BJ", "rice", "price_cny_t", 2800.0),
        ],
        "ammonia": [("CN-BJ", "rice", 10.5), ("CN-GD", "pigs", 20.5)],
        "global_table": global_rows(),
        "base_global_table": global_rows(),
        "provincial_table": provincial_rows(),
    }
    return pl.DataFrame(rows[role], schema=CONTRACTS[role].schema, orient="row")


def weather_rows() -> list[tuple[str, int, float, float, float]]:
    """Twelve months of the four required variables at the corners of a box around China."""
    values = {
        "eastward_wind": 2.0,
        "northward_wind": -1.0,
        "air_temperature": 285.0,
        "relative_humidity": 60.0,
    }
    return [
        (name, month, longitude, latitude, value)
        for name, value in values.items()
        for month in range(1, 13)
        for latitude in (15.0, 55.0)
        for longitude in (70.0, 140.0)
    ]


def gtap_rows() -> list[tuple[str, str, str, str, str, float]]:
    """One cell of every header that the linked table needs."""
    return [(header, "pdr", "ALL", "CHN", "USA", 1.5) for header in GTAP_HEADERS]


def global_rows() -> list[tuple[str, str, str, str, str, float]]:
    """Two regions, one sector each."""
    rows = []
    for region, other in (("CHN", "ROW"), ("ROW", "CHN")):
        uses = [(region, 30.0), (other, 12.0)]
        rows += [(region, "c1", user, "c1", "intermediate", value) for user, value in uses]
        rows += [(region, "c1", user, "gfcf", "final_demand", value) for user, value in uses]
        rows += [(region, "c1", region, "inventories", "final_demand", -4.0)]
        rows += [(region, "c1", region, "output", "output", 80.0)]
    return rows


def provincial_rows() -> list[tuple[str, str, str, str, str, str, float]]:
    """One province, two sectors."""
    output = {"01": 30.0, "02": 20.0}
    rows = [("ALL", "CN-BJ", "01", "sector", "02", "sector", 5.0)]
    for code, value in output.items():
        uses = 5.0 if code == "01" else 0.0
        inputs = 5.0 if code == "02" else 0.0
        rows += [
            ("ALL", "CN-BJ", code, "sector", "FU101", "final_demand", value - uses + 3.0),
            ("ALL", "CN-BJ", code, "sector", "EX", "export", 4.0),
            ("ALL", "CN-BJ", code, "sector", "IM", "import", 7.0),
            ("ALL", "CN-BJ", code, "sector", "GO", "total", value),
            ("ALL", "CN-BJ", "VA001", "value_added", code, "sector", value - inputs),
            ("ALL", "CN-BJ", "TI", "total", code, "sector", value),
        ]
    return rows
