"""The weather adjustment as a step: daily records out of the warehouse, changes and normalised series into it."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any, Protocol

import numpy as np
import polars as pl

from compute.weather import Change, Comparison, Series, Settings
from compute.weather_places import Adjusted, Place, Task, adjust_task, left_out, problem_of
from warehouse.fingerprint import digest, module_parts, package_versions
from warehouse.kept_pieces import Piece, PieceStore
from warehouse.missing_days import no_days
from warehouse.period import Period
from warehouse.tables import Assumptions, Tables

POLLUTANT = "PM2.5"
LOG = logging.getLogger("tradeplume.weather")

_CHANGE_SCHEMA: dict[str, Any] = {
    "run_key": pl.String,
    "place_kind": pl.String,
    "place": pl.String,
    "period": pl.String,
    "period_before": pl.String,
    "method": pl.String,
    "pollutant": pl.String,
    "interval_share": pl.Float64,
    **{
        field.name: pl.Int64 if field.name.endswith("_days") else pl.Float64
        for field in fields(Change)
    },
}
_RENAMED = {
    "observed_pp": "observed_change_pp",
    "weather_pp": "weather_part_pp",
    "emission_pp": "emission_part_pp",
}
_GAP_SCHEMA = {
    "run_key": pl.String,
    "place_kind": pl.String,
    "place": pl.String,
    "period": pl.String,
    "reason": pl.String,
}
_MONTH_SCHEMA = {
    "place_kind": pl.String,
    "place": pl.String,
    "month_start": pl.Date,
    "pollutant": pl.String,
    "observed_ug_m3": pl.Float64,
    "normalised_ug_m3": pl.Float64,
    "observed_days": pl.Int64,
}


class Spread(Protocol):
    """Does the tasks somewhere: ``flows.fan_out.fan_out`` with a runner."""

    def __call__(self, function: Any, items: Sequence[Task], *, kept: Any) -> list[Adjusted]:
        """The results in the order of the items; each goes to ``kept`` as soon as it is there."""


def adjust_weather(
    connection: Tables, variables: Assumptions, spread: Spread, store: PieceStore
) -> int:
    """Write computed.weather_adjusted_change, weather_adjustment_gap, normalised_month; returns the first's rows.

    spread: does the places that are not in the store.  store: keeps each place as soon as it is done, under a
    checksum of its record, the periods, the settings and the code; so a run that died goes on with the others.
    Changes of other periods stay as long as they are of the same records, settings and code.
    Raises InputError when there are no observations in the period.
    """
    period = Period.parse(str(variables["period"]))
    demand_observations(connection, period)
    settings = settings_of(variables)
    places = read_places(connection)
    run_key = _run_key(places, settings)
    comparison = comparison_of(period)
    results = adjusted([Task(place, comparison, settings) for place in places], spread, store)
    results.sort(key=lambda result: (result.kind, result.code))
    labels = {
        "run_key": run_key,
        "period": period.name,
        "period_before": period.before.name,
        "pollutant": POLLUTANT,
        "interval_share": settings.interval_share,
    }
    changes = _changes(results, labels)
    kept = _kept(connection, "weather_adjusted_change", run_key, period.name, changes.schema)
    gaps = _gaps(results, run_key, period.name)
    kept_gaps = _kept(connection, "weather_adjustment_gap", run_key, period.name, gaps.schema)
    connection.write("computed.weather_adjustment_gap", pl.concat([kept_gaps, gaps]))
    connection.write("computed.normalised_month", _months(places, results))
    return connection.write("computed.weather_adjusted_change", pl.concat([kept, changes]))


def settings_of(variables: Assumptions) -> Settings:
    """The model's settings: those of the edition's assumptions named ``weather_...``, otherwise the defaults."""
    defaults = asdict(Settings())
    chosen = {
        name: type(default)(variables[f"weather_{name}"])
        for name, default in defaults.items()
        if f"weather_{name}" in variables
    }
    return Settings(**chosen)


def comparison_of(period: Period) -> Comparison:
    """A period against the same period a year before."""
    return Comparison(
        *(
            np.datetime64(day, "D")
            for day in (period.start, period.end, period.before.start, period.before.end)
        )
    )


def read_places(connection: Tables) -> list[Place]:
    """Every city or province with observations and weather, and the variables that it has on most days."""
    frame = connection.sql(
        """
        select place_kind, place, date, pm25_ug_m3, map_entries(variables) as pairs
        from intermediate.int_air__model_day
        order by place_kind, place, date
        """
    ).pl()
    return [
        _place(str(kind), str(code), part)
        for (kind, code), part in frame.group_by("place_kind", "place", maintain_order=True)
    ]


def demand_observations(connection: Tables, period: Period) -> None:
    """Raise InputError when the period has no observation: what there is, and what is missing.

    Without the year before the review has levels and no changes of its own; its places are listed as gaps.
    """
    first, last = connection.sql(
        "select min(first_date), max(last_date) from intermediate.int_air__series where pollutant = ?",
        params=[POLLUTANT],
    ).fetchall()[0]
    days = {
        wanted.name: connection.sql(
            "select count(distinct date) from intermediate.int_air__unit_day"
            " where pollutant = ? and date between ? and ?",
            params=[POLLUTANT, wanted.start, wanted.end],
        ).fetchall()[0][0]
        for wanted in (period, period.before)
    }
    if not days[period.name]:
        raise no_days(days, first, last, period)


def adjusted(tasks: Sequence[Task], spread: Spread, store: PieceStore) -> list[Adjusted]:
    """The result of every place, from the store where it is there; tells each one that is done."""
    code = module_parts(["compute.weather_places"])
    code |= package_versions("numpy", "scipy", "scikit-learn")
    results: list[Adjusted] = []
    keys: dict[str, str] = {}
    waiting: list[Task] = []
    for task in tasks:
        name = _name(task.place)
        problem = problem_of(task)
        keys[name] = "" if problem else _key(task, code)
        done = left_out(task, problem) if problem else _restored(store, name, keys[name])
        if done is None:
            waiting.append(task)
        else:
            results.append(done)
    too_few = sum(bool(result.problem) for result in results)
    count = len(tasks) - too_few
    if before := len(results) - too_few:
        LOG.info("%d of %d places were done before", before, count)

    def kept(result: Adjusted) -> None:
        results.append(result)
        name = f"{result.kind}-{result.code}"
        store.put(name, keys[name], _piece_of(result))
        LOG.info("%d of %d: %s", len(results) - too_few, count, result.code)

    spread(adjust_task, waiting, kept=kept)
    store.forget_others()
    if too_few:
        LOG.info("%d of %d places have too few days for it", too_few, len(tasks))
    return results


def _name(place: Place) -> str:
    return f"{place.kind}-{place.code}"


def _key(task: Task, code: Mapping[str, str]) -> str:
    periods = [str(day) for day in asdict(task.comparison).values()]
    return digest([_record_of(task.place), periods, asdict(task.settings), dict(code)])


def _piece_of(result: Adjusted) -> Piece:
    changes = {method: asdict(change) for method, change in result.changes.items()}
    facts = {"kind": result.kind, "code": result.code, "problem": result.problem}
    series = pl.DataFrame({"normalised_ug_m3": result.normalised_ug_m3})
    return Piece(series, {**facts, "changes": changes})


def _restored(store: PieceStore, name: str, key: str) -> Adjusted | None:
    piece = store.get(name, key)
    if piece is None:
        return None
    facts = piece.facts
    changes = {method: Change(**change) for method, change in facts["changes"].items()}
    series = piece.rows["normalised_ug_m3"].to_numpy()
    return Adjusted(facts["kind"], facts["code"], changes, series, facts["problem"])


def _place(kind: str, code: str, part: pl.DataFrame) -> Place:
    weather = (
        part.select("date", "pairs")
        .explode("pairs")
        .select(
            "date",
            pl.col("pairs").struct.field("key").alias("variable"),
            pl.col("pairs").struct.field("value").alias("value"),
        )
        .pivot(on="variable", index="date", values="value")
        .sort("date")
    )
    half = weather.height / 2
    names = sorted(
        name
        for name in weather.columns
        if name != "date" and weather[name].is_not_null().sum() > half
    )
    values = weather.select(pl.col(names).cast(pl.Float64).fill_null(float("nan"))).to_numpy()
    return Place(
        kind,
        code,
        Series(
            dates=part["date"].to_numpy().astype("datetime64[D]"),
            concentration_ug_m3=part["pm25_ug_m3"].fill_null(float("nan")).to_numpy(),
            weather=values,
            names=tuple(names),
        ),
    )


def _run_key(places: list[Place], settings: Settings) -> str:
    """A checksum of the records, the settings and the code."""
    records = [_record_of(place) for place in places]
    return digest([records, asdict(settings), module_parts(["steps.weather"])])


def _record_of(place: Place) -> str:
    """A checksum of a place's record."""
    checksum = hashlib.sha256(f"{place.kind} {place.code} {place.series.names}".encode())
    for array in (
        place.series.dates.astype(np.int64),
        place.series.concentration_ug_m3,
        place.series.weather,
    ):
        checksum.update(np.ascontiguousarray(array).tobytes())
    return checksum.hexdigest()


