"""Our split of changes in PM2.5 beside CREA's, where CREA's own figures and observations are to be had.

    python -m benchmarks.air_against_crea <folder of originals> [refits]

refits: bootstrap fits for the intervals, 16 unless told; the parts themselves do not depend on them.
Each comparison as rank correlation and mean absolute difference of the emissions' part, in points: provinces
(reanalysis 2013-2018 with its weather, against the mean of CREA's cities there), cities (CREA's own
observations 2017-2018 with the province's weather), and Beijing and Wuhan 2019-2020 (IQAir's series with
station weather; needs the package rdata). CREA's counterfactuals of 2018 were trained on 2017-04 to 2019-09.
Of CREA's de-weathered provincial means, 2020Q4 is within reach, beside the normalised change of those two cities;
its Q1 2021 lies beyond all observations at hand.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl
import pyreadr
from scipy.stats import spearmanr

from compute.weather import (
    Change,
    Series,
    Settings,
    TooFewDays,
    counterfactual_change,
    normalised_change,
)
from steps.weather import comparison_of
from warehouse.period import Period
from warehouse.sources import caqra, crea_city

REPOSITORY = Path(__file__).resolve().parent.parent
NAMES = (
    "pressure_hpa",
    "relative_humidity_pct",
    "temperature_c",
    "wind_u_m_s",
    "wind_v_m_s",
)
QUARTERS = ("2018Q2", "2018Q3", "2018Q4")
LATER_QUARTERS = ("2019Q4", "2020Q1", "2020Q2", "2020Q3", "2020Q4")
METHODS = {"counterfactual": counterfactual_change, "normalised": normalised_change}
SHORT_RECORD = Settings(min_training_days=300)


@dataclass(frozen=True)
class Task:
    """A place's record and a quarter; theirs: CREA's observed change and emissions' part, points."""

    group: str
    place: str
    quarter: str
    series: Series
    theirs: tuple[float, float]


def main(originals: Path, refits: int = 16) -> None:
    """Print the comparisons."""
    settings = replace(SHORT_RECORD, refits=refits)
    tasks = list(_tasks(originals / "air"))
    with ProcessPoolExecutor() as pool:
        ours = list(pool.map(partial(_split, settings=settings), tasks, chunksize=4))
    for group in ("province", "city"):
        for method in METHODS:
            for quarter in (*QUARTERS, "all"):
                _report(group, method, quarter, tasks, ours)
    _beijing_and_wuhan(originals / "air" / "crea")


def _split(task: Task, settings: Settings) -> dict[str, Change]:
    period = comparison_of(Period.parse(task.quarter))
    try:
        return {name: method(task.series, period, settings) for name, method in METHODS.items()}
    except TooFewDays:
        return {}


def _report(
    group: str, method: str, quarter: str, tasks: list[Task], ours: list[dict[str, Change]]
) -> None:
    pairs = [
        (task.theirs, found[method])
        for task, found in zip(tasks, ours, strict=True)
        if found and task.group == group and quarter in (task.quarter, "all")
    ]
    theirs = np.array([pair[0][1] for pair in pairs])
    emission = np.array([pair[1].emission_pp for pair in pairs])
    observed = np.array([pair[1].observed_pp for pair in pairs])
    covered = np.mean([c.emission_low_pp <= t[1] <= c.emission_high_pp for t, c in pairs])
    print(
        f"{group:8} {method:14} {quarter:6} n {len(pairs):3}  rank correlation "
        f"{spearmanr(emission, theirs).statistic:5.2f}  difference {np.abs(emission - theirs).mean():5.1f}"
        f"  theirs in our interval {covered:4.2f}  (observed change alone: "
        f"{spearmanr(observed, theirs).statistic:5.2f}, {np.abs(observed - theirs).mean():4.1f})"
    )


