"""Writes the bundled price index from the figures that were printed.

    python -m warehouse.bundle_prices

Industry has the producer price index, all other sectors have the deflator of GDP. Two files beside the result
hold the figures as they were typed, each with its page; the chain is computed. SOURCES.yml says whose they are.
"""

from __future__ import annotations

from datetime import date
from itertools import accumulate
from operator import mul
from pathlib import Path

import polars as pl

from warehouse.contracts import CONTRACTS, validate
from warehouse.manifest import Entry, Original, Source, bytes_of, sha256_of, write_manifest
from warehouse.price_contract import EVERY_SECTOR

FOLDER = Path(__file__).with_name("bundled") / "prices"
FILE, PRODUCER, GDP = "deflator.parquet", "producer_prices.csv", "gdp_deflator.csv"
ROLE = "deflator"
READ_ON = date(2026, 11, 30)
BASE, LAST = 2007, 2017
INDUSTRY = (
    "mining", "food", "textiles", "wood_paper_other", "refining", "chemicals", "minerals", "metals", "machinery",
    "electrical", "transport_equipment", "power_water",
)  # fmt: skip
"""Common sectors that the producer price index covers."""

_PRODUCER = "National Bureau of Statistics of China: producer price index for industrial products"
_GDP = "World Bank: GDP deflator of China (NY.GDP.DEFL.ZS)"


def price_table(folder: Path = FOLDER) -> pl.DataFrame:
    """The role's rows: 2007 is 100, yuan, to four decimals. Raises InputError for what the contract refuses."""
    changes, whole = (_printed(folder / name) for name in (PRODUCER, GDP))
    chained = accumulate((change / 100 for change in changes.values()), mul, initial=100.0)
    producer = dict(zip((BASE, *changes), chained, strict=True))
    deflator = {year: 100 * level / whole[BASE] for year, level in whole.items()}
    series = [
        (EVERY_SECTOR, deflator, _GDP),
        *((sector, producer, _PRODUCER) for sector in INDUSTRY),
    ]
    rows = [
        (sector, year, "CNY", source, round(level, 4))
        for sector, levels, source in series
        for year, level in levels.items()
    ]
    contract = CONTRACTS[ROLE]
    frame = pl.DataFrame(rows, contract.schema, orient="row")
    return validate(frame, contract, file=folder / FILE).sort(contract.key)


def _printed(file: Path) -> dict[int, float]:
    figures = pl.read_csv(file).sort("year")
    return dict(zip(figures["year"], figures["value"], strict=True))


def write_prices(folder: Path = FOLDER) -> Path:
    """Write the file and its record beside the printed figures; returns the file."""
    table, path = price_table(folder), folder / FILE
    table.write_parquet(path, compression="zstd", compression_level=19)
    outside = table.filter(pl.col("sector") == EVERY_SECTOR).height
    bureau = Source(
        producer="National Bureau of Statistics of China",
        title="Producer price index for industrial products, 2007-2017",
        citation="National Bureau of Statistics of China: China Statistical Yearbook 2012, table 9-1; "
        "press releases of January 2013 to February 2018.",
        licence="Official statistics; no licence stated",
        terms_of_use="Name the Bureau. Typed from the yearbook's page and from news of its releases.",
        note="One index for all of industry; changes on the year before were chained to 2007 = 100.",
        rows=table.height - outside,
        originals=(_original(folder / PRODUCER),),
        reader="tidy",
        accessed=READ_ON,
        vintage_year=LAST,
    )
    bank = Source(
        producer="World Bank",
        title="World Development Indicators: GDP deflator of China, 2007-2017",
        citation="World Bank: World Development Indicators, NY.GDP.DEFL.ZS.",
        licence="CC BY 4.0",
        terms_of_use="Cite the World Bank. Typed from indexmundi.com, which reprints the indicator.",
        note="Stands for all sectors outside industry; brought to 2007 = 100.",
        rows=outside,
        originals=(_original(folder / GDP),),
        reader="tidy",
        accessed=READ_ON,
        vintage_year=LAST,
    )
    entry = Entry(role=ROLE, rows=table.height, sha256=sha256_of(path), sources=(bureau, bank))
    write_manifest(folder, {FILE: entry})
    return path


def _original(file: Path) -> Original:
    return Original(file=file.name, sha256=sha256_of(file), bytes=bytes_of(file))


if __name__ == "__main__":
    print(write_prices())