def _changes(results: list[Adjusted], labels: Mapping[str, Any]) -> pl.DataFrame:
    rows = [
        {
            **labels,
            "place_kind": result.kind,
            "place": result.code,
            "method": method,
            **asdict(change),
        }
        for result in results
        for method, change in result.changes.items()
    ]
    return pl.DataFrame(rows, schema=_CHANGE_SCHEMA).rename(_RENAMED)


def _gaps(results: list[Adjusted], run_key: str, period: str) -> pl.DataFrame:
    rows = [
        (run_key, result.kind, result.code, period, result.problem)
        for result in results
        if result.problem
    ]
    return pl.DataFrame(rows, schema=_GAP_SCHEMA, orient="row")


def _months(places: list[Place], results: list[Adjusted]) -> pl.DataFrame:
    """Monthly means of the observed and the normalised series."""
    records = {(place.kind, place.code): place.series for place in places}
    frames = [pl.DataFrame(schema=_MONTH_SCHEMA)]
    for result in results:
        if result.problem:
            continue
        series = records[result.kind, result.code]
        days = pl.DataFrame(
            {
                "date": series.dates,
                "observed": series.concentration_ug_m3,
                "normalised": result.normalised_ug_m3,
            }
        ).with_columns(
            pl.col("date").cast(pl.Date), pl.col("observed", "normalised").fill_nan(None)
        )
        months = (
            days.group_by(pl.col("date").dt.truncate("1mo").alias("month_start"))
            .agg(
                observed_ug_m3=pl.col("observed").mean(),
                normalised_ug_m3=pl.col("normalised").mean(),
                observed_days=pl.col("observed").count().cast(pl.Int64),
            )
            .sort("month_start")
        )
        frames.append(
            months.select(
                pl.lit(result.kind).alias("place_kind"),
                pl.lit(result.code).alias("place"),
                "month_start",
                pl.lit(POLLUTANT).alias("pollutant"),
                "observed_ug_m3",
                "normalised_ug_m3",
                "observed_days",
            )
        )
    return pl.concat(frames)


def _kept(
    connection: Tables,
    table: str,
    run_key: str,
    period: str,
    schema: Mapping[str, Any],
) -> pl.DataFrame:
    """Rows of other periods that were made from the same records, by the same settings and code."""
    if not connection.has(f"computed.{table}"):
        return pl.DataFrame(schema=dict(schema))
    query = f"select * from computed.{table} where run_key = ? and period <> ?"
    frame = connection.sql(query, params=[run_key, period]).pl()
    return (
        frame.cast(pl.Schema(schema))
        if frame.columns == list(schema)
        else pl.DataFrame(schema=dict(schema))
    )
