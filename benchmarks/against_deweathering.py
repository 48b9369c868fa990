"""The weather adjustment beside rmweather and deweather.

    python -m benchmarks.against_deweathering [FOLDER [UCI]]

FOLDER: an R library with the two packages, where they are not in R's own.  UCI: an hourly file of UCI's Beijing
sites (PRSA_Data_....csv), for a comparison on real weather, where nobody knows the truth.

It needs R, on Debian: `apt-get install r-base-core r-cran-ranger r-cran-gbm r-cran-dplyr r-cran-ggplot2
r-cran-viridis r-cran-strucchange r-cran-lubridate r-cran-purrr r-cran-tidyr r-cran-cli r-cran-patchwork
r-cran-gridextra r-cran-doparallel r-cran-mgcv r-cran-latticeextra r-cran-hexbin r-cran-mapproj r-cran-cluster
r-cran-readr r-cran-rcpp`. Then `R CMD INSTALL` of the sources of pdp, rmweather, openair and deweather, in turn.
Debian 12 has dplyr 1.0: tried there were rmweather 0.2.0 and deweather 0.7.2 of before dplyr 1.1, and pdp of
before tinyplot.

The same days go to all.  Every method normalises the weather alone and keeps season, weekday and trend.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from compute.weather import Series, normalised_series
from tests.compute.weather_samples import COMPARISON, city
from warehouse.sources import uci

Array = NDArray[np.float64]
SCRIPT = Path(__file__).with_name("deweathering.R")
PACKAGES = ("rmweather", "deweather")
TREND_PER_YEAR = -0.06
NOISES = (0.1, 0.25)
SEEDS = (1,)
_SUBREAPER = 36


@dataclass(frozen=True)
class Normalised:
    """A de-weathered series, shape (n,), NaN where there is none, and the processor seconds that it took."""

    values: Array
    cpu_s: float


def main(library: str = "", real: str = "") -> None:
    """Compare on synthetic cities, and on real days where a file is given."""
    available = [name for name in PACKAGES if _is_installed(name, library)]
    for name in PACKAGES:
        if name not in available:
            print(f"{name}: skipped, R or the package is not installed (see the head of this file)")
    for noise in NOISES:
        _synthetic(noise, available, library)
    if real:
        _real(Path(real), available, library)


def _synthetic(noise: float, packages: Sequence[str], library: str) -> None:
    print(f"synthetic cities: {len(SEEDS)}, noise {noise}; true trend {TREND_PER_YEAR}")
    errors: dict[str, list[tuple[float, float, float]]] = {}
    for seed in SEEDS:
        made = city(seed, noise=noise, trend_per_year=TREND_PER_YEAR)
        now, before = COMPARISON.masks(made.series.dates)
        truth = 100 * (np.exp(TREND_PER_YEAR * 366 / 365.25) - 1)
        for name, found in _methods(made.series, packages, library):
            change = 100 * (np.nanmean(found.values[now]) / np.nanmean(found.values[before]) - 1)
            trend = trend_per_year(made.series.dates, found.values)
            errors.setdefault(name, []).append((trend, change - truth, found.cpu_s))
    for name, rows in errors.items():
        trend, change, seconds = np.array(rows).T
        print(
            f"  {name:<12} trend a year {trend.mean():+.4f}, largest error"
            f" {abs(trend - TREND_PER_YEAR).max():.4f}; quarter against quarter: mean error"
            f" {abs(change).mean():.2f} points; {seconds.mean():.1f} CPU-s"
        )


def _real(path: Path, packages: Sequence[str], library: str) -> None:
    series = _series_of(path)
    quarters = [(f"{year}-01-01", f"{year}-03-31") for year in (2014, 2015, 2016)]
    print(f"{path.name}: first quarters of 2015 and 2016 against the year before, de-weathered, %")
    for name, found in [
        ("observed", Normalised(series.concentration_ug_m3, 0.0)),
        *_methods(series, packages, library),
    ]:
        means = [np.nanmean(found.values[_between(series.dates, *each)]) for each in quarters]
        changes = [100 * (later / earlier - 1) for earlier, later in pairwise(means)]
        slope = trend_per_year(series.dates, found.values)
        told = ", ".join(f"{change:+.1f}" for change in changes)
        print(f"  {name:<12} {told}; trend a year {slope:+.3f}, {found.cpu_s:.1f} CPU-s")


def _methods(series: Series, packages: Sequence[str], library: str) -> list[tuple[str, Normalised]]:
    began = time.process_time()
    ours = Normalised(normalised_series(series), time.process_time() - began)
    return [("tradeplume", ours), *((name, _by_r(name, series, library)) for name in packages)]


def trend_per_year(dates: NDArray[np.datetime64], values: Array) -> float:
    """Slope of the logarithm on years, beside two harmonics of the year."""
    years = dates.astype("datetime64[D]").astype(float) / 365.25
    waves = [f(2 * np.pi * k * years) for k in (1, 2) for f in (np.sin, np.cos)]
    known = np.isfinite(values) & (values > 0)
    design = np.column_stack([np.ones_like(years), years - years.mean(), *waves])[known]
    return float(np.linalg.lstsq(design, np.log(values[known]), rcond=None)[0][1])


def _between(dates: NDArray[np.datetime64], first: str, last: str) -> NDArray[np.bool_]:
    return (dates >= np.datetime64(first)) & (dates <= np.datetime64(last))


def _series_of(path: Path) -> Series:
    """Days with PM2.5 and weather of a UCI file."""
    observed = uci.read([path], "observation", 2017).filter(pl.col("pollutant") == "PM2.5")
    weather = uci.read([path], "weather_observation", 2017)
    wide = weather.pivot(on="variable", index="date", values="value").sort("date")
    both = wide.join(
        observed.select("date", "value_ug_m3"), on="date", how="left", maintain_order="left"
    )
    names = sorted(name for name in wide.columns if name != "date")
    return Series(
        both["date"].to_numpy().astype("datetime64[D]"),
        both["value_ug_m3"].fill_null(float("nan")).to_numpy(),
        both.select(pl.col(names).cast(pl.Float64).fill_null(float("nan"))).to_numpy(),
        tuple(names),
    )


def _by_r(package: str, series: Series, library: str) -> Normalised:
    with tempfile.TemporaryDirectory() as folder:
        given, made = Path(folder) / "given.csv", Path(folder) / "made.csv"
        columns = {name: series.weather[:, at] for at, name in enumerate(series.names)}
        table = pl.DataFrame({"date": series.dates, "value": series.concentration_ug_m3, **columns})
        known = table.fill_nan(None).drop_nulls()
        known.with_columns(pl.col("date").dt.to_string("%Y-%m-%d")).write_csv(given)
        command = ["Rscript", str(SCRIPT), package, str(given), str(made), library]
        seconds = _cpu_s_of(lambda: subprocess.run(command, check=True, stderr=subprocess.DEVNULL))
        found = pl.read_csv(made, try_parse_dates=True).select("date", "normalised")
    days = pl.DataFrame({"date": series.dates}).with_columns(pl.col("date").cast(pl.Date))
    joined = days.join(found, on="date", how="left", maintain_order="left")
    return Normalised(joined["normalised"].fill_null(float("nan")).to_numpy(), seconds)


def _cpu_s_of(work: Callable[[], object]) -> float:
    """Processor seconds of the processes that the work starts, those that R leaves behind included (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SUBREAPER, 1)
    before = os.times()
    work()
    while True:
        try:
            os.wait()
        except ChildProcessError:
            break
    after = os.times()
    return (
        after.children_user + after.children_system - before.children_user - before.children_system
    )


def _is_installed(package: str, library: str) -> bool:
    if shutil.which("Rscript") is None:
        return False
    code = f'.libPaths(c("{library}", .libPaths())); quit(status = !requireNamespace("{package}", quietly = TRUE))'
    return subprocess.run(["Rscript", "-e", code], check=False, capture_output=True).returncode == 0


if __name__ == "__main__":
    main(*sys.argv[1:])
