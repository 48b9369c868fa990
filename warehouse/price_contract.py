"""The contract of the role `deflator`: what prices were in each year, by sector."""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl

from warehouse.contract_check import NUMBER, TEXT, WHOLE, Column, Contract
from warehouse.contract_sums import Breach

EVERY_SECTOR = "ALL"
BASE_LEVEL = 100.0
# Prices of a sector over a decade: a tenth and ten times are beyond what China has seen since 1990.
_LOWEST, _HIGHEST = 10.0, 1000.0
_SEED = Path(__file__).parents[1] / "seeds" / "concordances" / "common_sector.csv"


def _common_sectors() -> frozenset[str]:
    with _SEED.open(encoding="utf-8", newline="") as stream:
        return frozenset(row["common_sector"] for row in csv.DictReader(stream))


def _one_base_year(frame: pl.DataFrame) -> Breach | None:
    """Levels, not changes on the year before: one year is 100 in every sector."""
    rows = frame.with_row_index("row", offset=1)
    base = rows.filter(pl.col("price_index") == BASE_LEVEL)
    years = (
        base.group_by("source_year").len().sort(["len", "source_year"], descending=[True, False])
    )
    year = years["source_year"][0] if years.height else frame["source_year"].min()
    lacking = rows.join(base.filter(pl.col("source_year") == year), on="sector", how="anti")
    if lacking.is_empty():
        return None
    of_year = lacking.filter(pl.col("source_year") == year)
    first = (of_year if of_year.height else lacking).sort("row").row(0, named=True)
    return Breach(
        "no year is 100 in every sector. Figures on the year before (preceding year = 100) must be chained.",
        row=first["row"],
        column="price_index",
        found=f"{first['sector']} in {first['source_year']}: {first['price_index']:g}",
        expected=f"{BASE_LEVEL:g} in one year that all sectors share, such as {int(str(year))}",
    )


def _one_currency(frame: pl.DataFrame) -> Breach | None:
    """A series that changes its currency is two."""
    mixed = frame.with_row_index("row", offset=1).filter(
        pl.col("currency").n_unique().over("sector") > 1
    )
    if mixed.is_empty():
        return None
    return Breach(
        "a sector has prices in two currencies.",
        row=mixed["row"][0],
        column="currency",
        found=f"{mixed['sector'][0]} in CNY and USD",
        expected="one currency for all years of a sector",
    )


PRICE_CONTRACTS = (
    Contract(
        name="deflator",
        grain="one row per sector and year",
        columns=(
            Column(
                "sector",
                TEXT,
                "Common sector (common_sector of dim_sector), or `ALL` for sectors without rows",
                allowed=frozenset({*_common_sectors(), EVERY_SECTOR}),
            ),
            Column("source_year", WHOLE, "Year the figure describes", minimum=1900, maximum=2100),
            Column(
                "currency",
                TEXT,
                "Currency of the prices; yuan turn into dollars at the yearly rate",
                allowed=frozenset({"CNY", "USD"}),
            ),
            Column("source", TEXT, "Whose index it is, for people"),
            Column(
                "price_index",
                NUMBER,
                "Price level, chained: not the change on the year before",
                "100 in one year that all sectors share",
                minimum=_LOWEST,
                maximum=_HIGHEST,
            ),
        ),
        key=("sector", "source_year"),
        rules=(_one_base_year, _one_currency),
    ),
)
"""In the order of the roles."""
