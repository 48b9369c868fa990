"""What ten years can be judged by: PM2.5 over China's people, by the reanalysis of stations and from satellites.

    python -m benchmarks.observed_years [working file ...]

Means over the 30 provinces that both have (without Tibet), weighted by the year's residents, from the bundled
roles evaluation_observation and observed_series. Working files of editions add the engine's run with all emissions
in the edition's own year.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import numpy as np
import polars as pl

BUNDLED = Path(__file__).parents[1] / "warehouse" / "bundled" / "open_2007"
LEFT_OUT = "CN-XZ"
ByProvince = Mapping[str, float]


def national_mean(values: ByProvince, residents: ByProvince) -> float:
    """Mean over the provinces that have a value, weighted by residents."""
    names = sorted(set(values) & set(residents) - {LEFT_OUT})
    weights = np.array([residents[name] for name in names])
    return float(np.array([values[name] for name in names]) @ weights / weights.sum())


def correlation(ours: ByProvince, theirs: ByProvince) -> float:
    """Pearson's r over the provinces that both have, Tibet left out."""
    names = sorted(set(ours) & set(theirs) - {LEFT_OUT})
    pairs = [[of[name] for name in names] for of in (ours, theirs)]
    return float(np.corrcoef(*pairs)[0, 1])


def by_year(frame: pl.DataFrame) -> dict[int, dict[str, float]]:
    """Year to province to the mean of what the last column holds."""
    means = frame.group_by("source_year", "province").agg(pl.col(frame.columns[-1]).mean())
    found: dict[int, dict[str, float]] = {}
    for year, province, value in means.iter_rows():
        found.setdefault(year, {})[province] = value
    return found


def modelled(path: str) -> tuple[int, dict[str, float]]:
    """Year of a working file, and PM2.5 of all emissions over the people of each province."""
    with duckdb.connect(path, read_only=True) as con:
        rows = con.execute(
            "select province, sum(pm25_ug_m3) from computed.pm25_province where scenario = 'Base'"
            " and season = 'year' and weighting = 'population' and engine = 'reduced'"
            " and province <> 'CHN' group by 1"
        ).fetchall()
    return int(Path(path).stem.rpartition("-")[2]), dict(rows)


def main(arguments: Sequence[str]) -> None:
    """Print a line a year: both observations, their ratio, and ours with r against each."""
    ground = by_year(
        pl.read_parquet(BUNDLED / "evaluation_observation.parquet")
        .filter(coverage="people", pollutant="PM2.5")
        .select("source_year", "province", "concentration_ug_m3")
    )
    satellite = by_year(
        pl.read_parquet(BUNDLED / "observed_series.parquet").select(
            "source_year", "province", "concentration_ug_m3"
        )
    )
    residents = by_year(
        pl.read_parquet(BUNDLED / "population_total.parquet").select(
            "source_year", "province", "population_persons"
        )
    )
    ours = dict(modelled(path) for path in arguments)
    print("year  CAQRA  AQLI  ratio  ours  r CAQRA  r AQLI")
    for year in sorted({2000, 2005, 2007, 2010, 2012, *ground, *ours}):
        seen = national_mean(satellite[year], residents[year])
        people = national_mean(ground[year], residents[year]) if year in ground else None
        made = national_mean(ours[year], residents[year]) if year in ours else None
        print(
            f"{year}  {_text(people)}  {seen:4.1f}  {_text(people and people / seen, 2)}"
            f"  {_text(made)}  {_text(correlation(ours[year], ground[year]) if made and people else None, 3)}"
            f"    {_text(correlation(ours[year], satellite[year]) if made else None, 3)}"
        )


def _text(value: float | None, digits: int = 1) -> str:
    return "    -" if value is None else f"{value:5.{digits}f}"


if __name__ == "__main__":
    main(sys.argv[1:])