def _tasks(air: Path) -> Iterator[Task]:
    archive = [air / "caqra_chinavis2021" / "xwyzsn_province_daily_2013_2018.tar.gz"]
    weather = (
        caqra.read(archive, "weather_observation", 2018)
        .pivot(on="variable", index=["place", "date"], values="value")
        .sort("place", "date")
    )
    provinces = (
        caqra.read(archive, "observation", 2018)
        .filter(pl.col("pollutant") == "PM2.5")
        .select("place", "date", "value_ug_m3")
    )
    cities = (
        crea_city.read([air / "crea" / "m.obs.RDS"], "observation", 2020)
        .filter((pl.col("pollutant") == "PM2.5") & (pl.col("hour_count") > 0))
        .select("place", "date", "value_ug_m3")
    )
    predicted = _counterfactuals(air / "crea")
    province_of = _province_of_city()
    theirs = {
        (city, quarter): split
        for quarter in QUARTERS
        for city in cities["place"].unique().sort()
        if (split := _their_split(cities, predicted, city, quarter)) is not None
    }
    for quarter in QUARTERS:
        for province in sorted({province_of[city] for city, _ in theirs}):
            record = weather.filter(place=province).join(
                provinces.filter(place=province), on="date", how="left"
            )
            members = [
                split
                for (city, of), split in theirs.items()
                if of == quarter and province_of[city] == province
            ]
            mean = tuple(np.mean(members, axis=0))
            yield Task("province", province, quarter, _series(record), (mean[0], mean[1]))
        for (city, of), split in theirs.items():
            if of == quarter:
                record = (
                    weather.filter(
                        (pl.col("place") == province_of[city]) & (pl.col("date").dt.year() >= 2017)
                    )
                    .join(cities.filter(place=city), on="date", how="left")
                    .sort("date")
                )
                yield Task("city", city, quarter, _series(record), split)


def _series(record: pl.DataFrame) -> Series:
    return Series(
        record["date"].to_numpy().astype("datetime64[D]"),
        record["value_ug_m3"].fill_null(float("nan")).to_numpy(),
        record.select(NAMES).to_numpy(),
        NAMES,
    )


def _counterfactuals(crea: Path) -> pl.DataFrame:
    """CREA's predictions; the file repeats each row for every station of the city."""
    frame = pl.from_pandas(pyreadr.read_r(str(crea / "m.dew.endq3.pbl.RDS"))[None])
    return (
        frame.filter(pl.col("process_id") == "anomaly_counterfactual")
        .unique(["region_id", "date"])
        .select(
            pl.col("region_id").alias("place"),
            pl.col("date").dt.date().alias("date"),
            pl.col("value").alias("predicted"),
        )
    )


def _their_split(
    cities: pl.DataFrame, predicted: pl.DataFrame, city: str, quarter: str
) -> tuple[float, float] | None:
    """Observed change and emissions' part by CREA's predictions, formed as ours; None below 60 days."""
    days = cities.filter(place=city).join(predicted.filter(place=city), on="date")
    period = Period.parse(quarter)
    now, before = (
        days.filter(pl.col("date").is_between(part.start, part.end))
        for part in (period, period.before)
    )
    if now.height < 60 or before.height < 60:
        return None
    observed, weather = (
        float(np.mean(now[name].to_numpy()) / np.mean(before[name].to_numpy()))
        for name in ("value_ug_m3", "predicted")
    )
    return 100 * (observed - 1), 100 * (observed - weather)


def _province_of_city() -> dict[str, str]:
    seeds = REPOSITORY / "seeds" / "air"
    codes = {"city": pl.String, "code": pl.String}
    alias = pl.read_csv(seeds / "city_alias.csv", schema_overrides=codes)
    city = pl.read_csv(seeds / "city.csv", schema_overrides=codes)
    joined = alias.join(city, left_on="city", right_on="code").select("alias", "province")
    return {name.replace("'", ""): province for name, province in joined.iter_rows()} | {
        "ma'anshan": "CN-AH",
        "xi'an": "CN-SN",
    }


