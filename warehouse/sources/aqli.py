"""PM2.5 that people breathe by province and year, from satellites, as the Air Quality Life Index publishes it.

A wide CSV (plain or gzip), a line for each unit of the world: ``id, name, name0, population, pm1998 .. pm2023``
(ug/m3, weighted by population), then life-years. China's lines alone are read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from warehouse.codes import PROVINCES
from warehouse.contracts import CONTRACTS
from warehouse.errors import InputError
from warehouse.province_names import province_of_any_name
from warehouse.sources.air_files import heading, numbers, text_table
from warehouse.sources.base import Publication, Reader, single_file

NAME = "aqli"
_COLUMNS = ("name", "name0", "population")
_YEAR = re.compile(r"pm((?:19|20)\d{2})")
_ELSEWHERE = frozenset({"HongKong", "Hong Kong", "Macau", "Macao"})

PUBLICATION = Publication(
    producer="Energy Policy Institute at the University of Chicago (EPIC)",
    title="Air Quality Life Index (AQLI): PM2.5 by province and year, from satellites",
    citation=(
        "Air Quality Life Index (AQLI) by the Energy Policy Institute at the University of Chicago, "
        "https://aqli.epic.uchicago.edu/; van Donkelaar et al. (2021), Environ. Sci. Technol. 55, 15287."
    ),
    licence="CC BY 4.0",
    terms_of_use="Name AQLI. Levels differ between releases: changes before levels.",
)


def read(paths: Sequence[Path], role: str, _year: int) -> pl.DataFrame:
    """PM2.5 by province and year. Raises InputError for another heading, text, or provinces that are missing."""
    path = single_file(paths, NAME)
    table = text_table(path, _COLUMNS).filter(pl.col("name0") == "China")
    years = [name for name in table.columns if _YEAR.fullmatch(name)]
    provinces = [
        None if name in _ELSEWHERE else province_of_any_name(name) for name in table["name"]
    ]
    if not years or set(provinces) - {None} != PROVINCES:
        lacking = sorted(PROVINCES - {code for code in provinces if code})
        raise InputError(
            "The table does not hold China's provinces by year.",
            file=path,
            column="name" if lacking else "pm2023",
            found=f"no line for {', '.join(lacking)}" if lacking else "no column of a year",
            expected="31 provinces and columns pm1998, pm1999, ...",
            remedy="Download the table of first-level units again.",
        )
    values = numbers(table, years, path, "ug/m3").with_columns(
        pl.Series("province", provinces, dtype=pl.String)
    )
    return (
        values.filter(pl.col("province").is_not_null())
        .unpivot(years, index="province", variable_name="column", value_name="pm25_ug_m3")
        .select(
            "province",
            pl.col("column").str.slice(2).cast(pl.Int64).alias("source_year"),
            "pm25_ug_m3",
        )
        .filter(pl.col("pm25_ug_m3").is_not_null())
        .sort(CONTRACTS[role].key)
    )


def recognises(path: Path) -> bool:
    """A table headed so."""
    names = heading(path) if path.is_file() else []
    return set(_COLUMNS) <= set(names) and any(_YEAR.fullmatch(name) for name in names)


READER = Reader(
    name=NAME,
    roles=("satellite_pm25",),
    read=read,
    recognises=recognises,
    publication=PUBLICATION,
)
