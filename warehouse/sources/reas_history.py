"""REAS v3.2 for the years in which China's air was observed and the inventory exists: 2013 to 2015.

The files are those of the reader ``reas``; the engine is judged with them, whatever the edition's year.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from warehouse.contracts import CONTRACTS
from warehouse.sources import reas
from warehouse.sources.base import Reader

NAME = "reas_history"
YEARS = (2013, 2014, 2015)


def read(paths: Sequence[Path], role: str, _year: int) -> pl.DataFrame:
    """Emission in t by province, sector, pollutant and year. Raises InputError as ``reas`` does."""
    frames = [
        reas.read(paths, "sector_emission", year).with_columns(
            pl.lit(year, dtype=pl.Int64).alias("source_year")
        )
        for year in YEARS
    ]
    every = pl.concat(frames).filter(pl.col("source_sector") != "TOTAL")
    return every.select(CONTRACTS[role].column_names)


READER = Reader(
    name=NAME,
    roles=("evaluation_emission",),
    read=read,
    recognises=reas.recognises,
    publication=reas.PUBLICATION,
    max_files=None,
    vintage_year=YEARS[-1],
)