def _beijing_and_wuhan(crea: Path) -> None:
    try:
        import rdata
    except ImportError:
        print("Beijing and Wuhan 2019-2020: needs the package rdata")
        return
    table = rdata.read_rds(crea / "iqair_weather.trend.fire.trajectory.RDS")
    observed = (
        crea_city.read([crea / "m.obs.RDS"], "observation", 2020)
        .filter((pl.col("pollutant") == "PM2.5") & (pl.col("hour_count") > 0))
        .select("place", "date", "value_ug_m3")
    )
    predicted = _counterfactuals(crea)
    for _, row in table.iterrows():
        city = str(row["station_id"])
        if city not in ("Beijing", "Wuhan"):
            continue
        for quarter in LATER_QUARTERS:
            found = counterfactual_change(
                _iqair(row["meas_weather"]), comparison_of(Period.parse(quarter))
            )
            theirs = _their_split(observed, predicted, city.lower(), quarter)
            beside = (
                ""
                if theirs is None
                else f"   CREA: observed {theirs[0]:.1f}, emissions {theirs[1]:.1f}"
            )
            _print_city(city, quarter, found, beside)
        _beside_provincial_means(crea, city, _iqair(row["meas_weather"]))


def _beside_provincial_means(crea: Path, city: str, series: Series) -> None:
    """The normalised change of 2020Q4 beside that of CREA's de-weathered means of the city's province."""
    table = pl.read_csv(crea / "change_province_deweathered_202103_china_winter.csv")
    theirs = table.filter(province={"Wuhan": "Hubei"}.get(city, city)).row(0, named=True)
    ours = normalised_change(series, comparison_of(Period.parse("2020Q4")))
    print(
        f"{city:8} 2020Q4  normalised, emissions {ours.emission_pp:6.1f} [{ours.emission_low_pp:.1f}, "
        f"{ours.emission_high_pp:.1f}]   CREA, {theirs['province']}: {100 * theirs['change_Q4_rel']:.1f}"
    )


def _print_city(city: str, quarter: str, found: Change, beside: str) -> None:
    print(
        f"{city:8} {quarter}  observed {found.observed_pp:6.1f}  weather {found.weather_pp:6.1f}  "
        f"emissions {found.emission_pp:6.1f} [{found.emission_low_pp:.1f}, {found.emission_high_pp:.1f}]"
        f"  skill {found.skill_r2:.2f}{beside}"
    )


def _iqair(frame: object) -> Series:
    table = (
        pl.DataFrame(
            {name: np.asarray(frame[name], dtype=float) for name in ("date", "value", *_IQAIR)}  # type: ignore[index]
        )
        .unique("date", maintain_order=True)
        .sort("date")
    )
    radians = np.radians(table["wd"].to_numpy())
    speed = table["ws"].to_numpy()
    names = [name for name in _IQAIR if name != "wd"]
    weather = np.column_stack(
        [table.select(names).to_numpy(), -speed * np.sin(radians), -speed * np.cos(radians)]
    )
    return Series(
        table["date"].to_numpy().astype("int64").astype("datetime64[D]"),
        table["value"].to_numpy(),
        weather,
        (*(_IQAIR[name] for name in names), "wind_u_m_s", "wind_v_m_s"),
    )


_IQAIR = {
    "air_temp": "temperature_c",
    "atmos_pres": "pressure_hpa",
    "ws": "wind_speed_m_s",
    "RH": "relative_humidity_pct",
    "pbl_max": "boundary_layer_height_m",
    "pbl_min": "boundary_layer_height_min_m",
    "air_temp_min": "temperature_min_c",
    "air_temp_max": "temperature_max_c",
    "ws_max": "wind_speed_max_m_s",
    "RH_min": "relative_humidity_min_pct",
    "RH_max": "relative_humidity_max_pct",
    "wd": "wind_direction_deg",
}


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:3]))
