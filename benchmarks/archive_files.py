"""A station archive of many days made from one: the files that the benchmarks of observed air read.

SYNTHETIC: a day has the hours of the day given, times a factor that follows the season and chance, under another
date. Hours that the file lacks are those before them, a little higher: a day of fewer than 20 hours is not used.
So days differ from their neighbours, and the same number of days gives the same files.
"""

from __future__ import annotations

import math
import random
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from warehouse.sources.air_files import heading

LAST = date(2025, 3, 31)
"""The last day of the archive: the end of the period that air-open reviews."""
_SEED = 20250331
_FACTORS = [0.3 + 0.2 * step for step in range(8)]
_HEADING = ("date", "hour", "type")
_COARSE = "CO"  # in mg/m3, printed to 0.1
_STAMP = "YYYYMMDD"


def write_archive(day_file: Path, days: int, folder: Path, last: date = LAST) -> None:
    """Write the hours of a day as the archive of as many days that ends with the last one."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = _scaled_texts(day_file)
    chance = random.Random(_SEED)
    for before in range(days):
        day = last - timedelta(days=before)
        text = texts[_level(day, chance)].replace(_STAMP, f"{day:%Y%m%d}")
        (folder / f"china_sites_{day:%Y%m%d}.csv").write_text(text, encoding="utf-8")


def _scaled_texts(day_file: Path) -> list[str]:
    """The file times each of the factors, with a mark for its date."""
    places = [name for name in heading(day_file) if name not in _HEADING]
    read = pl.read_csv(day_file, schema_overrides=dict.fromkeys(places, pl.Float64))
    table = _whole_day(read, places)
    unit = pl.when(pl.col("type").str.starts_with(_COARSE)).then(0.1).otherwise(1.0)
    whole = 1 / unit
    texts = []
    for factor in _FACTORS:
        scaled = table.with_columns(
            pl.lit(_STAMP).alias("date"), (pl.col(places) * factor * whole).round() / whole
        )
        texts.append(scaled.write_csv().replace(".0,", ",").replace(".0\n", "\n"))
    return texts


def _whole_day(table: pl.DataFrame, places: list[str]) -> pl.DataFrame:
    """The table with all 24 hours."""
    hours = {hour: table.filter(pl.col("hour") == hour) for hour in range(24)}
    whole: list[pl.DataFrame] = []
    for hour, rows in hours.items():
        if rows.is_empty() and whole:
            rows = whole[-1].with_columns(
                pl.lit(hour, pl.Int64).alias("hour"), pl.col(places) * 1.05
            )
        whole.append(rows)
    return pl.concat(whole)


def _level(day: date, chance: random.Random) -> int:
    """Which factor a day has: a higher one in winter, and another one from day to day."""
    season = 0.35 * math.cos(2 * math.pi * day.timetuple().tm_yday / 365.25)
    wanted = 0.8 + season + chance.gauss(0.0, 0.15)
    return min(range(len(_FACTORS)), key=lambda level: abs(_FACTORS[level] - wanted))
