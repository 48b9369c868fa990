"""Lists of CNEMC monitoring stations with the city each stands in, in the layouts that go round.

The column names differ between lists; the code and the Chinese name of the city are what is taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from warehouse.errors import InputError
from warehouse.sources.air_files import heading, text_table
from warehouse.sources.base import Publication, Reader, single_file

NAME = "station_list"
# Code and city: the platform's own list, and those of three research groups.
_LAYOUTS = (
    ("监测点编码", "城市"),
    ("station_code", "CityZH"),
    ("stationID", "City"),
    ("ID", "area"),
)

PUBLICATION = Publication(
    producer="China National Environmental Monitoring Centre (CNEMC)",
    title="List of national monitoring stations",
    citation="China National Environmental Monitoring Centre.",
    licence="Not stated",
    terms_of_use="Name CNEMC.",
)


def read(paths: Sequence[Path], _role: str, _year: int) -> pl.DataFrame:
    """Station code and city. Raises InputError for an unknown heading or a station in two cities."""
    path = single_file(paths, NAME)
    code, city = _layout(path)
    table = text_table(path, (code, city))
    stations = (
        table.select(pl.col(code).alias("place"), pl.col(city).alias("city"))
        .filter(pl.col("place").is_not_null() & pl.col("city").is_not_null())
        .unique(maintain_order=True)
    )
    torn = stations.filter(pl.col("place").is_duplicated())
    if not torn.is_empty():
        raise InputError(
            "A station stands in two cities.",
            file=path,
            row=torn["place"][0],
            column=city,
            found=", ".join(torn.filter(pl.col("place") == torn["place"][0])["city"]),
            expected="one city for each station",
            remedy="Remove the outdated row.",
        )
    return stations


def recognises(path: Path) -> bool:
    """A CSV file with the columns of one of the lists."""
    names = set(heading(path))
    return any({code, city} <= names for code, city in _LAYOUTS)


def _layout(path: Path) -> tuple[str, str]:
    names = set(heading(path))
    for code, city in _LAYOUTS:
        if {code, city} <= names:
            return code, city
    raise InputError(
        "The heading is not that of a station list.",
        file=path,
        row="heading",
        found=", ".join(sorted(names)),
        expected=" or ".join(f"{code}, {city}" for code, city in _LAYOUTS),
        remedy="Restore the published heading.",
    )


READER = Reader(
    name=NAME, roles=("station",), read=read, recognises=recognises, publication=PUBLICATION
)
