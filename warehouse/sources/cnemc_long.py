"""CNEMC hourly station values in the long layout: one row a station and hour.

``timepoint,stationcode,aqi,...,pm2_5,...``. Times come as ``2017-01-01 08:00:00`` or
``2014/1/1 8:00`` (Beijing time), or with a zone. A trailing ``Z`` alone is how the publishing
platform's own interface writes Beijing time; zones that differ within a file are refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from warehouse.errors import InputError
from warehouse.sources import hourly
from warehouse.sources.air_files import NO_VALUE, heading, numbers, text_table
from warehouse.sources.base import Publication, Reader
from warehouse.sources.notes import note

NAME = "cnemc_long"
_SPECIES = {"pm2_5": "PM2.5", "pm10": "PM10", "so2": "SO2", "no2": "NO2", "o3": "O3", "co": "CO"}
_OTHERS = (
    "timepoint",
    "stationcode",
    "aqi",
    "area",
    "positionname",
    "primarypollutant",
    "quality",
    "co_24h",
)
_TIME = r"^(\d{4}-\d{1,2}-\d{1,2} \d{1,2}:\d{2})(?::\d{2}(?:\.\d+)?)?$"
_ZONE = r"(Z|[+-]\d{2}:?\d{2})$"
_BEIJING_HOURS = 8
_MG_TO_UG = 1000.0

PUBLICATION = Publication(
    producer="China National Environmental Monitoring Centre (CNEMC)",
    title="National urban air quality real-time publishing platform, hourly, long archive",
    citation="China National Environmental Monitoring Centre.",
    licence="None stated by the producer",
    terms_of_use="Name CNEMC. Preliminary values, not the audited annual data.",
)


def read(paths: Sequence[Path], _role: str, _year: int) -> pl.DataFrame:
    """Daily values of every station in the files, taken together: a day may be cut in two.

    Raises InputError for an invalid time, zones that differ, text in a number cell, or an hour
    of a station that is there twice with different values.
    """
    hours = pl.concat([_hours(path) for path in sorted(paths)])
    return hourly.daily(hours, "station", ", ".join(str(path) for path in paths))


def recognises(path: Path) -> bool:
    """A CSV file whose heading has time, station and PM2.5 as the archive names them."""
    return {"timepoint", "stationcode", "pm2_5"} <= {name.lower() for name in heading(path)}


def _hours(path: Path) -> pl.DataFrame:
    names = heading(path)
    columns = {name.lower(): name for name in names}
    table = text_table(
        path, [columns.get(name, name) for name in ("timepoint", "stationcode")], missing=NO_VALUE
    ).rename({name: low for low, name in columns.items()})
    present = [name for name in _SPECIES if name in table.columns]
    odd = [name for name in table.columns if name and name not in (*_SPECIES, *_OTHERS)]
    if odd:
        note(f"columns not read: {', '.join(odd[:12])}", path.name)
    wide = numbers(table, present, path, "ug/m3, co mg/m3")
    timed = wide.with_columns(_times(path, wide["timepoint"]).alias("time"))
    long = timed.unpivot(present, index=["stationcode", "time"], variable_name="species")
    is_co = pl.col("species") == "co"
    return long.select(
        pl.col("stationcode").alias("place"),
        pl.col("time").dt.date().alias("date"),
        pl.col("time").dt.hour().cast(pl.Int64).alias("hour"),
        pl.col("species").replace_strict(_SPECIES).alias("pollutant"),
        pl.when(is_co).then(pl.col("value") * _MG_TO_UG).otherwise(pl.col("value")).alias("value"),
    )


def _times(path: Path, texts: pl.Series) -> pl.Series:
    """The times in Beijing time."""
    zones = texts.str.extract(_ZONE)
    bare = texts.str.replace(_ZONE, "")
    _refuse_mixed_zones(path, zones)
    plain = bare.str.replace_all("/", "-").str.replace("T", " ").str.extract(_TIME)
    times = plain.str.to_datetime("%Y-%m-%d %H:%M", strict=False)
    if times.is_null().any():
        position = int(times.is_null().arg_max() or 0)
        raise InputError(
            "A cell does not hold a time.",
            file=path,
            row=position + 1,
            column="timepoint",
            found=repr(texts[position]),
            expected="2017-01-01 08:00:00 or 2014/1/1 8:00",
            remedy="Restore the published time.",
        )
    zone = zones[0] if len(zones) else None
    return times if zone is None or zone == "Z" else _shifted(times, zone)


def _shifted(times: pl.Series, zone: str) -> pl.Series:
    offset = int(zone[:3]) * 60 + int(zone[0] + zone[-2:])
    minutes = _BEIJING_HOURS * 60 - offset
    return times.dt.offset_by(f"{minutes}m")


def _refuse_mixed_zones(path: Path, zones: pl.Series) -> None:
    found = zones.fill_null("none").unique().sort().to_list()
    if len(found) > 1:
        first = zones.fill_null("none")
        position = int((first != first[0]).arg_max() or 0)
        raise InputError(
            "The times of the file are of different zones.",
            file=path,
            row=position + 1,
            column="timepoint",
            found=", ".join(found),
            expected="one zone throughout (none: Beijing time)",
            remedy="Bring all times to Beijing time.",
        )


READER = Reader(
    name=NAME,
    roles=("observation",),
    read=read,
    recognises=recognises,
    publication=PUBLICATION,
    max_files=None,
)
