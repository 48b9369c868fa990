"""How the weather of each month departed from its mean of six years, by province: CAQRA 2013 to 2018.

From the file of ``caqra_province`` (U, V in m/s, TEMP in K, RH in %). The bundled weather is a
climatology; these departures turn it into the weather of the years in which the engine is judged.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from warehouse.contracts import CONTRACTS
from warehouse.sources import caqra_province
from warehouse.sources.base import Reader, broken, number, readable, single_file

NAME = "caqra_weather"
VARIABLES = {
    "U": "eastward_wind",
    "V": "northward_wind",
    "TEMP": "air_temperature",
    "RH": "relative_humidity",
}


def read(paths: Sequence[Path], role: str, _year: int) -> pl.DataFrame:
    """Departures by province, variable, year and month. Raises InputError for another or damaged file."""
    path = single_file(paths, NAME)
    provinces = caqra_province.PROVINCE_OF_CHINESE_NAME
    try:
        records = [
            record
            for record in json.loads(readable(path).read_text(encoding="utf-8"))
            if record["month"] != "total" and str(record["city"])[:2] in provinces
        ]
        rows = [
            (
                provinces[str(record["city"])[:2]],
                variable,
                int(record["year"]),
                int(record["month"]),
                number(record[column], file=path, row=place, column=column, unit="the variable's"),
            )
            for place, record in enumerate(records, start=1)
            for column, variable in VARIABLES.items()
        ]
    except (ValueError, KeyError, TypeError) as error:
        raise broken(path, "a JSON list of monthly records", error) from error
    names = CONTRACTS[role].column_names
    frame = pl.DataFrame(rows, schema=names, orient="row")
    mean = pl.col(names[-1]).mean().over("province", "variable", "month")
    return frame.with_columns((pl.col(names[-1]) - mean).round(3))


READER = Reader(
    name=NAME,
    roles=("evaluation_weather",),
    read=read,
    recognises=caqra_province.recognises,
    publication=caqra_province.PUBLICATION,
    vintage_year=2018,
)
