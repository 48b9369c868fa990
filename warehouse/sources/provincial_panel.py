"""A panel of provincial statistics, 1998-2019, thirty provinces: exports by origin and population.

CSV with a column ``Export`` (10,000 USD, goods, by place of origin within China) and a column
``Population`` (10,000 persons, end of year). Both units were checked against national totals.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from warehouse.errors import InputError
from warehouse.province_names import province_of
from warehouse.sources.base import (
    Publication,
    Reader,
    csv_records,
    has_heading,
    number,
    require_thirty_provinces,
    role_frame,
    single_file,
)

NAME = "provincial_panel"
_COLUMNS = ("Year", "Location", "Export", "Population")

PUBLICATION = Publication(
    producer="National Bureau of Statistics of China",
    title="Provincial statistics 1998-2019: goods exports by origin, population",
    citation="National Bureau of Statistics of China: China Statistical Yearbook, various years.",
    licence="Official statistics; no licence stated",
    terms_of_use="Name the Bureau. Compiled by github.com/yaoyaoustc/carbondata.",
)


def read(paths: Sequence[Path], role: str, year: int) -> pl.DataFrame:
    """Exports of one year (million USD), or the population of all years (persons).

    Raises InputError for an unknown province, text in a number cell, or a year that is not there.
    """
    path = single_file(paths, NAME)
    records = csv_records(path, _COLUMNS)
    rows = [
        (
            place,
            _province(record["Location"], path, place),
            _year(record["Year"], path, place),
            record,
        )
        for place, record in enumerate(records, start=1)
    ]
    if role == "population_total":
        persons = [
            (province, of_year, 1e4 * _number(record, "Population", "10,000 persons", path, place))
            for place, province, of_year, record in rows
        ]
        for each in sorted({row[1] for row in persons}):
            present = (row[0] for row in persons if row[1] == each)
            require_thirty_provinces(present, path, f"Location, {each}")
        return role_frame(persons, role)
    exports = [
        (
            province,
            "goods_by_origin",
            "USD",
            _number(record, "Export", "10,000 USD", path, place) / 100,
        )
        for place, province, of_year, record in rows
        if of_year == year
    ]
    if not exports:
        years = sorted({of_year for _, _, of_year, _ in rows})
        raise InputError(
            "The panel has no row of the edition's year.",
            file=path,
            column="Year",
            found=f"{years[0]} to {years[-1]}" if years else "no rows",
            expected=str(year),
            remedy="Bring the export totals of the year, for example as tidy CSV.",
        )
    require_thirty_provinces((row[0] for row in exports), path, "Location")
    return role_frame(exports, role)


def recognises(path: Path) -> bool:
    """A CSV file whose heading has the panel's columns."""
    return has_heading(path, _COLUMNS)


def _province(name: str, path: Path, place: int) -> str:
    code = province_of(name)
    if code is None:
        raise InputError(
            "The province is unknown.",
            file=path,
            row=place,
            column="Location",
            found=repr(name),
            expected="a province",
            remedy="Correct the name.",
        )
    return code


def _year(text: str, path: Path, place: int) -> int:
    value = number(text, file=path, row=place, column="Year", unit="year")
    if not value.is_integer():
        raise InputError(
            "The year is not a whole number.",
            file=path,
            row=place,
            column="Year",
            found=repr(text),
            expected="a year",
            remedy="Correct the year.",
        )
    return int(value)


def _number(record: dict[str, str], column: str, unit: str, path: Path, place: int) -> float:
    return number(record[column], file=path, row=place, column=column, unit=unit)


READER = Reader(
    name=NAME,
    roles=("export_total", "population_total"),
    read=read,
    recognises=recognises,
    publication=PUBLICATION,
)
