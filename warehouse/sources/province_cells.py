"""The provinces on the nested grid as bundled: how much of each lies in which cell."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import polars as pl

_FILE = Path(__file__).parents[1] / "bundled" / "open_2007" / "grid_cell.parquet"


@cache
def province_cells() -> pl.DataFrame:
    """The bundled role grid_cell, sorted by province, latitude and longitude."""
    return pl.read_parquet(_FILE).sort("province", "latitude", "longitude")
