"""Days of observed PM2.5 in a period: a period without any is refused before work begins."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from warehouse.edition import Edition
from warehouse.landing import resolve_role
from warehouse.missing_days import POLLUTANT, ROLE, no_days
from warehouse.period import Period
from warehouse.sources import tidy


def demand_days(edition: Edition, home: Path, period: Period) -> None:
    """Raise InputError when the files of the role hold no day of the period; read without a run.

    Only tables in Parquet tell their days in a moment.  Where other files are among them, ``demand_loaded``
    asks once they are read.
    """
    found = resolve_role(edition, ROLE, home)
    if found is None:
        return
    files = found.files
    if not all(source.reader == tidy.NAME for source in found.sources) or any(
        file.suffix.lower() != ".parquet" for file in files
    ):
        return
    try:
        days = pl.concat([_days_in(file) for file in files])["date"]
    except (pl.exceptions.PolarsError, OSError):
        return  # the reader of the file says what is wrong with it
    _demand(set(days.drop_nulls().to_list()), period, edition.name)


def demand_loaded(connection: duckdb.DuckDBPyConnection, edition: str, period: Period) -> None:
    """The same for a working file whose sources have been read. Raises InputError."""
    days = connection.execute(
        f"select distinct date from raw.{ROLE} where pollutant = ?", [POLLUTANT]
    ).fetchall()
    _demand({day for (day,) in days}, period, edition)


def _days_in(file: Path) -> pl.DataFrame:
    of_pollutant = pl.scan_parquet(file).filter(pl.col("pollutant") == POLLUTANT)
    return of_pollutant.select("date").unique().collect()


def _demand(days: set[date], period: Period, edition: str) -> None:
    counts = {
        each.name: sum(each.start <= day <= each.end for day in days)
        for each in (period, period.before)
    }
    if not counts[period.name]:
        first, last = min(days, default=None), max(days, default=None)
        raise no_days(counts, first, last, period, edition)
