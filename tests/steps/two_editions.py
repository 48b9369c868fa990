"""Marts of two made-up editions with different lists of sectors, regions and provinces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb
import numpy as np
import polars as pl

# Two lists of sectors that share one; a province with a table in the later year alone.
OWN = {2007: ("a1", "a2", "b1"), 2017: ("A", "B1", "B2")}
COMMON = {"a1": "a", "a2": "a", "b1": "b", "A": "a", "B1": "b", "B2": "b"}
PROVINCES = {2007: ("CN-BJ", "CN-GD"), 2017: ("CN-BJ", "CN-GD", "CN-XZ")}
ABROAD = {2007: ("DEU", "USA"), 2017: ("EU", "USA")}
POLLUTANTS = ("NOx", "SO2")
WEIGHTS = {"NOx": 2.0, "SO2": 0.5}
GROUPS = {"a1": "farm", "a2": "plant", "b1": "plant", "A": "farm", "B1": "plant", "B2": "plant"}
ERRORS = {"farm": (0.3, 0.1), "plant": (0.1, 0.05)}
PEOPLE = ("CHN", "CN-BJ")
Prices = Mapping[tuple[str, int], float]


def edition(year: int) -> str:
    return f"open-{year}"


def write_marts(con: duckdb.DuckDBPyConnection, years: Sequence[int] = (2007, 2017)) -> None:
    """The marts of the editions of some years, in an open file."""
    con.execute("create schema if not exists marts")
    regions = [
        *((p, "province", None) for p in PROVINCES[2017]),
        ("CHN", "home", "CHN"),
        ("DEU", "foreign", "EU"),
        ("EU", "foreign", "EU"),
        ("USA", "foreign", "USA"),
    ]
    table(con, "dim_region", ["code", "kind", "common_region"], regions)
    sectors = [(code, f"list{y}", COMMON[code], GROUPS[code]) for y in OWN for code in OWN[y]]
    table(con, "dim_sector", ["code", "classification", "common_sector", "sector_group"], sectors)
    weights = [*((name, False, 1 / WEIGHTS[name]) for name in POLLUTANTS), ("APE", True, None)]
    table(con, "dim_pollutant", ["code", "is_index", "ape_coefficient"], weights)
    rule = {2007: "as_booked", 2017: "global_table"}
    described = [
        (edition(y), y, False, f"list{y}", rule[y], "booked", "world", y, "by_consumer", "current")
        for y in years
    ]
    names = (
        "edition year is_synthetic sector_classification scale_rule export_total_concept"
        " global_classification provincial_table_year returned_exports prices"
    )
    table(con, "dim_edition", names.split(), described)
    for year in years:
        fill(con, year)


def write_deflator(con: duckdb.DuckDBPyConnection, year: int, prices: Prices) -> None:
    """Prices in dollars by sector and year, as one edition brings them."""
    rows = [
        (edition(year), year, sector, at, "USD", price, price, "An office")
        for (sector, at), price in prices.items()
    ]
    names = "edition year sector source_year currency price_index usd_price_index source"
    table(con, "fct_deflator", names.split(), rows)


def fill(con: duckdb.DuckDBPyConnection, year: int) -> None:
    """The marts of one edition: flows at random, outputs that close."""
    draw = np.random.default_rng(year)
    rows = [(r, s) for r in (*PROVINCES[year], *ABROAD[year]) for s in OWN[year]]
    flows = draw.uniform(0.1, 5, (len(rows), len(rows)))
    buyers = (*PROVINCES[year], *ABROAD[year])
    demand = draw.uniform(5, 50, (len(rows), len(buyers)))
    key = (edition(year), year)
    output = flows.sum(axis=1) + demand.sum(axis=1)
    local = [(i, *row) for i, row in enumerate(rows) if row[0].startswith("CN-")]
    add(
        con,
        "fct_mrio_output",
        "region sector output_musd",
        [(*key, *r, x) for r, x in zip(rows, output, strict=True)],
    )
    add(
        con,
        "fct_mrio_flow",
        "from_region from_sector to_region to_sector value_musd",
        [(*key, *a, *b, flows[i, j]) for i, a in enumerate(rows) for j, b in enumerate(rows)],
    )
    add(
        con,
        "fct_mrio_final_demand",
        "from_region from_sector to_region value_musd",
        [(*key, *a, b, demand[i, j]) for i, a in enumerate(rows) for j, b in enumerate(buyers)],
    )
    add(
        con,
        "fct_emission_inventory",
        "province sector pollutant in_footprint emission_t",
        [(*key, p, s, k, True, draw.uniform(1, 9)) for _, p, s in local for k in POLLUTANTS],
    )
    add(
        con,
        "fct_uncertainty_input",
        "pollutant sector_group national_coefficient_share provincial_coefficient_share group_correlation",
        [(*key, k, group, *error, 0.5) for k in POLLUTANTS for group, error in ERRORS.items()],
    )
    add(
        con,
        "fct_pm25_sensitivity",
        "engine receptor producer_province producer_sector pollutant component sensitivity_ug_m3_per_t",
        [
            (*key, "reduced", r, p, s, "SO2", part, draw.uniform(0.1, 1))
            for r in PEOPLE
            for _, p, s in local
            for part in ("sulfate", "ammonium")
        ],
    )


def add(
    con: duckdb.DuckDBPyConnection, name: str, columns: str, rows: list[tuple[object, ...]]
) -> None:
    table(con, name, ["edition", "year", *columns.split()], rows)


def table(
    con: duckdb.DuckDBPyConnection, name: str, columns: list[str], rows: list[tuple[object, ...]]
) -> None:
    frame = pl.DataFrame(rows, columns, orient="row").to_arrow()
    con.register("given", frame)
    con.execute(f"create table if not exists marts.{name} as select * from given limit 0")
    con.execute(f"insert into marts.{name} select * from given")
    con.unregister("given")
