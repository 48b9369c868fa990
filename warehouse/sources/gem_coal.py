"""Global Energy Monitor, Global Coal Plant Tracker: coal units of China with place, capacity and years.

The publisher's workbook, sheet ``Units``, one row a unit. Units that were never built are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from warehouse.errors import InputError
from warehouse.files import UNPACKING
from warehouse.province_names import province_of_any_name
from warehouse.sources.base import (
    Publication,
    Reader,
    broken,
    first_bytes,
    number,
    readable,
    role_frame,
    single_file,
)

NAME = "gem_coal"
SHEET = "Units"
BUILT = frozenset({"operating", "retired", "mothballed"})
_COLUMNS = (
    "GEM unit/phase ID",
    "Country/Area",
    "Capacity (MW)",
    "Status",
    "Start year",
    "Retired year",
    "Subnational unit (province, state)",
    "Latitude",
    "Longitude",
)

PUBLICATION = Publication(
    producer="Global Energy Monitor",
    title="Global Coal Plant Tracker, January 2025",
    citation="Global Energy Monitor (2025): Global Coal Plant Tracker, January 2025 release.",
    licence="CC BY 4.0",
    terms_of_use="Name Global Energy Monitor, the Global Coal Plant Tracker and the release.",
)


def read(paths: Sequence[Path], _role: str, _year: int) -> pl.DataFrame:
    """Built coal units of China, all years: capacity (MW), first year and, when closed, last year.

    A unit without a stated first year gets no first year (it counts from ever); units mothballed
    count as working. Raises InputError for another workbook, an unknown province or a wrong number.
    """
    path = single_file(paths, NAME)
    rows = []
    for place, record in _records(path):
        if record["Country/Area"] != "China" or record["Status"] not in BUILT:
            continue
        province = province_of_any_name(str(record["Subnational unit (province, state)"] or ""))
        if province is None:
            raise InputError(
                "A unit lies in no province we know.",
                file=path,
                row=place,
                column="Subnational unit (province, state)",
                found=repr(record["Subnational unit (province, state)"]),
                expected="the English name of a province",
                remedy="Restore the published name.",
            )
        cell = {
            column: number(record[column], file=path, row=place, column=column, unit=unit)
            for column, unit in (
                ("Capacity (MW)", "MW"),
                ("Latitude", "degrees"),
                ("Longitude", "degrees"),
            )
        }
        rows.append(
            (
                str(record["GEM unit/phase ID"]),
                province,
                "coal_power",
                cell["Longitude"],
                cell["Latitude"],
                _year_of(record, "Start year", UNKNOWN_START, path, place),
                _year_of(record, "Retired year", STILL_WORKING, path, place),
                cell["Capacity (MW)"],
            )
        )
    return role_frame(rows, "point_source")


_NO_YEAR = frozenset({"", "not found", "not applicable", "n/a", "unknown", "tbd", "-"})
UNKNOWN_START = 1900
STILL_WORKING = 2100


def recognises(path: Path) -> bool:
    """A workbook named as the publisher names it."""
    return first_bytes(path).startswith(b"PK") and "Coal-Plant-Tracker" in path.name


def _year_of(record: dict[str, Any], column: str, otherwise: int, path: Path, place: int) -> int:
    """A stated year; what the tracker writes where it knows none (blank, ``not found``) is the other one."""
    value = record[column]
    if value is None or (isinstance(value, str) and value.strip().casefold() in _NO_YEAR):
        return otherwise
    return int(number(value, file=path, row=place, column=column, unit="year"))


def _records(path: Path) -> list[tuple[int, dict[str, Any]]]:
    from openpyxl import load_workbook  # slow to import
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(readable(path), read_only=True, data_only=True)
        if SHEET not in book.sheetnames:
            raise KeyError(f"no sheet {SHEET}")
        lines = list(book[SHEET].iter_rows(values_only=True))
    except (*UNPACKING, InvalidFileException, KeyError, ValueError) as error:
        raise broken(path, "the tracker's workbook (.xlsx)", error) from error
    heading = list(lines[0]) if lines else []
    missing = [name for name in _COLUMNS if name not in heading]
    if missing:
        raise InputError(
            "The heading is not the tracker's.",
            file=path,
            row="heading",
            column=", ".join(missing),
            found=", ".join(str(name) for name in heading)[:300],
            expected=", ".join(_COLUMNS),
            remedy="Take the publisher's workbook unchanged.",
        )
    places = {name: heading.index(name) for name in _COLUMNS}
    return [
        (row, {name: line[place] for name, place in places.items()})
        for row, line in enumerate(lines[1:], start=2)
    ]


READER = Reader(
    name=NAME,
    roles=("point_source",),
    read=read,
    recognises=recognises,
    publication=PUBLICATION,
)
