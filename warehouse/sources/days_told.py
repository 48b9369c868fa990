"""What is odd in days of air by place and pollutant, and is read all the same, with a note."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from warehouse.sources.notes import note

# Ten days with one value to the last digit: an instrument, or a table filled by hand.
_DAYS_OF_A_CONSTANT = 10


def tell_constant(path: Path, values: pl.DataFrame) -> None:
    """Note places whose value is the same on every day."""
    series = values.group_by("place", "pollutant").agg(
        pl.col("value").n_unique().alias("values"), pl.len().alias("days")
    )
    stuck = series.filter((pl.col("values") == 1) & (pl.col("days") >= _DAYS_OF_A_CONSTANT))
    what = f"one value throughout for {stuck.height} of {series.height} places and pollutants"
    tell_first(path, stuck, what)


def tell_negative(path: Path, values: pl.DataFrame) -> None:
    """Note values below zero: the marts count such days, and no mean holds them."""
    below = values.filter(pl.col("value") < 0)
    tell_first(path, below, f"{below.height} values below zero, which no mean holds")


def tell_first(path: Path, rows: pl.DataFrame, what: str) -> None:
    """Note what is odd, with the first place and pollutant of it; nothing without rows."""
    if not rows.is_empty():
        first = rows.sort("place", "pollutant").row(0, named=True)
        note(f"{what}, the first {first['place']} {first['pollutant']}", path.name)
